import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RunLine } from "../../../protocol/panel.ts";
import { format } from "../../shared/format.ts";
import { brief } from "../../shared/name.tsx";
import { Differences } from "./differences.tsx";
import type { Drawn } from "./main.tsx";

interface Pair {
  readonly before: number;
  readonly after: number;
}

/** The last runs in a table, any two of them to be picked, and what these differ in. */
export function Runs({
  runs,
  compared,
  both,
  setBoth,
  compare,
  compareFiles,
  shown: onDisplay,
  openRun,
}: Drawn): JSX.Element {
  const [pair, setPair] = useState<Pair>(newest(runs));
  const { before, after } = pair;
  const newestId = runs[0]?.id;
  useEffect(() => setPair(newest(runs)), [newestId]);
  useEffect(() => {
    if (before < after) compare(before, after);
  }, [before, after, newestId]);
  const shown = compared?.before === before && compared.after === after ? compared : undefined;
  if (runs.length < 2)
    return (
      <p class="dim alone">One run of this file is kept. Change the file and run it again to compare.</p>
    );
  return (
    <>
      <div class="scroll" tabindex={0} role="region" aria-label="The runs that are kept">
        <table class="runs">
          <caption class="hidden">The last runs, the newest first. Pick an earlier and a later one.</caption>
          <thead>
            <tr>
              <th scope="col">earlier</th>
              <th scope="col">later</th>
              <th scope="col">run</th>
              <th scope="col">when</th>
              <th scope="col">seed</th>
              <th scope="col">outcome</th>
              <th scope="col">expectations</th>
              <th scope="col">
                <span class="hidden">on display</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id} class={run.id === before || run.id === after ? "picked" : ""}>
                <Pick
                  run={run.id}
                  as="earlier"
                  of={before}
                  can={run.id < after}
                  pick={(id) => setPair({ before: id, after })}
                />
                <Pick
                  run={run.id}
                  as="later"
                  of={after}
                  can={run.id > before}
                  pick={(id) => setPair({ before, after: id })}
                />
                <th scope="row" class="number">
                  {run.id}
                </th>
                <td title={new Date(run.at).toLocaleString()}>{when(run.at)}</td>
                <td class="number">{run.seed}</td>
                <td>{outcome(run)}</td>
                <td>
                  <Kept {...run} />
                </td>
                <td>
                  {run.id === onDisplay ? (
                    <span class="dim">shown</span>
                  ) : (
                    <button
                      type="button"
                      class="push"
                      aria-label={`Show run ${run.id}`}
                      onClick={() => openRun(run.id)}
                    >
                      Show
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="pair" aria-live="polite">
        <h2>
          Run {before} and run {after}
        </h2>
        <button type="button" class="push" onClick={() => compareFiles(before, after)}>
          Compare files
        </button>
        {shown?.earlier && (
          <label>
            <input type="checkbox" checked={both} onChange={() => setBoth(!both)} /> show both runs in the
            charts
          </label>
        )}
        {seedOf(runs, before) !== seedOf(runs, after) && (
          <p class="dim">Their seeds differ: small differences may be chance.</p>
        )}
      </div>
      {shown && <Differences of={shown.comparison} />}
    </>
  );
}

function newest(runs: readonly RunLine[]): Pair {
  return { before: runs[1]?.id ?? 0, after: runs[0]?.id ?? 0 };
}

const seedOf = (runs: readonly RunLine[], run: number): number | undefined =>
  runs.find(({ id }) => id === run)?.seed;

function Pick({
  run,
  as,
  of,
  can,
  pick,
}: {
  readonly run: number;
  readonly as: "earlier" | "later";
  readonly of: number;
  readonly can: boolean;
  readonly pick: (run: number) => void;
}): JSX.Element {
  return (
    <td class="pick">
      <input
        type="radio"
        name={`${as} run`}
        aria-label={`run ${run} as the ${as} one`}
        checked={run === of}
        disabled={!can}
        onChange={() => pick(run)}
      />
    </td>
  );
}

function when(at: number): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const today = new Date().toDateString() === date.toDateString();
  return today ? time : `${date.toLocaleDateString([], { month: "short", day: "numeric" })}, ${time}`;
}

function outcome({ processed, lost, stopped }: RunLine): string {
  const parts = [`${format(processed, "count")} processed`];
  if (lost > 0) parts.push(`${format(lost, "count")} lost`);
  if (stopped.startsWith("limit")) parts.push(`stopped early (${brief(stopped)})`);
  return parts.join(" · ");
}

function Kept({ holds, fails }: Pick<RunLine, "holds" | "fails">): JSX.Element {
  if (holds + fails === 0) return <span class="dim">none</span>;
  return (
    <>
      {fails > 0 && (
        <span class="bad">
          ✕ {fails} {fails === 1 ? "fails" : "fail"}{" "}
        </span>
      )}
      {holds > 0 && (
        <span class="ok">
          ✓ {holds} {holds === 1 ? "holds" : "hold"}
        </span>
      )}
    </>
  );
}
