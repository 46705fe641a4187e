import type { Format } from "../../shared/format.ts";
import type { Earlier } from "../../../protocol/panel.ts";
import { models } from "../result.ts";
import type { Metric, Model, Result, Series } from "../result.ts";

export interface MetricChoice {
  readonly metric: Metric;
  readonly name: string;
  readonly as: Format;
  /** Whether the largest value inside a bucket says more than its average. */
  readonly peaks: boolean;
}

/** The two charts: what waits, and what moves. */
export const choices: readonly (readonly MetricChoice[])[] = [
  [
    { metric: "lag", name: "lag", as: "count", peaks: true },
    { metric: "partitionLag", name: "by partition", as: "count", peaks: true },
    { metric: "depth", name: "depth", as: "count", peaks: true },
    { metric: "unacked", name: "unacked", as: "count", peaks: true },
    { metric: "storage", name: "storage", as: "bytes", peaks: true },
  ],
  [
    { metric: "latency", name: "latency", as: "duration", peaks: true },
    { metric: "percentile", name: "percentiles", as: "duration", peaks: false },
    { metric: "throughput", name: "throughput", as: "rate", peaks: false },
    { metric: "sent", name: "sent", as: "rate", peaks: false },
    { metric: "utilization", name: "busy", as: "share", peaks: false },
    { metric: "redelivered", name: "redelivered", as: "rate", peaks: false },
  ],
];

export interface Line {
  readonly id: string;
  readonly series: Series;
  readonly model: Model | undefined;
  /** Its place in the file among its like: decides shade and dashes. */
  readonly turn: number;
  /** It is of the run that the one on display is compared with. */
  readonly earlier?: true;
}

/** Lines beyond these would be told apart by no one. */
export const mostLines = 8;

/** The lines of a metric, the highest first; each keeps its looks from metric to metric. */
export function lines({ series, graph }: Result, metric: Metric): readonly Line[] {
  const hues = models(graph);
  const all = series.filter((line) => line.metric === metric);
  return all
    .toSorted((a, b) => peak(b) - peak(a))
    .slice(0, mostLines)
    .map((line) => {
      const id = `${line.of}:${line.name}`;
      const model = hues.get(id);
      if (line.part !== undefined)
        return { id: `${id} ${line.part}`, series: line, model, turn: all.indexOf(line) };
      const alike = graph.nodes.filter((node) => node.kind === line.of && hues.get(node.id) === model);
      return {
        id,
        series: line,
        model,
        turn: Math.max(
          0,
          alike.findIndex((node) => node.id === id),
        ),
      };
    });
}

/** Each line with that of an earlier run after it, where that had one. */
export function withEarlier(drawn: readonly Line[], earlier: Earlier | undefined): readonly Line[] {
  if (!earlier) return drawn;
  return drawn.flatMap((line) => {
    const { of, name, metric, part } = line.series;
    const was = earlier.series.find(
      (one) => one.of === of && one.name === name && one.metric === metric && one.part === part,
    );
    return was ? [line, { ...line, id: `${line.id} earlier`, series: was, earlier: true }] : [line];
  });
}

function peak({ max }: Series): number {
  let most = 0;
  for (const value of max) if (value > most) most = value;
  return most;
}

export function has({ series }: Result, metric: Metric): boolean {
  return series.some((line) => line.metric === metric);
}

/** Whether there is anything to see: a first look at a flat line tells nothing. */
export function moves({ series }: Result, metric: Metric): boolean {
  return series.some((line) => line.metric === metric && peak(line) > 0);
}

/** Colors are names of the panel's own variables; a second sign, the dash, tells lines of one hue apart. */
export function stroke({ model, turn, earlier }: Line): {
  readonly color: string;
  readonly dash: readonly number[];
} {
  const shades = ["", "-2", "-3"];
  const hue = `var(--${model ?? "none"}${model ? (shades[turn % shades.length] ?? "") : ""})`;
  if (earlier) return { color: `color-mix(in srgb, ${hue} 75%, var(--fg))`, dash: [2, 3] };
  const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];
  return { color: hue, dash: dashes[(turn + Math.floor(turn / shades.length)) % dashes.length] ?? [] };
}
