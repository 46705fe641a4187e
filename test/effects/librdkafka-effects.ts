import type { Row } from "./effects.ts";

type Change = readonly [from: string, to: string];

/** A producer of librdkafka, by what its `config` says. */
const client = (config: string, message = "rate: 100/s, key: {values: 100}"): Change => [
  "rate: 100/s, key: {values: 100}",
  `${message}, client: librdkafka, config: {${config}}`,
];
const far: Change = [
  "run: {duration: 20s}",
  "run: {duration: 20s, calibration: {preset: lan, networkLatency: 50ms}}",
];
/** The broker is away for half of the run. */
const dark: Change = [
  "run: {duration: 20s",
  "timeline: [{at: 5s, for: 10s, crash: {broker: 1}}]\nrun: {duration: 20s",
];
const quick: Change = ["processing: 5ms", "processing: 10us"];
const stored = "topics.t.partitions.0.bytes";

/** What only librdkafka's producers have: limits of their own, and older names of settings that both clients have. */
export const librdkafkaEffects: readonly Row[] = [
  [
    "producers.*.config.batch.num.messages",
    "log",
    "batch.num.messages: 2",
    "batch.num.messages: 1000",
    stored,
    "down",
    client("batch.num.messages: 2, linger.ms: 100", "rate: 1000/s, size: 100B, key: {values: 100}"),
    quick,
  ],
  [
    "producers.*.config.enable.gapless.guarantee",
    "log",
    "enable.gapless.guarantee: false",
    "enable.gapless.guarantee: true",
    "producers.p.timedOut",
    "up",
    client(
      "enable.idempotence: true, enable.gapless.guarantee: false, message.timeout.ms: 1500ms, request.timeout.ms: 1s",
    ),
    [
      "run: {duration: 20s",
      "timeline: [{at: 3s, for: 1600ms, isolate: {producers: [p]}}]\nrun: {duration: 20s",
    ],
  ],
  [
    "producers.*.config.queue.buffering.backpressure.threshold",
    "log",
    "queue.buffering.backpressure.threshold: 1",
    "queue.buffering.backpressure.threshold: 100",
    stored,
    "down",
    client(
      "queue.buffering.backpressure.threshold: 1, compression.type: zstd, compression.level: 12, linger.ms: 0",
      "rate: 1000/s, size: 100B, key: {values: 100}",
    ),
    ["partitions: 4", "partitions: 1"],
    quick,
  ],
  [
    "producers.*.config.queue.buffering.max.messages",
    "log",
    "queue.buffering.max.messages: 1000",
    "queue.buffering.max.messages: 5",
    "producers.p.refused",
    "up",
    client("queue.buffering.max.messages: 1000"),
    far,
  ],
  [
    "producers.*.config.queue.buffering.max.kbytes",
    "log",
    "queue.buffering.max.kbytes: 1000",
    "queue.buffering.max.kbytes: 5",
    "producers.p.refused",
    "up",
    client("queue.buffering.max.kbytes: 1000"),
    far,
  ],
  [
    "producers.*.config.queue.buffering.max.ms",
    "log",
    "queue.buffering.max.ms: 1",
    "queue.buffering.max.ms: 50",
    "consumers.c.latency.mean",
    "up",
    client("queue.buffering.max.ms: 1"),
  ],
  [
    "producers.*.config.max.in.flight",
    "log",
    "max.in.flight: 5",
    "max.in.flight: 1",
    stored,
    "down",
    client("linger.ms: 0, max.in.flight: 5", "rate: 500/s, key: {values: 100}"),
    far,
    quick,
  ],
  [
    "producers.*.config.message.timeout.ms",
    "log",
    "message.timeout.ms: 100s",
    "message.timeout.ms: 2s",
    "producers.p.timedOut",
    "up",
    client("message.timeout.ms: 100s"),
    dark,
  ],
  [
    "producers.*.config.message.send.max.retries",
    "log",
    "message.send.max.retries: 100",
    "message.send.max.retries: 0",
    "producers.p.timedOut",
    "up",
    client("message.send.max.retries: 100"),
    far,
    dark,
  ],
  [
    "producers.*.config.request.required.acks",
    "log",
    "request.required.acks: all",
    "request.required.acks: 0",
    "producers.p.timedOut",
    "down",
    client("request.required.acks: all, message.timeout.ms: 2s"),
    far,
    dark,
  ],
];
