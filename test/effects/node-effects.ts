import type { Row } from "./effects.ts";

const nodes = (count: number): readonly [string, string] => ["rabbitmq:\n", `rabbitmq:\n  nodes: ${count}\n`];
const timeline = (...entries: readonly string[]): readonly [string, string] => [
  "run: {duration: 20s}",
  `run: {duration: 20s}\ntimeline: [${entries.join(", ")}]`,
];
const argument = (name: string) => `rabbitmq.queues.*.arguments.${name}`;
const queue = (...args: readonly string[]) => `q: {arguments: {${args.join(", ")}}}`;
const latency = "consumers.c.latency.mean";
const accepted = "producers.p.accepted";
const config = (settings: string): readonly [string, string] => [
  "rabbitmq:\n",
  `rabbitmq:\n  config: {${settings}}\n`,
];

/** A quorum queue that begins with fewer replicas than there are nodes. */
const growing = (
  more: string,
  settings: string,
  count = 3,
  initial = 1,
): readonly (readonly [string, string])[] => [
  nodes(count),
  config(settings),
  ["q: {}", queue("x-queue-type: quorum", `x-quorum-initial-group-size: ${initial}`, more)],
];

const reconciliation = "quorum_queue.continuous_membership_reconciliation";
/** Queues get their further replicas soon after their declaration. */
const grows = `${reconciliation}.enabled: true, ${reconciliation}.trigger_interval: 1s`;

/** Clients of `p` and `c` are on nodes 1 to 3 of four, so node 4 has nothing to do. */
const byNode = (action: string, text: string, figure: string, moves: Row[5], before = ""): Row => [
  `timeline.${action}.node`,
  "queue",
  `${action}: {node: 4}`,
  `${action}: {node: 2}`,
  figure,
  moves,
  nodes(4),
  timeline(`${before}{at: 5s, ${text}: {node: 4}}`),
];

const byQueue = (action: string, text: string, figure: string, moves: Row[5], before = ""): Row => [
  `timeline.${action}.queue`,
  "queue",
  `${action}: {queue: r}`,
  `${action}: {queue: q}`,
  figure,
  moves,
  timeline(`${before}{at: 5s, ${text}: {queue: r}}`),
];

/** Of nodes, and of what depends on them. */
export const nodeEffects: readonly Row[] = [
  ["rabbitmq.nodes", "queue", "nodes: 1", "nodes: 3", latency, "up", nodes(1)],
  [
    "rabbitmq.exchanges.*.durable",
    "queue",
    "durable: true",
    "durable: false",
    "producers.p.refused",
    "up",
    ["x: {type: direct}", "x: {type: direct, durable: true}"],
    timeline("{at: 5s, restart: {node: 1}}"),
  ],
  [
    "rabbitmq.exchanges.*.auto_delete",
    "queue",
    "direct, auto_delete: false",
    "direct, auto_delete: true",
    "producers.p.refused",
    "up",
    ["x: {type: direct}", "x: {type: direct, auto_delete: false}"],
    ["q: {}", "q: {auto_delete: true}"],
    ["processing: 5ms", "processing: 5ms, until: 5s"],
  ],
  [
    "rabbitmq.config.cluster_partition_handling",
    "queue",
    "cluster_partition_handling: ignore",
    "cluster_partition_handling: pause_minority",
    accepted,
    "down",
    [
      "rabbitmq:\n",
      "rabbitmq:\n  nodes: 4\n  config: {cluster_partition_handling: ignore, net_ticktime: 2}\n",
    ],
    timeline("{at: 5s, isolate: {nodes: [1, 2], from: [3, 4]}}"),
  ],
  [
    "rabbitmq.config.net_ticktime",
    "queue",
    "net_ticktime: 9",
    "net_ticktime: 1",
    "producers.p.refused",
    "up",
    ["rabbitmq:\n", "rabbitmq:\n  nodes: 2\n  config: {net_ticktime: 9}\n"],
    timeline("{at: 5s, for: 4s, isolate: {nodes: [1], from: [2]}}"),
  ],
  [
    "rabbitmq.config.consumer_timeout",
    "queue",
    "consumer_timeout: 1h",
    "consumer_timeout: 10s",
    "consumers.c.redelivered",
    "up",
    config("consumer_timeout: 1h"),
    ["processing: 5ms", "processing: 130s"],
    ["rate: 100/s", "rate: 1/s"],
    ["duration: 20s", "duration: 3m"],
  ],
  [
    "rabbitmq.config.heartbeat",
    "queue",
    "heartbeat: 60",
    "heartbeat: 1",
    "consumers.c.redelivered",
    "up",
    config("heartbeat: 60"),
    timeline("{at: 5s, for: 9s, isolate: {consumers: [c]}}"),
  ],
  [
    "rabbitmq.config.queue_leader_locator",
    "queue",
    "queue_leader_locator: client-local",
    "queue_leader_locator: balanced",
    latency,
    "changes",
    nodes(3),
    config("queue_leader_locator: client-local"),
    ["q: {}", queue("x-queue-type: quorum")],
  ],
  [
    `rabbitmq.config.${reconciliation}.enabled`,
    "queue",
    "enabled: false",
    "enabled: true",
    latency,
    "up",
    ...growing("x-quorum-target-group-size: 3", grows.replace("true", "false")),
  ],
  [
    `rabbitmq.config.${reconciliation}.target_group_size`,
    "queue",
    "target_group_size: 1",
    "target_group_size: 3",
    latency,
    "up",
    ...growing("x-delivery-limit: 9", `${grows}, ${reconciliation}.target_group_size: 1`),
  ],
  [
    `rabbitmq.config.${reconciliation}.trigger_interval`,
    "queue",
    "trigger_interval: 9s",
    "trigger_interval: 1s",
    latency,
    "up",
    ...growing("x-quorum-target-group-size: 3", grows.replace("1s", "9s")),
  ],
  [
    // The node that leads from 2 s on has looked before, in vain.
    `rabbitmq.config.${reconciliation}.interval`,
    "queue",
    "interval: 1h",
    "interval: 3s",
    accepted,
    "up",
    ...growing("x-quorum-target-group-size: 5", `${grows}, ${reconciliation}.interval: 1h`, 5, 2),
    timeline("{at: 1500ms, crash: {queue: q}}, {at: 9s, crash: {node: 2}}, {at: 9s, crash: {node: 3}}"),
  ],
  [
    argument("x-quorum-target-group-size"),
    "queue",
    "x-quorum-target-group-size: 1",
    "x-quorum-target-group-size: 3",
    latency,
    "up",
    ...growing("x-quorum-target-group-size: 1", grows),
  ],
  [
    "timeline.isolate.nodes",
    "queue",
    "nodes: [4]",
    "nodes: [2]",
    latency,
    "up",
    nodes(4),
    timeline("{at: 5s, for: 4s, isolate: {nodes: [4]}}"),
  ],
  byNode("crash", "for: 4s, crash", accepted, "down"),
  byNode("stop", "for: 4s, stop", accepted, "down"),
  byNode("start", "start", accepted, "up", "{at: 1s, stop: {node: 2}}, "),
  byNode("restart", "restart", accepted, "down"),
  [
    "timeline.slow.node",
    "queue",
    "node: 4, factor",
    "node: 2, factor",
    latency,
    "up",
    nodes(4),
    timeline("{at: 5s, for: 9s, slow: {node: 4, factor: 90}}"),
  ],
  byQueue("crash", "for: 4s, crash", accepted, "down"),
  byQueue("stop", "for: 4s, stop", accepted, "down"),
  byQueue("start", "start", accepted, "up", "{at: 1s, stop: {queue: q}}, "),
  byQueue("restart", "restart", "queues.q.unacked.mean", "changes"),
  [
    "timeline.slow.queue",
    "queue",
    "queue: r, factor",
    "queue: q, factor",
    latency,
    "up",
    timeline("{at: 5s, for: 9s, slow: {queue: r, factor: 90}}"),
  ],
  [
    argument("x-quorum-initial-group-size"),
    "queue",
    "x-quorum-initial-group-size: 1",
    "x-quorum-initial-group-size: 3",
    latency,
    "up",
    nodes(3),
    ["q: {}", queue("x-queue-type: quorum", "x-quorum-initial-group-size: 1")],
  ],
  [
    argument("x-initial-cluster-size"),
    "queue",
    "x-initial-cluster-size: 1",
    "x-initial-cluster-size: 3",
    latency,
    "up",
    nodes(3),
    ["q: {}", queue("x-queue-type: stream", "x-initial-cluster-size: 1")],
  ],
  [
    argument("x-queue-leader-locator"),
    "queue",
    "x-queue-leader-locator: client-local",
    "x-queue-leader-locator: balanced",
    latency,
    "changes",
    nodes(3),
    ["q: {}", queue("x-queue-type: quorum", "x-queue-leader-locator: client-local")],
  ],
  [
    argument("x-queue-master-locator"),
    "queue",
    "x-queue-master-locator: client-local",
    "x-queue-master-locator: min-masters",
    latency,
    "changes",
    nodes(3),
    ["q: {}", queue("x-queue-master-locator: client-local")],
  ],
  [
    argument("x-dead-letter-strategy"),
    "queue",
    "x-dead-letter-strategy: at-most-once",
    "x-dead-letter-strategy: at-least-once",
    "totals.unfinished",
    "up",
    [
      "q: {}, r: {}",
      `${queue("x-queue-type: quorum", "x-overflow: reject-publish", "x-dead-letter-exchange: y", "x-dead-letter-strategy: at-most-once")}, r: {arguments: {x-max-length: 1, x-overflow: reject-publish}}`,
    ],
    ["processing: 5ms", "processing: 5ms, failures: 50%, onFailure: reject"],
    ["processing: 1ms", "processing: 100ms"],
  ],
];

export const nodeArgumentKeys = nodeEffects
  .map(([key]) => key)
  .filter((key) => /\.(?:arguments|config)\./u.test(key));
