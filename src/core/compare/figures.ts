import type { NumberForm } from "../stats/finding.ts";
import type { EntityKind, Summary } from "../stats/result.ts";

/** Which way a figure has to go to get better; `neither` is a matter of taste. */
export type Better = "less" | "more" | "neither";

/** A figure of the summary that two runs are compared by. */
export interface Figure {
  /** As people know it: `latency p99`. */
  readonly name: string;
  /** Steps below the entry of a thing, or below `totals`. */
  readonly at: readonly string[];
  /** What stands there is counts by reason, each a figure of its own; a reason that did not occur has no key. */
  readonly byReason: boolean;
  readonly as: NumberForm;
  readonly better: Better;
  /** How much a change of it matters beside the others. */
  readonly weight: number;
}

const figure = (
  at: string,
  better: Better,
  weight: number,
  as: NumberForm = "count",
  name = at.replaceAll(".", " "),
): Figure => ({
  name,
  at: at.split("."),
  byReason: false,
  as,
  better,
  weight,
});

const byReason = (of: Figure): Figure => ({ ...of, byReason: true });

/** Of all things together. */
export const totals: readonly Figure[] = [
  figure("lost.broker", "less", 4, "count", "lost by broker"),
  figure("lost.consumer", "less", 4, "count", "lost by consumer"),
  figure("unroutable", "less", 3),
  figure("dropped", "less", 3),
  figure("refused", "less", 2),
  figure("timedOut", "less", 2, "count", "timed out"),
  figure("skipped", "less", 2),
  figure("duplicates", "less", 2),
  figure("redelivered", "less", 1, "count", "delivered again"),
  figure("processed", "more", 1),
  figure("sent", "neither", 0.4),
  figure("elections", "less", 0.6),
  figure("unfinished", "less", 0.8),
];

/** Of each thing that both runs have, by the section of the summary that holds it. */
export const sections: Readonly<
  Record<
    keyof Pick<Summary, "producers" | "topics" | "groups" | "exchanges" | "queues" | "consumers">,
    { readonly kind: EntityKind; readonly figures: readonly Figure[] }
  >
> = {
  consumers: {
    kind: "consumer",
    figures: [
      figure("throughput", "more", 2, "rate"),
      figure("latency.p50", "less", 1.5, "duration"),
      figure("latency.p90", "less", 1, "duration"),
      figure("latency.p99", "less", 2.5, "duration"),
      figure("latency.p999", "less", 0.8, "duration", "latency p99.9"),
      figure("endToEnd.p99", "less", 0.8, "duration", "end to end p99"),
      figure("redelivered", "less", 1.2, "count", "delivered again"),
      figure("duplicates", "less", 2),
      figure("failed", "less", 0.7),
      figure("skipped", "less", 2),
      figure("order.violations", "less", 2, "count", "out of order"),
      figure("windows.late", "less", 2, "count", "late for windows"),
      figure("windows.lost", "less", 3, "count", "lost with windows"),
      figure("join.expired", "less", 1.5, "count", "without a partner"),
      figure("join.lost", "less", 3, "count", "lost in the join"),
      figure("changelog.longest", "less", 1, "duration", "longest restore"),
      figure("utilization", "neither", 1, "share"),
      figure("blocked", "less", 0.6, "share"),
      figure("rebalancing", "less", 0.6, "share"),
    ],
  },
  groups: {
    kind: "group",
    figures: [
      figure("lag.max", "less", 2),
      figure("lag.mean", "less", 1),
      figure("lag.end", "less", 1.5),
      figure("lag.time.max", "less", 1, "duration", "age of the oldest unread"),
      figure("rebalances", "less", 1),
      figure("pause", "less", 1.5, "duration"),
      figure("expiredUnread", "less", 4, "count", "deleted unread"),
    ],
  },
  queues: {
    kind: "queue",
    figures: [
      figure("depth.max", "less", 2),
      figure("depth.mean", "less", 1),
      figure("depth.end", "less", 1.5),
      figure("unacked.max", "neither", 0.5),
      figure("network", "less", 0.4, "bytes"),
      byReason(figure("deadLettered", "less", 1.5, "count", "dead-lettered")),
      figure("expired", "less", 2),
      byReason(figure("dropped", "less", 3)),
    ],
  },
  topics: {
    kind: "topic",
    figures: [
      figure("storage.max", "neither", 0.4, "bytes"),
      figure("network", "less", 0.4, "bytes"),
      figure("elections", "less", 0.6),
    ],
  },
  exchanges: { kind: "exchange", figures: [figure("unroutable", "less", 2)] },
  producers: {
    kind: "producer",
    figures: [
      figure("sent", "neither", 0.3),
      figure("refused", "less", 2),
      figure("timedOut", "less", 2, "count", "timed out"),
      figure("unanswered", "less", 2),
      figure("roundTrip.p99", "less", 2, "duration", "round trip p99"),
    ],
  },
};
