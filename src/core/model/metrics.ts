import type { ExpectationTarget, MetricUnit } from "./expectation.ts";

export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  /** What it is measured of; all of it may be left out for the run's total or its worst. */
  readonly of: readonly ExpectationTarget["kind"][];
  /** Whether it can be told of a part of the run. */
  readonly partly: boolean;
}

/** Names before the first dot. */
const partly = new Set(
  "sent accepted refused timedOut unroutable latency wait endToEnd attemptLatency roundTrip answered unanswered lateReplies delivered redelivered processed duplicates failed skipped lag depth unacked throughput utilization blocked rebalancing".split(
    " ",
  ),
);

const percentiles = ["mean", "p50", "p90", "p99", "p999", "max"];
const levels = ["max", "mean", "end"];

function metrics(names: readonly string[], unit: MetricUnit, of: Metric["of"]): Metric[] {
  return names.map((name) => ({ name, unit, of, partly: partly.has(name.split(".", 1)[0]!) }));
}

/** A name with each of its statistics, and alone, which is its mean. */
function statistics(names: readonly string[], of: readonly string[]): string[] {
  return names.flatMap((name) => [name, ...of.map((statistic) => `${name}.${statistic}`)]);
}

/** Every metric that `expect` may name; a REASON stands for any reason. */
export const allMetrics: readonly Metric[] = [
  ...metrics(["sent", "accepted", "refused", "timedOut"], "count", ["producer", "consumer"]),
  ...metrics(["unroutable"], "count", ["producer", "consumer", "exchange"]),
  ...metrics(statistics(["latency", "wait", "attemptLatency"], percentiles), "ms", ["consumer"]),
  ...metrics(statistics(["endToEnd"], percentiles), "ms", ["consumer"]),
  ...metrics(statistics(["roundTrip"], percentiles), "ms", ["producer"]),
  ...metrics(["answered", "unanswered", "lateReplies"], "count", ["producer"]),
  ...metrics(["delivered", "redelivered", "processed", "duplicates", "failed", "skipped"], "count", [
    "consumer",
  ]),
  ...metrics(["replayed"], "count", ["consumer"]),
  ...metrics(
    ["windows.closed", "windows.messages", "windows.late", "windows.keyless", "windows.lost", "windows.open"],
    "count",
    ["consumer"],
  ),
  ...metrics(
    ["join.pairs", "join.joined", "join.expired", "join.late", "join.keyless", "join.lost", "join.waiting"],
    "count",
    ["consumer"],
  ),
  ...metrics(
    ["changelog.written", "changelog.restores", "changelog.read", "changelog.undone", "changelog.reopened"],
    "count",
    ["consumer"],
  ),
  ...metrics(["changelog.time", "changelog.longest"], "ms", ["consumer"]),
  ...metrics(["order.violations"], "count", ["consumer"]),
  ...metrics(["lost.broker", "lost.consumer", "dropped", "unfinished"], "count", []),
  ...metrics(["dropped.REASON"], "count", ["queue", "group"]),
  ...metrics(["deadLettered.REASON"], "count", ["queue", "consumer"]),
  ...metrics(["expired"], "count", ["queue"]),
  ...metrics(["expiredUnread"], "count", ["group", "consumer"]),
  ...metrics(statistics(["lag"], levels), "count", ["group", "consumer"]),
  ...metrics(statistics(["lag.time"], levels), "ms", ["group", "consumer"]),
  ...metrics(statistics(["depth", "unacked"], levels), "count", ["queue"]),
  ...metrics(["throughput"], "per second", ["consumer"]),
  ...metrics(["utilization"], "share", ["consumer"]),
  ...metrics(["blocked", "rebalancing"], "share", ["consumer"]),
  ...metrics(["rebalances"], "count", ["group", "consumer"]),
  ...metrics(["pause"], "ms", ["group", "consumer"]),
  ...metrics(["elections"], "count", ["topic"]),
  ...metrics(["recovery"], "ms", ["group", "queue"]),
  ...metrics(statistics(["storage"], levels), "bytes", ["topic"]),
  ...metrics(["network"], "bytes", ["topic", "queue"]),
];

const byName = new Map(allMetrics.map((metric) => [metric.name, metric]));

export function findMetric(name: string): Metric | undefined {
  const metric = byName.get(name);
  if (metric !== undefined) return metric;
  const dot = name.indexOf(".");
  return dot > 0 && dot + 1 < name.length ? byName.get(`${name.slice(0, dot)}.REASON`) : undefined;
}
