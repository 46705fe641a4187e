import type { Row } from "./effects.ts";

/** A group that reads what the first one sends on. */
const reader: readonly [string, string] = [
  "run: {duration: 20s}",
  "  d: {topic: u, group: h, processing: 1ms}\nrun: {duration: 20s}",
];
const sending = (send: string): readonly [string, string] => [
  "processing: 5ms",
  `processing: 5ms, failures: 10%, sends: [{${send}}]`,
];
const deadLetters: readonly [string, string] = [
  "processing: 5ms",
  "processing: 5ms, failures: 30%, onFailure: {retry: [10ms], then: {deadLetterTopic: u}}",
];

const queueSends = (send: string): readonly [string, string] => [
  "prefetch: 1, processing: 5ms}",
  `prefetch: 1, processing: 5ms, sends: [{${send}}]}`,
];

/** What consumers send on. */
export const forwardEffects: readonly Row[] = [
  [
    "consumers.*.sends.topic",
    "log",
    "topic: u, ratio: 1",
    "topic: t, ratio: 0.5",
    "topics.u.partitions.0.logEnd",
    "down",
    sending("topic: u, ratio: 1"),
  ],
  [
    "consumers.*.sends.key",
    "log",
    "key: same",
    "key: {constant: x}",
    "consumers.d.instances.0.processed",
    "changes",
    sending("topic: u, key: same"),
    ["u: {}", "u: {partitions: 2}"],
    [
      "run: {duration: 20s}",
      "  d: {topic: u, group: h, instances: 2, processing: 1ms}\nrun: {duration: 20s}",
    ],
  ],
  [
    "consumers.*.sends.ratio",
    "log",
    "ratio: 0.5",
    "ratio: 2.5",
    "consumers.d.processed",
    "up",
    sending("topic: u, ratio: 0.5"),
    reader,
  ],
  [
    "consumers.*.sends.when",
    "log",
    "when: success",
    "when: failure",
    "consumers.d.processed",
    "down",
    sending("topic: u, when: success"),
    reader,
  ],
  [
    "consumers.*.sends.exchange",
    "queue",
    "exchange: y}]",
    "exchange: amq.direct}]",
    "queues.r.enqueued",
    "down",
    queueSends("exchange: y"),
  ],
  [
    "consumers.*.sends.queue",
    "queue",
    "[{queue: r}]",
    "[{queue: q, ratio: 0.5}]",
    "queues.r.enqueued",
    "down",
    queueSends("queue: r"),
  ],
  [
    "consumers.*.sends.routing_key",
    "queue",
    "routing_key: b}]",
    "routing_key: a, ratio: 0.5}]",
    "consumers.c.processed",
    "up",
    queueSends("exchange: x, routing_key: b"),
  ],
  [
    "consumers.*.onFailure.then.deadLetterTopic",
    "log",
    "deadLetterTopic: u",
    "deadLetterTopic: t",
    "topics.u.partitions.0.logEnd",
    "down",
    deadLetters,
  ],
];
