import type { Row } from "./effects.ts";

const entry = (text: string): readonly [string, string] => [
  "run: {duration: 20s}",
  `run: {duration: 20s}\ntimeline: [{at: 5s, ${text}}]`,
];
const lasting = (text: string): readonly [string, string] => entry(`for: 5s, ${text}`);

const another: readonly [string, string] = ["consumers:", "  o: {exchange: y, rate: 1/s}\nconsumers:"];

/** More than its handlers can do, with messages in hand that no handler has taken up. */
const busy: readonly (readonly [string, string])[] = [
  [
    "instances: 2, prefetch: 1, processing: 5ms",
    "instances: 2, prefetch: 5, processing: {exponential: 21ms}",
  ],
];

/** Found within a second. */
const young: readonly (readonly [string, string])[] = [
  ["u: {}", "u: {partitions: 4}"],
  ["rate: 100/s, key: {values: 100}", "rate: 100/s, key: {values: 100}, config: {metadata.max.age.ms: 1s}"],
  ["processing: 5ms", "processing: 5ms, config: {metadata.max.age.ms: 1s}"],
];
const added: readonly (readonly [string, string])[] = [entry("partitions: {topic: t, count: 6}"), ...young];

/** What each key of `timeline` moves. */
export const timelineEffects: readonly Row[] = [
  [
    "timeline.partitions.topic",
    "log",
    "partitions: {topic: t",
    "partitions: {topic: u",
    "groups.g.rebalances",
    "down",
    ...added,
  ],
  [
    "timeline.partitions.count",
    "log",
    "count: 6",
    "count: 8",
    "topics.t.partitions.0.logEnd",
    "down",
    ...added,
  ],
  [
    "producers.*.config.metadata.max.age.ms",
    "log",
    "values: 100}, config: {metadata.max.age.ms: 1s}",
    "values: 100}, config: {metadata.max.age.ms: 12s}",
    "topics.t.partitions.5.logEnd",
    "down",
    ...added,
  ],
  [
    "consumers.*.config.metadata.max.age.ms",
    "log",
    "5ms, config: {metadata.max.age.ms: 1s}",
    "5ms, config: {metadata.max.age.ms: 12s}",
    "consumers.c.processed",
    "down",
    ...added,
  ],
  [
    "producers.*.config.topic.metadata.refresh.interval.ms",
    "log",
    "topic.metadata.refresh.interval.ms: 1s",
    "topic.metadata.refresh.interval.ms: 12s",
    "topics.t.partitions.5.logEnd",
    "down",
    entry("partitions: {topic: t, count: 6}"),
    [
      "rate: 100/s, key: {values: 100}",
      "rate: 100/s, key: {values: 100}, client: librdkafka, config: {topic.metadata.refresh.interval.ms: 1s}",
    ],
  ],
  [
    "timeline.at",
    "queue",
    "at: 5s",
    "at: 15s",
    "producers.p.sent",
    "down",
    entry("rate: {producer: p, factor: 3}"),
  ],
  [
    "timeline.for",
    "queue",
    "for: 5s",
    "for: 9s",
    "producers.p.sent",
    "up",
    lasting("rate: {producer: p, factor: 3}"),
  ],
  [
    "timeline.rate.producer",
    "queue",
    "producer: o",
    "producer: p",
    "producers.p.sent",
    "up",
    another,
    entry("rate: {producer: o, factor: 3}"),
  ],
  [
    "timeline.rate.factor",
    "log",
    "factor: 3",
    "factor: 5",
    "producers.p.sent",
    "up",
    entry("rate: {producer: p, factor: 3}"),
  ],
  [
    "timeline.rate.to",
    "log",
    "to: 30/s",
    "to: 60/s",
    "producers.p.sent",
    "up",
    entry("rate: {producer: p, to: 30/s}"),
  ],
  [
    "timeline.slow.consumer",
    "queue",
    "consumer: d",
    "consumer: c",
    "consumers.c.latency.mean",
    "up",
    lasting("slow: {consumer: d, factor: 3}"),
  ],
  [
    "timeline.slow.factor",
    "log",
    "factor: 2",
    "factor: 3",
    "consumers.c.latency.mean",
    "up",
    lasting("slow: {consumer: c, factor: 2}"),
  ],
  [
    "timeline.slow.instance",
    "queue",
    "instance: 1,",
    "instance: 2,",
    "consumers.c.instances.0.processed",
    "up",
    lasting("slow: {consumer: c, instance: 1, factor: 9}"),
  ],
  ...consumerTargets("crash", "for: 5s, crash"),
  ...consumerTargets("stop", "for: 5s, stop"),
  ...consumerTargets("start", "start", "{at: 1s, stop: {consumer: c}}, "),
  ...consumerTargets("restart", "restart"),
  ...["crash", "stop"].map((action): Row => [
    `timeline.${action}.producer`,
    "queue",
    "producer: o",
    "producer: p",
    "producers.p.sent",
    "down",
    another,
    lasting(`${action}: {producer: o}`),
  ]),
  [
    "timeline.start.producer",
    "queue",
    "start: {producer: o}",
    "start: {producer: p}",
    "producers.p.sent",
    "up",
    another,
    [
      "run: {duration: 20s}",
      "run: {duration: 20s}\ntimeline: [{at: 1s, stop: {producer: p}}, {at: 5s, start: {producer: o}}]",
    ],
  ],
  [
    "timeline.slow.producer",
    "queue",
    "producer: o",
    "producer: p",
    "consumers.c.latency.mean",
    "up",
    another,
    lasting("slow: {producer: o, factor: 100}"),
  ],
  [
    "timeline.scale.consumer",
    "queue",
    "consumer: d",
    "consumer: c",
    "consumers.c.wait.mean",
    "down",
    ...busy,
    entry("scale: {consumer: d, instances: 3}"),
  ],
  [
    "timeline.scale.instances",
    "queue",
    "instances: 3}",
    "instances: 4}",
    "consumers.c.wait.mean",
    "down",
    ...busy,
    entry("scale: {consumer: c, instances: 3}"),
  ],
  [
    "timeline.alarm.node",
    "queue",
    "timeline: []",
    "timeline: [{at: 5s, for: 5s, alarm: {node: 1, kind: memory}}]",
    "consumers.c.latency.mean",
    "up",
    ["run: {duration: 20s}", "run: {duration: 20s}\ntimeline: []"],
  ],
  [
    "timeline.purge.queue",
    "queue",
    "{queue: r}",
    "{queue: q}",
    "totals.dropped",
    "up",
    ...busy,
    entry("purge: {queue: r}"),
  ],
];

/** An action on a consumer, and on one of its instances. */
function consumerTargets(action: string, text: string, before = ""): Row[] {
  const given = (target: string): readonly [string, string] => [
    "run: {duration: 20s}",
    `run: {duration: 20s}\ntimeline: [${before}{at: 5s, ${text}: {${target}}}]`,
  ];
  return [
    [
      `timeline.${action}.consumer`,
      "queue",
      `${action}: {consumer: d}`,
      `${action}: {consumer: c}`,
      "consumers.c.wait.mean",
      "changes",
      ...busy,
      given("consumer: d"),
    ],
    [
      `timeline.${action}.instance`,
      "queue",
      "instance: 1}",
      "instance: 2}",
      "consumers.c.instances.0.utilization",
      "changes",
      ...busy,
      given("consumer: c, instance: 1"),
    ],
  ];
}
