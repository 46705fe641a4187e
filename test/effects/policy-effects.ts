import type { Row } from "./effects.ts";

type Change = readonly [from: string, to: string];

const slow: Change = ["processing: 5ms", "processing: 30ms"];
const quorum: Change = ["q: {}", "q: {arguments: {x-queue-type: quorum}}"];

/** Policies of the file, the operator's behind them. */
function policies(own: string, operators = ""): Change {
  return ["rabbitmq:", `rabbitmq:\n  policies: {${own}}\n  operator_policies: {${operators}}`];
}

function policy(definition: string, more = ""): string {
  return `p: {pattern: "^q$", definition: {${definition}}${more}}`;
}

const limited = policies(policy("max-length: 10"));
const dropped = "queues.q.dropped.maxlen";

/** One key of a policy's definition, which begins to say something. */
function definition(
  key: string,
  before: string,
  after: string,
  figure: string,
  moves: Row[5],
  ...given: readonly Change[]
): Row {
  return [`rabbitmq.policies.*.definition.${key}`, "queue", before, after, figure, moves, ...given];
}

/** Of policies, of what they may say, and of virtual hosts. */
export const policyEffects: readonly Row[] = [
  [
    "rabbitmq.vhosts",
    "queue",
    "exchange: x",
    "exchange: v/amq.fanout",
    "queues.v/q.dropped.maxlen",
    "up",
    [
      "rabbitmq:",
      "rabbitmq:\n  vhosts: {v: {queues: {q: {arguments: {x-max-length: 10}}}, bindings: [{source: amq.fanout, destination: q}]}}",
    ],
  ],
  ["rabbitmq.policies.*.pattern", "queue", '"^q$"', '"^r$"', dropped, "down", limited, slow],
  [
    "rabbitmq.policies.*.apply-to",
    "queue",
    "apply-to: all",
    "apply-to: exchanges",
    dropped,
    "down",
    policies(policy("max-length: 10", ", apply-to: all")),
    slow,
  ],
  [
    "rabbitmq.policies.*.priority",
    "queue",
    "priority: 2",
    "priority: 0",
    "queues.q.depth.max",
    "up",
    policies(
      `${policy("max-length: 10", ", priority: 2")}, other: {pattern: q, definition: {max-length: 40}, priority: 1}`,
    ),
    slow,
  ],
  [
    "rabbitmq.operator_policies.*.pattern",
    "queue",
    '"^q$"',
    '"^r$"',
    dropped,
    "down",
    policies("", policy("max-length: 10")),
    slow,
  ],
  [
    "rabbitmq.operator_policies.*.apply-to",
    "queue",
    "apply-to: all",
    "apply-to: exchanges",
    dropped,
    "down",
    policies("", policy("max-length: 10", ", apply-to: all")),
    slow,
  ],
  [
    "rabbitmq.operator_policies.*.priority",
    "queue",
    "priority: 2",
    "priority: 0",
    "queues.q.depth.max",
    "up",
    policies(
      "",
      `${policy("max-length: 10", ", priority: 2")}, other: {pattern: q, definition: {max-length: 40}, priority: 1}`,
    ),
    slow,
  ],
  definition("max-length", "max-length: 10", "max-length: 40", "queues.q.depth.max", "up", limited, slow),
  definition(
    "max-length-bytes",
    "bytes: 10KiB",
    "bytes: 40KiB",
    "queues.q.depth.max",
    "up",
    policies(policy("max-length-bytes: 10KiB")),
    slow,
  ),
  definition(
    "consumer-timeout",
    "consumer-timeout: 1h",
    "consumer-timeout: 10s",
    "consumers.c.redelivered",
    "up",
    policies(policy("consumer-timeout: 1h")),
    ["processing: 5ms", "processing: 130s"],
    ["rate: 100/s", "rate: 1/s"],
    ["duration: 20s", "duration: 3m"],
  ),
  ...(
    [
      ["type", "type: disabled", "type: all", "delayed-retry-min: 100ms"],
      ["min", "min: 50ms", "min: 200ms", "delayed-retry-type: all"],
      ["max", "max: 60ms", "max: 300ms", "delayed-retry-type: all, delayed-retry-min: 100ms"],
    ] as const
  ).map(([key, before, after, others]) =>
    definition(
      `delayed-retry-${key}`,
      `retry-${before}`,
      `retry-${after}`,
      "consumers.c.latency.mean",
      "up",
      [
        "rabbitmq:\n",
        `rabbitmq:\n  version: "4.3"\n  policies: {${policy(`delayed-retry-${before}, ${others}`)}}\n`,
      ],
      quorum,
      ["processing: 5ms", "processing: 5ms, failures: 10%"],
    ),
  ),
  ...(
    [
      ["max-age", "max-age: 1h", "max-age: 5s", "stream-max-segment-size-bytes: 100KiB"],
      [
        "stream-max-segment-size-bytes",
        "segment-size-bytes: 100MiB",
        "segment-size-bytes: 100KiB",
        "max-age: 5s",
      ],
    ] as const
  ).map(([key, before, after, others]) =>
    definition(
      key,
      before,
      after,
      "queues.q.expired",
      "up",
      policies(policy(`${key === "max-age" ? before : `stream-max-${before}`}, ${others}`)),
      ["q: {}", "q: {arguments: {x-queue-type: stream}}"],
      ["prefetch: 1,", "prefetch: 100,"],
    ),
  ),
  definition(
    "stream-filter-size-bytes",
    "bytes: 16",
    "bytes: 255",
    "consumers.c.delivered",
    "down",
    policies(policy("stream-filter-size-bytes: 16")),
    ["q: {}", "q: {arguments: {x-queue-type: stream}}"],
    ["prefetch: 1,", "prefetch: 10, arguments: {x-stream-offset: first, x-stream-filter: uy},"],
    ["rate: 100/s, routing_key: a", "rate: 100/s, routing_key: a, headers: {x-stream-filter-value: ve}"],
  ),
  definition(
    "initial-cluster-size",
    "size: 1",
    "size: 3",
    "consumers.c.latency.mean",
    "up",
    policies(policy("initial-cluster-size: 1")),
    ["rabbitmq:\n", "rabbitmq:\n  nodes: 3\n"],
    ["q: {}", "q: {arguments: {x-queue-type: stream}}"],
    ["prefetch: 1,", "prefetch: 100,"],
  ),
  definition(
    "queue-leader-locator",
    "locator: client-local",
    "locator: balanced",
    "consumers.c.latency.mean",
    "changes",
    policies(policy("queue-leader-locator: client-local")),
    ["rabbitmq:\n", "rabbitmq:\n  nodes: 3\n"],
    quorum,
  ),
  definition(
    "target-group-size",
    "target-group-size: 1",
    "target-group-size: 3",
    "consumers.c.latency.mean",
    "up",
    [
      "rabbitmq:\n",
      `rabbitmq:\n  nodes: 3\n  config: {${["enabled: true", "trigger_interval: 1s"].map((one) => `quorum_queue.continuous_membership_reconciliation.${one}`).join(", ")}}\n  policies: {${policy("target-group-size: 1")}}\n`,
    ],
    ["q: {}", "q: {arguments: {x-queue-type: quorum, x-quorum-initial-group-size: 1}}"],
  ),
  definition(
    "message-ttl",
    "message-ttl: 100s",
    "message-ttl: 100ms",
    "queues.q.expired",
    "up",
    policies(policy("message-ttl: 100s")),
    slow,
  ),
  definition(
    "expires",
    "expires: 100s",
    "expires: 1s",
    "producers.p.unroutable",
    "up",
    policies(policy("expires: 100s")),
    ["processing: 5ms", "processing: 5ms, until: 5s"],
  ),
  definition(
    "overflow",
    "overflow: drop-head",
    "overflow: reject-publish",
    "producers.p.refused",
    "up",
    policies(policy("max-length: 10, overflow: drop-head")),
    slow,
  ),
  definition(
    "dead-letter-exchange",
    "dead-letter-exchange: amq.topic",
    "dead-letter-exchange: y",
    "queues.q.deadLettered.maxlen",
    "up",
    policies(policy("max-length: 10, dead-letter-exchange: amq.topic")),
    slow,
  ),
  definition(
    "dead-letter-routing-key",
    "routing-key: none",
    "routing-key: r",
    "queues.q.deadLettered.maxlen",
    "up",
    policies(policy('max-length: 10, dead-letter-exchange: "", dead-letter-routing-key: none')),
    slow,
  ),
  definition(
    "delivery-limit",
    "delivery-limit: 1",
    "delivery-limit: 9",
    "queues.q.dropped.delivery_limit",
    "down",
    policies(policy("delivery-limit: 1")),
    quorum,
    ["processing: 5ms", "processing: 1ms, failures: 30%"],
  ),
  definition(
    "alternate-exchange",
    "alternate-exchange: none",
    "alternate-exchange: y",
    "producers.p.unroutable",
    "down",
    policies('p: {pattern: "^x$", definition: {alternate-exchange: none}}'),
    ["rate: 100/s, routing_key: a", "rate: 100/s, routing_key: b"],
  ),
];
