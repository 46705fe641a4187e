import type { JSX } from "preact";
import { format } from "../../shared/format.ts";
import type { Format } from "../../shared/format.ts";
import { Name, brief } from "../../shared/name.tsx";
import { Value, dig, path } from "../figure.tsx";
import type { Earlier } from "../../../protocol/panel.ts";
import type { Figure } from "../figure.tsx";
import type { Result } from "../result.ts";
import { kinds } from "../sheets.ts";
import type { Section } from "../sheets.ts";
import { mostLines, stroke } from "./lines.ts";
import type { Line, MetricChoice } from "./lines.ts";
import type { Columns } from "./plot.ts";

interface LegendProps {
  readonly result: Result;
  readonly earlier: Earlier | undefined;
  readonly choice: MetricChoice;
  readonly lines: readonly Line[];
  readonly columns: Columns;
  /** The bucket under the cursor; without one, the legend is of the whole run. */
  readonly index: number | undefined;
}

/** What each line is, and its values where the cursor stands. */
export function Legend({ result, earlier, choice, lines, columns, index }: LegendProps): JSX.Element {
  const at = index === undefined ? undefined : columns[0][index];
  const shown = lines.filter((line) => !line.earlier).length;
  const left = result.series.filter(({ metric }) => metric === choice.metric).length - shown;
  return (
    <div class="legend">
      <table>
        <caption class="hidden">{choice.name}</caption>
        <thead>
          <tr>
            <th scope="col">{at === undefined ? "whole run" : `at ${format(at, "duration")}`}</th>
            <th scope="col">mean</th>
            {choice.peaks && <th scope="col">max</th>}
          </tr>
        </thead>
        <tbody>
          {lines.map((line, turn) => (
            <tr key={line.id}>
              <th scope="row">
                <Swatch line={line} />
                <Name of={line.series.name} />
                {line.series.part !== undefined && <span class="dim"> {brief(line.series.part)}</span>}
                {line.earlier && <span class="dim"> earlier run</span>}
              </th>
              {at === undefined ? (
                <Whole run={line.earlier && earlier ? earlier : result} line={line} choice={choice} />
              ) : (
                <>
                  <td class="number">{format(columns[1 + turn * 2]?.[index ?? 0] ?? null, choice.as)}</td>
                  {choice.peaks && (
                    <td class="number">{format(columns[2 + turn * 2]?.[index ?? 0] ?? null, choice.as)}</td>
                  )}
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && (
        <p class="dim">
          The {mostLines} highest of {mostLines + left} lines.
        </p>
      )}
    </div>
  );
}

function Swatch({ line }: { readonly line: Line }): JSX.Element {
  const { color, dash } = stroke(line);
  return (
    <svg class="swatch" width="18" height="8" aria-hidden="true">
      <line
        class={line.earlier && "was"}
        x1="0"
        x2="18"
        y1="4"
        y2="4"
        stroke-dasharray={dash.join(" ")}
        style={{ stroke: color }}
      />
    </svg>
  );
}

/** The same numbers as in the tables, where the summary has them. */
function Whole({
  run,
  line,
  choice,
}: {
  readonly run: Pick<Result, "summary">;
  readonly line: Line;
  readonly choice: MetricChoice;
}): JSX.Element {
  const [mean, max] = ["mean", "max"].map((point) => figure(run, line, choice.as, point));
  if (line.earlier)
    return (
      <>
        <td class="number">{format(mean?.value ?? null, choice.as)}</td>
        {choice.peaks && <td class="number">{format(max?.value ?? null, choice.as)}</td>}
      </>
    );
  return (
    <>
      <td class="number">{mean ? <Value {...mean} /> : "–"}</td>
      {choice.peaks && <td class="number">{max ? <Value {...max} /> : "–"}</td>}
    </>
  );
}

/** Where the summary keeps what a series is of. */
const kept: Readonly<Record<string, readonly [Section, ...string[]]>> = {
  lag: ["groups", "lag"],
  lagTime: ["groups", "lag", "time"],
  depth: ["queues", "depth"],
  unacked: ["queues", "unacked"],
  latency: ["consumers", "latency"],
  percentile: ["consumers", "latency"],
  throughput: ["consumers"],
  utilization: ["consumers"],
  storage: ["topics", "storage"],
  partitionLag: ["groups", "partitions"],
};

function figure(
  { summary }: Pick<Result, "summary">,
  { series: { of, name, metric, part } }: Line,
  as: Format,
  point: string,
): Figure | undefined {
  const [section, ...steps] = kept[metric] ?? [];
  if (section === undefined || kinds[section] !== of) return undefined;
  const at: (string | number)[] = [section, name, ...steps];
  if (metric === "partitionLag") {
    const { partitions } = summary.groups[name] ?? { partitions: [] };
    at.push(
      partitions.findIndex(({ topic, partition }) => `${topic} ${partition}` === part),
      "lag",
      point,
    );
  } else at.push(steps.length === 0 ? metric : (part ?? point));
  const value = dig(summary, at);
  return value === undefined ? undefined : { path: path(...at), value: value as number | null, as };
}
