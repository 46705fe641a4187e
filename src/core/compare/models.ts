import type { NumberForm } from "../stats/finding.ts";
import type { ConsumerSummary, LevelSummary, RepeatSummary, Result, Summary } from "../stats/result.ts";
import type { Better } from "./figures.ts";
import type { Thing } from "./outcome-changes.ts";

/** What of a run is needed to hold it against the run of the same workload in the other model. */
export type ModelRun = Pick<Result, "summary" | "graph">;

/** A figure that both models have; null where a run has no such value. */
export interface ModelFigure {
  /** Undefined for a figure of the whole run. */
  readonly of: Thing | undefined;
  readonly name: string;
  readonly as: NumberForm;
  readonly own: number | null;
  readonly other: number | null;
  /** Where both are means of several runs: their intervals, null where not every run has the figure. */
  readonly intervals?: { readonly own: Ends | null; readonly other: Ends | null };
  /** They differ, but by no more than the runs of one model differ among each other: the intervals overlap. */
  readonly chance: boolean;
  /** How the other model fares beside the file's own. */
  readonly verdict: "better" | "worse" | "same" | "other";
}

interface Ends {
  readonly low: number;
  readonly high: number;
}

/** Less than this share of the larger value is no difference. */
const notable = 0.01;

/**
 * What a file and the same workload in the other model are compared by: the run as a whole, then each application. Of a file that
 * is run several times each figure is the mean of its runs.
 */
export function compareModels(own: ModelRun, other: ModelRun): readonly ModelFigure[] {
  const figures = figuresOf(overRuns(own, "mean"), overRuns(other, "mean"));
  if (own.summary.repeat === undefined || other.summary.repeat === undefined) return figures;
  const low = figuresOf(overRuns(own, "low"), overRuns(other, "low"));
  const high = figuresOf(overRuns(own, "high"), overRuns(other, "high"));
  return figures.map((figure, row) => {
    const ends = (side: "own" | "other"): Ends | null => between(low[row]![side], high[row]![side]);
    const intervals = { own: ends("own"), other: ends("other") };
    return { ...figure, intervals, chance: figure.own !== figure.other && overlap(intervals) };
  });
}

function between(low: number | null, high: number | null): Ends | null {
  return low !== null && high !== null && Number.isFinite(low) && Number.isFinite(high)
    ? { low, high }
    : null;
}

/** What has no interval may be anything. */
function overlap({ own, other }: NonNullable<ModelFigure["intervals"]>): boolean {
  return own === null || other === null || (own.low <= other.high && other.low <= own.high);
}

const unmeasured = { mean: undefined, low: -Infinity, high: Infinity } as const;
type Of = keyof typeof unmeasured;

/**
 * A run with the mean of all its repetitions in place of each figure, or with an end of its interval: ends of sums are sums
 * of ends, at the widest.
 */
function overRuns({ graph, summary }: ModelRun, of: Of): ModelRun {
  const { repeat, ...first } = summary;
  return repeat === undefined ? { graph, summary } : { graph, summary: replaced(first, "", repeat, of) };
}

function replaced<T>(thing: T, path: string, repeat: RepeatSummary, of: Of): T {
  if (typeof thing === "number") return (repeat.figures[path]?.[of] ?? unmeasured[of] ?? thing) as T;
  if (typeof thing !== "object" || thing === null || Array.isArray(thing)) return thing;
  const parts = Object.entries(thing).map(([key, part]: [string, unknown]) => [
    key,
    replaced(part, path === "" ? key : `${path}.${key}`, repeat, of),
  ]);
  return Object.fromEntries(parts) as T;
}

function figuresOf(own: ModelRun, other: ModelRun): readonly ModelFigure[] {
  const rows: ModelFigure[] = [];
  for (const { name, as, better, value } of wholes)
    rows.push(figure(undefined, name, as, better, value(own.summary), value(other.summary)));
  for (const [name, producer] of Object.entries(own.summary.producers)) {
    const there = other.summary.producers[name];
    if (there !== undefined)
      rows.push(figure({ kind: "producer", name }, "sent", "count", "neither", producer.sent, there.sent));
  }
  for (const name of Object.keys(own.summary.consumers)) {
    if (!Object.hasOwn(other.summary.consumers, name)) continue;
    const [here, there] = [reader(own, name), reader(other, name)];
    for (const { name: label, as, better, value } of ofConsumers)
      rows.push(figure({ kind: "consumer", name }, label, as, better, value(here), value(there)));
  }
  return rows;
}

interface Compared<From> {
  readonly name: string;
  readonly as: NumberForm;
  readonly better: Better;
  readonly value: (from: From) => number | null;
}

const sum = (by: Readonly<Record<string, number>> = {}): number =>
  Object.values(by).reduce((all, one) => all + one, 0);

const wholes: readonly Compared<Summary>[] = [
  { name: "sent", as: "count", better: "neither", value: ({ totals }) => totals.sent },
  { name: "delivered", as: "count", better: "neither", value: ({ totals }) => totals.delivered },
  { name: "processed", as: "count", better: "neither", value: ({ totals }) => totals.processed },
  { name: "lost", as: "count", better: "less", value: ({ totals: { lost } }) => lost.broker + lost.consumer },
  { name: "duplicates", as: "count", better: "less", value: ({ totals }) => totals.duplicates },
  { name: "delivered again", as: "count", better: "less", value: ({ totals }) => totals.redelivered },
  {
    name: "out of order",
    as: "count",
    better: "less",
    value: ({ consumers }) => Object.values(consumers).reduce((all, { order }) => all + order.violations, 0),
  },
  {
    name: "dropped, expired, unroutable or deleted unread",
    as: "count",
    better: "less",
    value: ({ totals, queues, groups }) =>
      totals.unroutable +
      Object.values(queues).reduce((all, { expired, dropped }) => all + expired + sum(dropped), 0) +
      Object.values(groups).reduce((all, group) => all + group.expiredUnread + sum(group.dropped), 0),
  },
  { name: "unfinished", as: "count", better: "less", value: ({ totals }) => totals.unfinished },
  {
    name: "expectations that fail",
    as: "count",
    better: "less",
    value: ({ expect }) => expect.filter(({ holds }) => !holds).length,
  },
];

/** A consumer, and what waits for it. */
interface Reader {
  readonly consumer: ConsumerSummary;
  /** Of its group, or of each of its queues. */
  readonly backlogs: readonly LevelSummary[];
}

const ofConsumers: readonly Compared<Reader>[] = [
  { name: "processed", as: "count", better: "neither", value: ({ consumer }) => consumer.processed },
  { name: "latency p50", as: "duration", better: "less", value: ({ consumer }) => consumer.latency.p50 },
  { name: "latency p99", as: "duration", better: "less", value: ({ consumer }) => consumer.latency.p99 },
  { name: "wait p99", as: "duration", better: "less", value: ({ consumer }) => consumer.wait.p99 },
  {
    name: "lag or depth on average",
    as: "count",
    better: "less",
    value: ({ backlogs }) =>
      backlogs.length === 0 ? null : backlogs.reduce((all, { mean }) => all + mean, 0),
  },
  {
    name: "lag or depth at most",
    as: "count",
    better: "less",
    value: ({ backlogs }) => (backlogs.length === 0 ? null : Math.max(...backlogs.map(({ max }) => max))),
  },
  { name: "duplicates", as: "count", better: "less", value: ({ consumer }) => consumer.duplicates },
  { name: "out of order", as: "count", better: "less", value: ({ consumer }) => consumer.order.violations },
  { name: "utilization", as: "share", better: "neither", value: ({ consumer }) => consumer.utilization },
];

function reader({ summary, graph }: ModelRun, name: string): Reader {
  const backlogs = graph.edges.flatMap(({ from, to }) => {
    if (to !== `consumer:${name}`) return [];
    const queue = from.startsWith("queue:") ? summary.queues[from.slice("queue:".length)]?.depth : undefined;
    const group = from.startsWith("group:") ? summary.groups[from.slice("group:".length)]?.lag : undefined;
    return queue ?? group ?? [];
  });
  return { consumer: summary.consumers[name]!, backlogs: [...new Set(backlogs)] };
}

function figure(
  of: Thing | undefined,
  name: string,
  as: NumberForm,
  better: Better,
  own: number | null,
  other: number | null,
): ModelFigure {
  return { of, name, as, own, other, chance: false, verdict: verdictOf(better, own, other) };
}

function verdictOf(better: Better, own: number | null, other: number | null): ModelFigure["verdict"] {
  if (own === other) return "same";
  if (better === "neither" || own === null || other === null) return "other";
  if (Math.abs(own - other) < notable * Math.max(own, other)) return "same";
  return other < own === (better === "less") ? "better" : "worse";
}
