import type { JSX } from "preact";
import { format, plural } from "../shared/format.ts";
import { compareModels, runAgain } from "../shared/host.ts";
import { brief } from "../shared/name.tsx";
import { Value } from "./figure.tsx";
import { Sign } from "./overview.tsx";
import type { Run, Summary } from "./result.ts";
import { Take } from "./take.tsx";

/** What was run, how, and whether what the file expects holds. */
export function Header({ run }: { readonly run: Run }): JSX.Element {
  const { summary } = run.result;
  const title = brief(summary.name === "" ? run.file : summary.name);
  return (
    <header>
      <h1 title={title}>
        <bdi>{title}</bdi>
      </h1>
      <ul class="pills" aria-label="The run">
        <li>
          seed <Value path="seed" value={summary.seed} as="count" />
          {summary.repeat && ` and ${summary.repeat.runs - 1} more`}
        </li>
        <li title="calibration preset">{brief(summary.calibration)}</li>
        <li title={`${run.result.events.toLocaleString("en-US")} events`}>
          {format(summary.window.to, "duration")} simulated in {format(run.wallMs, "duration")}
        </li>
        <li title={ending(summary)[1]}>{ending(summary)[0]}</li>
        <Verdict summary={summary} />
      </ul>
      <Take result={run.result} />
      {!run.earlier && (
        <>
          <button
            type="button"
            class="push again"
            title="Runs the same workload in the other broker model, and shows both side by side"
            onClick={compareModels}
          >
            Compare models
          </button>
          <Again />
        </>
      )}
    </header>
  );
}

function ending({ stopped }: Summary): readonly [short: string, long: string] {
  if (stopped === "duration") return ["full duration", "The run ended when its duration was over."];
  if (stopped === "drained") return ["drained", "The run ended when every message was finished."];
  return [`stopped: ${brief(stopped)}`, "The run ended before its time."];
}

function Verdict({ summary: { expect } }: { readonly summary: Summary }): JSX.Element | null {
  if (expect.length === 0) return null;
  const failed = expect.filter(({ holds }) => !holds).length;
  const all = expect.length;
  return (
    <li class={`verdict ${failed === 0 ? "ok" : "bad"}`}>
      <Sign mood={failed === 0 ? "ok" : "bad"} />
      {failed === 0
        ? `${all} ${plural(all, "expectation holds", "expectations hold")}`
        : `${failed} of ${all} ${plural(all, "expectation")} ${plural(failed, "does", "do")} not hold`}
    </li>
  );
}

export function Again(): JSX.Element {
  return (
    <button type="button" class="push again" onClick={runAgain}>
      Run again
    </button>
  );
}
