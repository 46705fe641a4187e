import type { NumberForm } from "../stats/finding.ts";
import type { ConsumerSummary, LevelSummary, Result, Summary } from "../stats/result.ts";
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
  /** How the other model fares beside the file's own. */
  readonly verdict: "better" | "worse" | "same" | "other";
}

/** Less than this share of the larger value is no difference. */
const notable = 0.01;

/** What a file and the same workload in the other model are compared by: the run as a whole, then each application. */
export function compareModels(own: ModelRun, other: ModelRun): readonly ModelFigure[] {
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
  return { of, name, as, own, other, verdict: verdictOf(better, own, other) };
}

function verdictOf(better: Better, own: number | null, other: number | null): ModelFigure["verdict"] {
  if (own === other) return "same";
  if (better === "neither" || own === null || other === null) return "other";
  if (Math.abs(own - other) < notable * Math.max(own, other)) return "same";
  return other < own === (better === "less") ? "better" : "worse";
}
