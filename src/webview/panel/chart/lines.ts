import { fewColors } from "../../shared/theme.ts";
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
    { metric: "lagTime", name: "age of unread", as: "duration", peaks: true },
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
  /** Its place among the lines drawn with it. */
  readonly rank: number;
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
    .map((series, rank) => {
      const { of, name, part } = series;
      const whole = `${of}:${name}`;
      const model = hues.get(whole);
      const alike = graph.nodes.filter(({ id, kind }) => kind === of && hues.get(id) === model);
      const turn = part === undefined ? alike.findIndex(({ id }) => id === whole) : all.indexOf(series);
      const id = part === undefined ? whole : `${whole} ${part}`;
      return { id, series, model, turn: Math.max(0, turn), rank };
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

/** How a line is drawn: its color, of the panel's own variables, its dashes and its width in pixels. */
interface Stroke {
  readonly color: string;
  readonly dash: readonly number[];
  readonly width: number;
}

/** As many as there are lines in a chart. */
const patterns = [[], [7, 4], [2, 3], [12, 4], [2, 6], [6, 2, 2, 2], [9, 3, 3, 3], [4, 2, 1, 2, 1, 2]];

/** A second sign, the dash, tells lines of one hue apart; where there are no hues, it tells all of them apart. */
export function stroke({ model, turn, rank, earlier }: Line): Stroke {
  const hue = `var(--${model ? model + ["", "-2", "-3"][turn % 3]! : "none"})`;
  if (fewColors().matches) return { color: hue, dash: patterns[rank]!, width: earlier ? 0.8 : 2 };
  if (earlier) return { color: `color-mix(in srgb, ${hue} 75%, var(--fg))`, dash: patterns[2]!, width: 1.8 };
  return { color: hue, dash: patterns[(turn + Math.floor(turn / 3)) % 3]!, width: 1.6 };
}
