import { explain } from "../../src/core/explain/explain.ts";
import { findMetric } from "../../src/core/model/metrics.ts";
import type {
  ConsumerSummary,
  Graph,
  GroupSummary,
  Percentiles,
  QueueSummary,
  Recorded,
  Result,
  Series,
  Summary,
} from "../../src/core/stats/result.ts";

/** A run of both models as the engine would hand it over: its figures are made, its shape is the contract's. */
export function orderFlow(change: Partial<Summary> = {}): Result {
  return explained({
    summary: { ...summary, ...change },
    series: series(),
    trace: noTrace,
    occurrences: nothing,
    graph,
    events: 1_482_311,
  });
}

/** With what the engine would find in it, were there no file. */
export function explained(recorded: Recorded): Result {
  const evidence = { pauses: [], disorder: new Map<string, number>() };
  // Tests give metrics strange names, too.
  const unitOf = (metric: string) => findMetric(metric)?.unit ?? "count";
  const expect = recorded.summary.expect.map(({ metric }) => ({ unit: unitOf(metric) }));
  const setting = { rabbitmq: undefined, producers: new Map(), consumers: new Map(), timeline: [], expect };
  return { ...recorded, findings: explain(recorded, evidence, setting) };
}

const nothing: Result["occurrences"] = {
  rows: 0,
  rowsDropped: 0,
  time: new Float64Array(),
  kind: new Uint8Array(),
  place: new Uint16Array(),
  detail: new Float64Array(),
  rule: new Uint16Array(),
  kinds: [],
  ofMessages: [],
  rules: [""],
};

const noTrace: Result["trace"] = {
  rows: 0,
  rowsDropped: 0,
  time: new Float64Array(),
  message: new Int32Array(),
  station: new Uint8Array(),
  place: new Uint16Array(),
  detail: new Int32Array(),
  places: [],
  stations: [],
  losses: [],
  texts: [],
};

const percentiles = (count: number, mean: number, spread: number): Percentiles => ({
  count,
  mean,
  p50: mean * 0.7,
  p90: mean * 2.1,
  p99: mean * spread,
  p999: mean * spread * 1.8,
  max: mean * spread * 2.4,
});

const committed = [11_940, 8_120, 7_804, 6_733, 6_590, 7_488];
const ends = [11_982, 8_131, 7_811, 9_904, 9_655, 7_490];

const group = (topic: string, at: readonly number[], until: readonly number[]): GroupSummary => ({
  lag: {
    max: 31_204,
    mean: 2_417.3318,
    end: until.reduce((sum, end, index) => sum + end - (at[index] ?? 0), 0),
    time: { max: 12_406.118, mean: 1_020.4471, end: 911.25 },
  },
  partitions: at.map((offset, partition) => ({
    topic,
    partition,
    committed: offset,
    lag: { max: 5_200 + partition * 211, mean: 402.125 + partition, end: (until[partition] ?? 0) - offset },
  })),
  expiredUnread: 0,
  rebalances: 2,
  pause: 10_004.25,
});

const queue = (enqueued: number, deepest: number, unacked: number): QueueSummary => ({
  enqueued,
  depth: { max: deepest, mean: deepest * 0.0713, end: Math.floor(deepest * 0.21) },
  unacked: { max: unacked, mean: unacked * 0.31, end: Math.floor(unacked / 9) },
  network: enqueued * 2_240,
  deadLettered: {},
  expired: 0,
  dropped: {},
});

const consumer = (processed: number, instances: readonly number[], mean: number): ConsumerSummary => ({
  delivered: processed,
  redelivered: 0,
  processed,
  duplicates: 0,
  replayed: 0,
  failed: 0,
  skipped: 0,
  order: { violations: 0 },
  wait: percentiles(processed, mean * 0.6, 8.21),
  latency: percentiles(processed, mean, 6.37),
  endToEnd: percentiles(processed, mean, 6.37),
  attemptLatency: percentiles(processed, mean, 6.37),
  throughput: processed / 115,
  utilization: instances.reduce((sum, one) => sum + one, 0) / instances.length,
  blocked: 0.0213,
  rebalancing: 0.0078,
  unfinished: 0.0004,
  lowerBounds: false,
  instances: instances.map((utilization, index) => ({
    instance: index + 1,
    processed: Math.round(processed / instances.length),
    utilization,
    blocked: 0.0213,
    rebalancing: 0.0078,
  })),
});

const sender = (sent: number, unroutable = 0): Summary["producers"][string] => ({
  sent,
  accepted: sent - unroutable - 3,
  refused: 0,
  unroutable,
  timedOut: 0,
  underWay: 3,
  returned: 0,
});

const summary: Summary = {
  format: 1,
  name: "Order flow",
  seed: 7,
  calibration: "lan",
  stopped: "duration",
  window: { from: 5_000, to: 120_000 },
  producers: { checkout: sender(54_973), crm: sender(2_306), shop: sender(5_723, 951) },
  topics: {
    "order-events": {
      storage: { max: 112_941_106, mean: 56_470_553.2, end: 112_941_106 },
      network: 447_764_424,
      partitions: ends.map((logEnd, partition) => ({
        partition,
        leader: (partition % 3) + 1,
        logStart: 0,
        logEnd,
        bytes: logEnd * 2_077,
        localBytes: logEnd * 2_077,
      })),
      elections: 0,
    },
    "customer-state": {
      storage: { max: 2_543_518, mean: 1_271_759.8, end: 2_543_518 },
      network: 10_174_072,
      partitions: [801, 742, 763].map((logEnd, partition) => ({
        partition,
        leader: partition + 1,
        logStart: 64,
        logEnd,
        bytes: logEnd * 1_103,
        localBytes: logEnd * 1_103,
      })),
      elections: 0,
    },
  },
  groups: {
    fraud: group("order-events", committed, ends),
    profiles: {
      ...group("customer-state", [801, 741, 763], [801, 742, 763]),
      lag: { max: 6, mean: 0.0834, end: 1, time: { max: 5_004.91, mean: 2_377.02, end: 1_240.5 } },
      rebalances: 0,
      pause: 0,
    },
  },
  exchanges: { orders: { published: 5_723, unroutable: 951 }, dlx: { published: 102, unroutable: 0 } },
  queues: {
    payment: { ...queue(4_772, 43, 40), deadLettered: { rejected: 96, "delivery-limit": 6 } },
    receipts: { ...queue(2_862, 4, 7), dropped: { maxlen: 12 } },
    failed: queue(102, 2, 3),
  },
  consumers: {
    fraud: {
      ...consumer(51_804, [0.914, 0.402, 0.883], 412.18),
      redelivered: 631,
      duplicates: 214,
      unfinished: 0.0571,
      lowerBounds: true,
    },
    profiles: consumer(2_305, [0.0213], 3.37),
    payments: {
      ...consumer(4_630, [0.431, 0.427, 0.419, 0.433], 61.02),
      failed: 102,
      order: { violations: 3 },
    },
    receipts: consumer(2_849, [0.0571], 4.418),
    repairs: consumer(102, [0.0044], 6.02),
  },
  totals: {
    sent: 63_002,
    accepted: 62_042,
    refused: 0,
    unroutable: 951,
    timedOut: 0,
    delivered: 62_423,
    redelivered: 631,
    processed: 61_690,
    duplicates: 214,
    skipped: 0,
    dropped: 12,
    lost: { broker: 0, consumer: 0 },
    elections: 0,
    unfinished: 6_329,
  },
  occurrences: { count: 0, byKind: {}, first: [] },
  expect: [
    {
      metric: "lost.broker",
      of: null,
      bound: { equals: 0 },
      during: null,
      actual: 0,
      interval: null,
      holds: true,
      span: { start: 2_000, end: 2_040 },
    },
    {
      metric: "latency.p99",
      of: { consumer: "payments" },
      bound: { below: 2_000 },
      during: null,
      actual: 388.6974,
      interval: null,
      holds: true,
      span: { start: 2_041, end: 2_101 },
    },
    {
      metric: "lag.max",
      of: { group: "fraud" },
      bound: { below: 5_000 },
      during: null,
      actual: 31_204,
      interval: null,
      holds: false,
      span: { start: 2_102, end: 2_160 },
    },
    {
      metric: "utilization",
      of: { consumer: "payments" },
      bound: { within: [0.2, 0.6] },
      during: null,
      actual: 0.4275,
      interval: null,
      holds: true,
      span: { start: 2_161, end: 2_230 },
    },
  ],
  problems: [],
};

const graph: Graph = {
  nodes: [
    { id: "producer:checkout", kind: "producer", name: "checkout", detail: "400/s", at: 900 },
    { id: "producer:crm", kind: "producer", name: "crm", detail: "20/s", at: 940 },
    { id: "producer:shop", kind: "producer", name: "shop", detail: "50/s", at: 980 },
    { id: "topic:order-events", kind: "topic", name: "order-events", detail: "6 partitions", at: 210 },
    { id: "topic:customer-state", kind: "topic", name: "customer-state", detail: "3 partitions", at: 300 },
    { id: "exchange:orders", kind: "exchange", name: "orders", detail: "topic exchange", at: 420 },
    { id: "exchange:dlx", kind: "exchange", name: "dlx", detail: "fanout exchange", at: 450 },
    { id: "queue:payment", kind: "queue", name: "payment", detail: "quorum queue", at: 500 },
    { id: "queue:receipts", kind: "queue", name: "receipts", detail: "classic queue", at: 560 },
    { id: "queue:failed", kind: "queue", name: "failed", detail: "classic queue", at: 640 },
    { id: "group:fraud", kind: "group", name: "fraud", detail: "3 members", at: 1_150 },
    { id: "group:profiles", kind: "group", name: "profiles", detail: "1 member", at: 1_300 },
    { id: "consumer:fraud", kind: "consumer", name: "fraud", detail: "3 instances", at: 1_100 },
    { id: "consumer:profiles", kind: "consumer", name: "profiles", detail: "1 instance", at: 1_280 },
    { id: "consumer:payments", kind: "consumer", name: "payments", detail: "4 instances", at: 1_400 },
    { id: "consumer:receipts", kind: "consumer", name: "receipts", detail: "1 instance", at: 1_500 },
    { id: "consumer:repairs", kind: "consumer", name: "repairs", detail: "1 instance", at: 1_600 },
  ],
  edges: [
    { from: "producer:checkout", to: "topic:order-events", label: "", messages: 54_973 },
    { from: "producer:crm", to: "topic:customer-state", label: "", messages: 2_306 },
    { from: "producer:shop", to: "exchange:orders", label: "", messages: 5_723 },
    { from: "exchange:orders", to: "queue:payment", label: "order.placed.#", messages: 4_772 },
    { from: "exchange:orders", to: "queue:receipts", label: "order.*.eu", messages: 2_862 },
    { from: "queue:payment", to: "exchange:dlx", label: "rejected", messages: 102 },
    { from: "queue:receipts", to: "exchange:dlx", label: "maxlen", messages: 0 },
    { from: "exchange:dlx", to: "queue:failed", label: "", messages: 102 },
    { from: "topic:order-events", to: "group:fraud", label: "", messages: 51_804 },
    { from: "topic:customer-state", to: "group:profiles", label: "", messages: 2_305 },
    { from: "group:fraud", to: "consumer:fraud", label: "", messages: 51_804 },
    { from: "group:profiles", to: "consumer:profiles", label: "", messages: 2_305 },
    { from: "queue:payment", to: "consumer:payments", label: "", messages: 4_732 },
    { from: "queue:receipts", to: "consumer:receipts", label: "", messages: 2_849 },
    { from: "queue:failed", to: "consumer:repairs", label: "", messages: 102 },
  ],
};

const buckets = 240;
const step = 500;

/** A burst at 60 s that takes 42 s to work off, on noise that repeats. */
function wave(bucket: number, high: number): number {
  const noise = Math.abs(Math.sin(bucket * 12.9898) * 43_758.5453) % 1;
  const at = (bucket * step) / 1000;
  const burst = at < 60 ? 0 : at < 66 ? (at - 60) / 6 : Math.max(0, 1 - (at - 66) / 42);
  return high * (0.012 + 0.03 * noise + burst);
}

function line(of: Series["of"], name: string, metric: Series["metric"], high: number): Series {
  const time = Float64Array.from({ length: buckets }, (_, bucket) => bucket * step);
  const mean = time.map((_, bucket) => wave(bucket, high));
  const max = mean.map((value, bucket) => value + wave(bucket + 7, high) * 0.4 + high * 0.02);
  if (metric === "latency") mean.fill(NaN, 0, 4);
  return { of, name, metric, time, mean, max };
}

function series(): readonly Series[] {
  return [
    line("group", "fraud", "lag", 25_000),
    line("group", "profiles", "lag", 12),
    line("queue", "payment", "depth", 31),
    line("queue", "receipts", "depth", 3),
    line("queue", "failed", "depth", 1),
    line("queue", "payment", "unacked", 38),
    line("queue", "receipts", "unacked", 6),
    ...["fraud", "profiles", "payments", "receipts", "repairs"].flatMap((name, index) => [
      line("consumer", name, "latency", 4_100 / (index * 3 + 1)),
      line("consumer", name, "throughput", 520 / (index * 4 + 1)),
    ]),
    line("producer", "checkout", "sent", 1_200),
    line("producer", "shop", "sent", 50),
  ];
}
