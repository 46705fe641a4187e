import type { Row } from "./effects.ts";

const topic = (more: string): readonly [string, string] => [
  "t: {partitions: 4}",
  `t: {partitions: 4, ${more}}`,
];
const preload = (more: string): readonly [string, string] => topic(`preload: {messages: 1000${more}}`);
const deleteRecords: readonly [string, string] = [
  "run: {duration: 20s}",
  "run: {duration: 20s}\ntimeline: [{at: 5s, deleteRecords: {topic: t, partition: 0, before: 20}}]",
];
const held = "topics.t.storage.mean";
const logEnd = "topics.t.partitions.0.logEnd";
const logStart = "topics.t.partitions.0.logStart";

/** What each key moves that decides what a log holds. */
export const storageEffects: readonly Row[] = [
  ["kafka.topics.*.preload.messages", "log", "1000", "2000", held, "up", preload("")],
  [
    "kafka.topics.*.preload.over",
    "log",
    "over: 5s",
    "over: 60s",
    held,
    "down",
    topic("config: {retention.ms: 10s, segment.ms: 5s}, preload: {messages: 1000, over: 5s}"),
  ],
  ["kafka.topics.*.preload.size", "log", "size: 1KiB", "size: 2KiB", held, "up", preload(", size: 1KiB")],
  [
    "kafka.topics.*.preload.key",
    "log",
    "key: none",
    "key: {values: 1}",
    logEnd,
    "changes",
    preload(", key: none"),
  ],
  [
    "kafka.topics.*.preload.key.values",
    "log",
    "{values: 1}",
    "{values: 90}",
    logEnd,
    "changes",
    preload(", key: {values: 1}"),
  ],
  [
    "kafka.topics.*.preload.key.zipf",
    "log",
    "zipf: 0",
    "zipf: 3",
    logEnd,
    "changes",
    preload(", key: {values: 90, zipf: 0}"),
  ],
  [
    "kafka.topics.*.preload.key.constant",
    "log",
    "constant: a",
    "constant: c",
    logEnd,
    "changes",
    preload(", key: {constant: a}"),
  ],
  [
    "kafka.topics.*.preload.key.*",
    "log",
    "{a: 1",
    "{a: 9",
    logEnd,
    "changes",
    preload(", key: {a: 1, c: 1}"),
  ],
  [
    "run.calibration.remoteFetch",
    "log",
    "remoteFetch: 1ms",
    "remoteFetch: 400ms",
    "groups.g.lag.mean",
    "up",
    topic(
      "config: {remote.storage.enable: true, local.retention.ms: 1s, segment.ms: 1s}, preload: {messages: 9000, over: 60s}",
    ),
    ["group: g", "group: g, from: 1s, config: {auto.offset.reset: earliest, fetch.max.bytes: 10KiB}"],
    ["duration: 20s", "duration: 20s, calibration: {preset: lan, remoteFetch: 1ms}"],
  ],
  [
    "timeline.deleteRecords.topic",
    "log",
    "topic: t, partition",
    "topic: u, partition",
    logStart,
    "down",
    deleteRecords,
  ],
  [
    "timeline.deleteRecords.partition",
    "log",
    "partition: 0",
    "partition: 1",
    logStart,
    "down",
    deleteRecords,
  ],
  ["timeline.deleteRecords.before", "log", "before: 20", "before: 30", logStart, "up", deleteRecords],
];
