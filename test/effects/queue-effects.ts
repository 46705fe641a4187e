import type { Row } from "./effects.ts";

const slow: readonly [string, string] = ["processing: 5ms", "processing: 30ms"];
const loaded: readonly [string, string] = ["processing: 5ms", "processing: {exponential: 15ms}"];
const leaves: readonly [string, string] = ["processing: 5ms", "processing: 5ms, until: 5s"];
const twoKeys: readonly [string, string] = [
  "source: y, destination: r",
  "source: x, destination: r, routing_key: b",
];
const twoPriorities: readonly [string, string] = [
  "rate: 100/s, routing_key: a",
  "rate: 100/s, routing_key: a, flows: {low: {}, high: {properties: {priority: 5}}}",
];
const fiveLevels: readonly [string, string] = ["q: {}", "q: {arguments: {x-max-priority: 5}}"];
const quorum: readonly [string, string] = ["q: {}", "q: {arguments: {x-queue-type: quorum}}"];
const wait = "consumers.c.wait.mean";

/** Of a delayed retry, but for the one that changes. */
const retry: Readonly<Record<string, string>> = { type: "all", min: "100ms", max: "1s" };

const argument = (name: string) => `rabbitmq.queues.*.arguments.${name}`;
const queue = (...args: readonly string[]) => `q: {arguments: {${args.join(", ")}}}`;

/** Of the arguments of queues, exchanges and consumers, and of what queues look at in messages. */
export const queueEffects: readonly Row[] = [
  [
    argument("x-queue-type"),
    "queue",
    "q: {}",
    queue("x-queue-type: quorum"),
    "consumers.c.latency.mean",
    "up",
  ],
  [
    argument("x-message-ttl"),
    "queue",
    "q: {}",
    queue("x-message-ttl: 100ms"),
    "queues.q.expired",
    "up",
    slow,
  ],
  [
    argument("x-consumer-timeout"),
    "queue",
    "q: {}",
    queue("x-consumer-timeout: 10s"),
    "consumers.c.redelivered",
    "up",
    ["processing: 5ms", "processing: 130s"],
    ["rate: 100/s", "rate: 1/s"],
    ["duration: 20s", "duration: 3m"],
  ],
  ...(
    [
      ["type", "type: disabled", "type: all"],
      ["min", "min: 50ms", "min: 200ms"],
      ["max", "max: 60ms", "max: 300ms"],
    ] as const
  ).map(([key, before, after]): Row => [
    argument(`x-delayed-retry-${key}`),
    "queue",
    `retry-${before}`,
    `retry-${after}`,
    "consumers.c.latency.mean",
    "up",
    ["rabbitmq:\n", 'rabbitmq:\n  version: "4.3"\n'],
    [
      "q: {}",
      queue(
        "x-queue-type: quorum",
        ...Object.entries(retry).map(
          ([one, value]) => `x-delayed-retry-${one === key ? before : `${one}: ${value}`}`,
        ),
      ),
    ],
    ["processing: 5ms", "processing: 5ms, failures: 10%"],
  ]),
  [argument("x-expires"), "queue", "q: {}", queue("x-expires: 1s"), "producers.p.unroutable", "up", leaves],
  [
    argument("x-max-length"),
    "queue",
    "q: {}",
    queue("x-max-length: 10"),
    "queues.q.dropped.maxlen",
    "up",
    slow,
  ],
  [
    argument("x-max-length-bytes"),
    "queue",
    "q: {}",
    queue("x-max-length-bytes: 10KiB"),
    "queues.q.dropped.maxlen",
    "up",
    slow,
  ],
  [
    argument("x-overflow"),
    "queue",
    "x-max-length: 10",
    "x-max-length: 10, x-overflow: reject-publish",
    "producers.p.refused",
    "up",
    slow,
    ["q: {}", queue("x-max-length: 10")],
  ],
  [
    argument("x-dead-letter-exchange"),
    "queue",
    "x-max-length: 10",
    "x-max-length: 10, x-dead-letter-exchange: y",
    "queues.r.enqueued",
    "up",
    slow,
    ["q: {}", queue("x-max-length: 10")],
  ],
  [
    argument("x-dead-letter-routing-key"),
    "queue",
    "x-dead-letter-exchange: x",
    "x-dead-letter-exchange: x, x-dead-letter-routing-key: b",
    "queues.r.enqueued",
    "up",
    slow,
    twoKeys,
    ["q: {}", queue("x-max-length: 10", "x-dead-letter-exchange: x")],
  ],
  [
    argument("x-max-priority"),
    "queue",
    "q: {}",
    queue("x-max-priority: 5"),
    "consumers.c.wait.p99",
    "up",
    loaded,
    twoPriorities,
  ],
  [
    argument("x-single-active-consumer"),
    "queue",
    "q: {}",
    queue("x-single-active-consumer: true"),
    wait,
    "up",
  ],
  [
    argument("x-delivery-limit"),
    "queue",
    "x-delivery-limit: 20",
    "x-delivery-limit: 1",
    "queues.q.dropped.delivery_limit",
    "up",
    ["q: {}", queue("x-queue-type: quorum", "x-delivery-limit: 20")],
    ["processing: 5ms", "processing: 5ms, failures: 50%"],
  ],
  [
    "rabbitmq.queues.*.auto_delete",
    "queue",
    "q: {}",
    "q: {auto_delete: true}",
    "producers.p.unroutable",
    "up",
    leaves,
  ],
  [
    "rabbitmq.exchanges.*.arguments.hash-header",
    "queue",
    "x: {type: x-consistent-hash}",
    "x: {type: x-consistent-hash, arguments: {hash-header: one}}",
    "queues.r.enqueued",
    "changes",
    ["x: {type: direct}", "x: {type: x-consistent-hash}"],
    ["destination: q, routing_key: a", 'destination: q, routing_key: "1"'],
    ["source: y, destination: r", 'source: x, destination: r, routing_key: "1"'],
    [
      "rate: 100/s, routing_key: a",
      "rate: 100/s, headers: {one: 1}, routing_key: {a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1}",
    ],
  ],
  [
    "rabbitmq.exchanges.*.arguments.x-delayed-type",
    "queue",
    "x-delayed-type: direct",
    "x-delayed-type: fanout",
    "producers.p.unroutable",
    "down",
    ["x: {type: direct}", "x: {type: x-delayed-message, arguments: {x-delayed-type: direct}}"],
    ["rate: 100/s, routing_key: a", "rate: 100/s, routing_key: b"],
  ],
  [
    "consumers.*.arguments.x-priority",
    "queue",
    "c: {queue: q,",
    "c: {queue: q, arguments: {x-priority: 5},",
    "consumers.c.processed",
    "up",
    ["d: {queue: r", "d: {queue: q"],
  ],
  [
    "consumers.*.arguments.x-stream-offset",
    "queue",
    "from: 10s",
    "from: 10s, arguments: {x-stream-offset: first}",
    "consumers.c.processed",
    "up",
    ["q: {}", queue("x-queue-type: stream")],
    ["processing: 5ms", "processing: 10us, from: 10s"],
  ],
  [
    "consumers.*.exclusive",
    "queue",
    "c: {queue: q,",
    "c: {queue: q, exclusive: true,",
    "consumers.c.instances.1.processed",
    "down",
  ],
  [
    "consumers.*.prefetch.channel",
    "queue",
    "channel: 100",
    "channel: 1",
    "queues.q.unacked.max",
    "down",
    slow,
    ["prefetch: 1,", "prefetch: {channel: 100},"],
  ],
  [
    "producers.*.cc",
    "queue",
    "rate: 100/s, routing_key: a",
    "rate: 100/s, routing_key: a, cc: [b]",
    "queues.r.enqueued",
    "up",
    twoKeys,
  ],
  [
    "producers.*.bcc",
    "queue",
    "rate: 100/s, routing_key: a",
    "rate: 100/s, routing_key: a, bcc: [b]",
    "queues.r.enqueued",
    "up",
    twoKeys,
  ],
  [
    "producers.*.properties.priority",
    "queue",
    "priority: 0",
    "priority: 5",
    "consumers.c.wait.p99",
    "up",
    loaded,
    fiveLevels,
    [
      "rate: 100/s, routing_key: a",
      "rate: 100/s, routing_key: a, flows: {low: {}, high: {properties: {priority: 0}}}",
    ],
  ],
  [
    "producers.*.properties.expiration",
    "queue",
    "rate: 100/s,",
    "rate: 100/s, properties: {expiration: 100ms},",
    "queues.q.expired",
    "up",
    slow,
  ],
  [
    "consumers.*.onFailure.retry",
    "queue",
    "retry: [10ms]",
    "retry: [10ms, 10ms, 10ms]",
    "queues.q.dropped.rejected",
    "down",
    ["processing: 5ms", "processing: 5ms, failures: 30%, onFailure: {retry: [10ms], then: reject}"],
  ],
  [
    "rabbitmq.version",
    "queue",
    '"4.1"',
    '"3.10"',
    "queues.q.dropped.delivery_limit",
    "down",
    ["rabbitmq:", 'rabbitmq:\n  version: "4.1"'],
    quorum,
    ["processing: 5ms", "processing: 1ms, failures: {share: 10%, persistent: true}"],
  ],
  [
    "run.calibration.quorumPerMessage",
    "queue",
    "duration: 20s",
    "duration: 20s, calibration: {preset: lan, quorumPerMessage: 2ms}",
    "consumers.c.latency.mean",
    "up",
    quorum,
  ],
  [
    "run.calibration.diskFlush",
    "queue",
    "duration: 20s",
    "duration: 20s, calibration: {preset: lan, diskFlush: 5ms}",
    "consumers.c.latency.mean",
    "up",
    quorum,
  ],
];

/** Those that stand in the tables of arguments, which the schema names by their broker's documentation alone. */
export const queueArgumentKeys = queueEffects
  .map(([key]) => key)
  .filter((key) => key.includes(".arguments."));
