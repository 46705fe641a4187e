import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ToPanel } from "../../../protocol/panel.ts";
import { format } from "../../shared/format.ts";
import { Name, Told, brief } from "../../shared/name.tsx";

export type Models = Extract<ToPanel, { type: "models" }>;
type Figure = Models["figures"][number];
type Note = Models["notes"][number];

export interface DrawnModels {
  readonly models: Models;
  /** Shows a part of the file, by offsets. */
  readonly reveal: (start: number, end: number) => void;
}

const names = { log: "log (Kafka)", queues: "queues (RabbitMQ)" } as const;

/** The figures that both models have, the file's own first, and what has no equal. */
export function BothModels({ models, reveal }: DrawnModels): JSX.Element {
  const { own, other, figures, notes } = models;
  return (
    <div class="both">
      <Chance of={models} />
      <div class="scroll" tabindex={0} role="region" aria-label="Figures of both models">
        <table class="figures">
          <caption class="hidden">
            Figures of the file as it is written and of the same workload in the other model
          </caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">figure</span>
              </th>
              <th scope="col">{own.length === 1 ? names[own[0]!] : "as written"}</th>
              <th scope="col">{other.length === 1 ? names[other[0]!] : "each half in the other"}</th>
              <td />
              <th scope="col">
                <span class="hidden">how the other model fares</span>
              </th>
            </tr>
          </thead>
          {parts(figures).map(([first, ...rest]) => (
            <tbody key={`${first!.of?.kind} ${first!.of?.name}`}>
              <tr>
                <th scope="rowgroup" colSpan={5} class="of">
                  {first!.of ? (
                    <>
                      {first!.of.kind} <Name of={first!.of.name} />
                    </>
                  ) : (
                    "the whole run"
                  )}
                </th>
              </tr>
              {[first!, ...rest].map((figure) => (
                <Row key={figure.name} of={figure} hues={own.length === 1 ? own[0]! : undefined} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
      <Unequal notes={notes} reveal={reveal} />
    </div>
  );
}

const namesFirst = 4;

/** What of the differences is more than chance, as far as the runs can tell. */
function Chance({ of: { seed, repeat, figures } }: { readonly of: Models }): JSX.Element {
  if (repeat === undefined)
    return (
      <p class="chance dim">
        One run of each, with seed {seed}: with other seeds small differences may turn.{" "}
        <code>{"run: {repeat: 10}"}</code> tells which of them are chance.
      </p>
    );
  const sure = figures.filter(({ chance }) => !chance);
  const unsure = figures.filter(({ chance, verdict }) => chance && verdict !== "same").length;
  const [better, worse] = [
    sure.filter(({ verdict }) => verdict === "better"),
    sure.filter(({ verdict }) => verdict === "worse"),
  ];
  return (
    <p class="chance">
      Means of {repeat.runs} runs of each, with the same seeds, and their {format(repeat.confidence, "share")}{" "}
      intervals.{" "}
      {better.length + worse.length === 0 ? (
        "No difference is beyond chance."
      ) : (
        <>
          Beyond chance, the other model is <Fares word="better" of={better} />
          {better.length > 0 && worse.length > 0 && ", and "}
          <Fares word="worse" of={worse} />.
        </>
      )}
      {unsure > 0 && ` ${unsure === 1 ? "1 difference" : `${unsure} differences`} may be chance.`}
    </p>
  );
}

function Fares({ word, of }: { readonly word: string; readonly of: readonly Figure[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <>
      <b>{word}</b> in{" "}
      {of.slice(0, namesFirst).map(({ name, of: thing }, index) => (
        <>
          {index > 0 && ", "}
          {name}
          {thing && (
            <>
              {" "}
              of <Name of={thing.name} />
            </>
          )}
        </>
      ))}
      {of.length > namesFirst && ` and ${of.length - namesFirst} more`}
    </>
  );
}

/** Figures of one thing together, in their order. */
function parts(figures: readonly Figure[]): readonly (readonly Figure[])[] {
  const found = new Map<string, Figure[]>();
  for (const figure of figures) {
    const of = JSON.stringify(figure.of ?? null);
    const known = found.get(of);
    if (known) known.push(figure);
    else found.set(of, [figure]);
  }
  return [...found.values()];
}

function Row({
  of: { name, as, own, other, intervals, chance, verdict },
  hues,
}: {
  readonly of: Figure;
  /** The file's own model, where it has one. */
  readonly hues: "log" | "queues" | undefined;
}): JSX.Element {
  const most = Math.max(own ?? 0, other ?? 0) || 1;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">
        {format(own, as)}
        <Within ends={intervals?.own} of={own} as={as} />
      </td>
      <td class="number">
        {format(other, as)}
        <Within ends={intervals?.other} of={other} as={as} />
      </td>
      <td>
        <svg class={`beside ${hues ?? ""}`} width={barWidth} height="11" aria-hidden="true">
          <rect class="own" x="0" y="0" width={length(own, most)} height="5" />
          <rect class="other" x="0" y="6" width={length(other, most)} height="5" />
        </svg>
      </td>
      <td>
        {chance && verdict !== "same" && <span class="dim">may be chance</span>}
        {!chance && verdict === "better" && <span class="ok">better</span>}
        {!chance && verdict === "worse" && <span class="bad">worse</span>}
      </td>
    </tr>
  );
}

/** Half of an interval, which lies about its mean. */
function Within({
  ends,
  of,
  as,
}: Pick<Figure, "as"> & {
  readonly ends: { readonly low: number; readonly high: number } | null | undefined;
  readonly of: number | null;
}): JSX.Element | null {
  if (!ends || of === null || ends.low === ends.high) return null;
  return (
    <span class="dim within" title={`${format(ends.low, as)} to ${format(ends.high, as)}`}>
      {" "}
      ±{format(ends.high - of, as)}
    </span>
  );
}

const barWidth = 72;

function length(value: number | null, most: number): number {
  return value === null || value <= 0 ? 0 : Math.max(1.5, (value / most) * barWidth);
}

const notesFirst = 8;

/** What means something else in the other model, each with the way to its place in the file. */
function Unequal({
  notes,
  reveal,
}: { readonly notes: readonly Note[] } & Pick<DrawnModels, "reveal">): JSX.Element {
  const [all, setAll] = useState(false);
  const more = notes.length - notesFirst;
  return (
    <section aria-label="What has no equal">
      <h2>What has no equal, or means something else</h2>
      {notes.length === 0 && <p class="dim">Nothing: the other model can say all of it.</p>}
      <ul>
        {(all ? notes : notes.slice(0, notesFirst)).map(({ where, says, span }, index) => (
          <li key={index}>
            <button type="button" class="link go" onClick={() => reveal(span.start, span.end)}>
              <bdi>{brief(where)}</bdi>
            </button>{" "}
            <Told of={says} />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <button type="button" class="link go" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "fewer" : `${more} more`}
        </button>
      )}
    </section>
  );
}
