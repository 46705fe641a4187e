import type { Row } from "./effects.ts";

type Change = readonly [from: string, to: string];

const limited = (limits: string, config = ""): Change => [
  "kafka: {",
  `kafka: {quotas: {${limits}}, ${config}`,
];
const latency = "consumers.c.latency.mean";

const stored = "topics.t.partitions.0.bytes";

const far: Change = [
  "run: {duration: 20s}",
  "run: {duration: 20s, calibration: {preset: lan, networkLatency: 50ms}}",
];

/** What limits of producers and of their brokers move: a producer of 100 records of a KiB a second. */
export const quotaEffects: readonly Row[] = [
  [
    "producers.*.config.buffer.memory",
    "log",
    "buffer.memory: 32MiB",
    "buffer.memory: 4KiB",
    latency,
    "up",
    ["rate: 100/s", "rate: 100/s, config: {batch.size: 1KiB, buffer.memory: 32MiB}"],
    far,
  ],
  [
    "producers.*.client",
    "log",
    "client: java",
    "client: librdkafka",
    "topics.t.partitions.0.logEnd",
    "changes",
    ["rate: 100/s", "rate: 100/s, client: java"],
  ],
  [
    "producers.*.config.partitioner",
    "log",
    "partitioner: consistent_random",
    "partitioner: murmur2_random",
    "topics.t.partitions.0.logEnd",
    "changes",
    ["rate: 100/s", "rate: 100/s, client: librdkafka, config: {partitioner: consistent_random}"],
  ],
  [
    "producers.*.config.sticky.partitioning.linger.ms",
    "log",
    "linger.ms: 10",
    "linger.ms: 60s",
    "topics.t.partitions.0.logEnd",
    "changes",
    ["rate: 100/s", "rate: 100/s, client: librdkafka, config: {sticky.partitioning.linger.ms: 10}"],
    ["key: {values: 100}", "key: none"],
  ],
  [
    "producers.*.config.message.max.bytes",
    "log",
    "message.max.bytes: 1MB",
    "message.max.bytes: 1000",
    "producers.p.refused",
    "up",
    ["rate: 100/s", "rate: 100/s, client: librdkafka, config: {message.max.bytes: 1MB}"],
  ],
  [
    "producers.*.config.max.block.ms",
    "log",
    "max.block.ms: 60s",
    "max.block.ms: 20ms",
    "producers.p.refused",
    "up",
    ["rate: 100/s", "rate: 100/s, config: {batch.size: 1KiB, buffer.memory: 4KiB, max.block.ms: 60s}"],
    far,
  ],
  [
    "producers.*.config.compression.type",
    "log",
    "compression.type: none",
    "compression.type: gzip",
    stored,
    "down",
    ["rate: 100/s", "rate: 100/s, config: {compression.type: none}"],
  ],
  [
    "producers.*.config.compression.codec",
    "log",
    "compression.codec: none",
    "compression.codec: lz4",
    stored,
    "down",
    ["rate: 100/s", "rate: 100/s, client: librdkafka, config: {compression.codec: none}"],
  ],
  ...(["gzip", "lz4", "zstd"] as const).map((codec): Row => [
    `producers.*.config.compression.${codec}.level`,
    "log",
    `compression.${codec}.level: 1`,
    `compression.${codec}.level: ${codec === "zstd" ? 19 : 8}`,
    latency,
    "up",
    ["rate: 100/s", `rate: 100/s, config: {compression.type: ${codec}, compression.${codec}.level: 1}`],
  ]),
  [
    "producers.*.config.compression.level",
    "log",
    "compression.level: 1",
    "compression.level: 9",
    stored,
    "down",
    [
      "rate: 100/s",
      "rate: 100/s, client: librdkafka, config: {compression.codec: gzip, compression.level: 1}",
    ],
  ],
  [
    "run.calibration.codecWork",
    "log",
    "codecWork: 0",
    "codecWork: 100",
    latency,
    "up",
    ["rate: 100/s", "rate: 100/s, config: {compression.type: gzip}"],
    ["duration: 20s", "duration: 20s, calibration: {preset: lan, codecWork: 0}"],
  ],
  [
    "producers.*.compression_rate",
    "log",
    "compression_rate: 80%",
    "compression_rate: 20%",
    stored,
    "down",
    ["rate: 100/s", "rate: 100/s, compression_rate: 80%, config: {compression.type: zstd}"],
  ],
  [
    "consumers.*.compression_rate",
    "log",
    "compression_rate: 80%",
    "compression_rate: 20%",
    "topics.u.partitions.0.bytes",
    "down",
    [
      "processing: 5ms",
      "processing: 5ms, sends: [{topic: u}], compression_rate: 80%, config: {compression.type: zstd}",
    ],
  ],
  [
    "kafka.quotas.*.produce",
    "log",
    "produce: 200kB/s",
    "produce: 60kB/s",
    latency,
    "up",
    limited("p: {produce: 200kB/s}"),
  ],
  [
    "kafka.quotas.*.fetch",
    "log",
    "fetch: 200kB/s",
    "fetch: 60kB/s",
    latency,
    "up",
    limited("c: {fetch: 200kB/s}"),
  ],
  [
    "kafka.quotas.*.request",
    "log",
    "request: 50%",
    "request: 0.1%",
    latency,
    "up",
    limited("p: {request: 50%}"),
  ],
];
