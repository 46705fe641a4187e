import type { Row } from "./effects.ts";

type Change = readonly [from: string, to: string];

/** The consumers of the base share their records. */
const shared = (more = ""): Change => [
  "group: g, instances: 2, commit: after, processing: 5ms",
  `shareGroup: g, instances: 2, processing: {exponential: 15ms}${more}`,
];
const crash: Change = [
  "run: {duration: 20s}",
  "run: {duration: 20s}\ntimeline: [{at: 5s, crash: {consumer: c, instance: 1}}]",
];
/** Brokers that let groups have sessions as short as these. */
const short: Change = [
  "kafka: {",
  "kafka: {config: {group.share.min.session.timeout.ms: 1s, group.share.min.heartbeat.interval.ms: 1s, group.share.min.record.lock.duration.ms: 1s}, ",
];
const late: Change = ["processing:", "from: 10s, processing:"];

/** What each setting of a share group moves. */
export const shareEffects: readonly Row[] = [
  [
    "consumers.*.shareGroup",
    "log",
    "group: g, instances: 2, commit: after",
    "shareGroup: g, instances: 2",
    "consumers.c.order.violations",
    "up",
    ["processing: 5ms", "processing: {exponential: 15ms}"],
    ["partitions: 4", "partitions: 1"],
    ["key: {values: 100}", "key: {values: 4}"],
  ],
  [
    "consumers.*.config.share.acknowledgement.mode",
    "log",
    "mode: explicit",
    "mode: implicit",
    "totals.lost.consumer",
    "up",
    shared(", failures: 5%, config: {share.acknowledgement.mode: explicit}"),
  ],
  [
    "consumers.*.config.share.auto.offset.reset",
    "log",
    "reset: latest",
    "reset: earliest",
    "consumers.c.processed",
    "up",
    shared(", config: {share.auto.offset.reset: latest}"),
    late,
  ],
  [
    "consumers.*.config.share.delivery.count.limit",
    "log",
    "limit: 5",
    "limit: 2",
    "groups.g.dropped.delivery_limit",
    "up",
    shared(", failures: 30%, config: {share.delivery.count.limit: 5}"),
  ],
  [
    "consumers.*.config.share.record.lock.duration.ms",
    "log",
    "duration.ms: 15000",
    "duration.ms: 1000",
    "consumers.c.redelivered",
    "up",
    short,
    shared(", config: {share.record.lock.duration.ms: 15000}"),
    ["processing: {exponential: 15ms}", "processing: {byKey: {7: 2s}}"],
  ],
  [
    "consumers.*.config.share.heartbeat.interval.ms",
    "log",
    "interval.ms: 1000",
    "interval.ms: 9000",
    "groups.g.pause",
    "up",
    short,
    shared(", config: {share.heartbeat.interval.ms: 1000, share.session.timeout.ms: 9001}"),
    crash,
  ],
  [
    "consumers.*.config.share.session.timeout.ms",
    "log",
    "timeout.ms: 3000",
    "timeout.ms: 9000",
    "groups.g.pause",
    "up",
    short,
    shared(", config: {share.session.timeout.ms: 3000, share.heartbeat.interval.ms: 1000}"),
    crash,
  ],
];
