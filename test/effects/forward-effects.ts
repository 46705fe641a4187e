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

/** Who asks waits for the consumer's reply. */
const asking = (requests: string): readonly (readonly [string, string])[] => [
  ["rate: 100/s", `rate: 100/s, requests: ${requests}`],
  ["prefetch: 1, processing: 5ms}", "prefetch: 1, processing: 5ms, sends: [{reply: true}]}"],
];

const transactions = (messages: number): readonly [string, string] => [
  "rate: 100/s",
  `transaction: {messages: ${messages}}, config: {transactional.id: p}, rate: 100/s`,
];
/** Two groups that read two topics. */
const replay = (to: string): readonly (readonly [string, string])[] => [
  ["u: {}", "u: {partitions: 1}"],
  ["producers:", "producers:\n  o: {topic: u, rate: 20/s}"],
  [
    "run: {duration: 20s}",
    `  d: {topics: [t, u], group: h, commit: after, processing: 1ms}\nrun: {duration: 20s}\ntimeline: [{at: 10s, replay: {group: g, topic: t, to: ${to}}}]`,
  ],
];
const replayed = "consumers.c.replayed";
const logEnd = "topics.t.partitions.0.logEnd";

/** What consumers send on, transactions, and replays. */
export const forwardEffects: readonly Row[] = [
  [
    "consumers.*.inputs",
    "log",
    "inputs: [{topic: t, group: g, commit: after}]",
    "inputs: [{topic: t, group: g, commit: after}, {topic: u, group: h}]",
    "consumers.c.processed",
    "up",
    [
      "topic: t, group: g, instances: 2, commit: after",
      "inputs: [{topic: t, group: g, commit: after}], instances: 2",
    ],
    ["producers:", "producers:\n  o: {topic: u, rate: 20/s}"],
  ],
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
    "consumers.*.sends.reply",
    "queue",
    "{reply: true}",
    "{queue: r}",
    "producers.p.answered",
    "down",
    ...asking("{timeout: 1s}"),
  ],
  [
    "producers.*.requests.timeout",
    "queue",
    "timeout: 1s",
    "timeout: 6ms",
    "producers.p.unanswered",
    "up",
    ...asking("{timeout: 1s}"),
  ],
  [
    "producers.*.requests.replyTo",
    "queue",
    "replyTo: amq.rabbitmq.reply-to",
    "replyTo: s",
    "queues.s.enqueued",
    "up",
    ["r: {}}", "r: {}, s: {}}"],
    ...asking("{replyTo: amq.rabbitmq.reply-to}"),
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
  [
    "producers.*.transaction.messages",
    "log",
    "messages: 5",
    "messages: 500",
    logEnd,
    "down",
    transactions(5),
  ],
  [
    "producers.*.config.transactional.id",
    "log",
    "config: {linger.ms: 5}",
    "config: {linger.ms: 5, transactional.id: p}",
    logEnd,
    "up",
    ["rate: 100/s", "config: {linger.ms: 5}, rate: 100/s"],
  ],
  [
    "producers.*.config.transaction.timeout.ms",
    "log",
    "transaction.timeout.ms: 60s",
    "transaction.timeout.ms: 1s",
    "producers.p.refused",
    "up",
    transactions(800),
    ["transactional.id: p", "transactional.id: p, transaction.timeout.ms: 60s"],
  ],
  [
    "producers.*.config.transaction.two.phase.commit.enable",
    "log",
    "enable: false",
    "enable: true",
    "producers.p.refused",
    "down",
    transactions(9000),
    ["kafka: {", "kafka: {config: {transaction.two.phase.commit.enable: true}, "],
    ["transactional.id: p", "transactional.id: p, transaction.two.phase.commit.enable: false"],
    ["duration: 20s", "duration: 100s"],
  ],
  [
    "consumers.*.config.isolation.level",
    "log",
    "isolation.level: read_uncommitted",
    "isolation.level: read_committed",
    "consumers.c.latency.mean",
    "up",
    transactions(100),
    ["processing: 5ms", "processing: 5ms, config: {isolation.level: read_uncommitted}"],
  ],
  [
    "timeline.replay.group",
    "log",
    "replay: {group: g",
    "replay: {group: h",
    replayed,
    "down",
    ...replay("earliest"),
  ],
  [
    "timeline.replay.topic",
    "log",
    "group: g, topic: t",
    "group: h, topic: u",
    replayed,
    "down",
    ...replay("earliest"),
  ],
  ["timeline.replay.to", "log", "to: earliest", "to: latest", replayed, "down", ...replay("earliest")],
  [
    "timeline.replay.to.offset",
    "log",
    "offset: 50",
    "offset: 100",
    replayed,
    "down",
    ...replay("{offset: 50}"),
  ],
  ["timeline.replay.to.time", "log", "time: 3s", "time: 8s", replayed, "down", ...replay("{time: 3s}")],
];
