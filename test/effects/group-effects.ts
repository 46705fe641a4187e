import type { Row } from "./effects.ts";

const given = (config: string): readonly [string, string] => [
  "processing: 5ms",
  `processing: 5ms, config: {${config}}`,
];
const happens = (entry: string): readonly [string, string] => [
  "run: {duration: 20s}",
  `run: {duration: 20s}\ntimeline: [{at: 5s, ${entry}}]`,
];
const crash = happens("crash: {consumer: c, instance: 1}");
const stop = happens("stop: {consumer: c, instance: 1}");

const rackAware = "replica.selector.class: org.apache.kafka.common.replica.RackAwareReplicaSelector";

/** What each setting of a group's members moves. */
export const groupEffects: readonly Row[] = [
  [
    "consumers.*.config.client.rack",
    "log",
    "client.rack: elsewhere",
    "client.rack: b",
    "consumers.c.latency.mean",
    "up",
    ["brokers: 1", "brokers: {count: 2, racks: [a, b]}"],
    ["topics: {t: {partitions: 4}", `config: {${rackAware}}, topics: {t: {partitions: 4, replicas: 2}`],
    given("client.rack: elsewhere"),
  ],
  [
    "consumers.*.config.session.timeout.ms",
    "log",
    "timeout.ms: 3000",
    "timeout.ms: 9000",
    "groups.g.pause",
    "up",
    given("session.timeout.ms: 3000, heartbeat.interval.ms: 1000"),
    crash,
  ],
  [
    "consumers.*.config.internal.leave.group.on.close",
    "log",
    "close: true",
    "close: false",
    "groups.g.pause",
    "up",
    given("internal.leave.group.on.close: true"),
    stop,
  ],
  [
    "consumers.*.config.heartbeat.interval.ms",
    "log",
    "interval.ms: 1000",
    "interval.ms: 4000",
    "groups.g.pause",
    "up",
    given("heartbeat.interval.ms: 1000"),
    stop,
  ],
  [
    "consumers.*.config.max.poll.interval.ms",
    "log",
    "interval.ms: 300000",
    "interval.ms: 2000",
    "groups.g.rebalances",
    "up",
    given("max.poll.interval.ms: 300000"),
    happens("slow: {consumer: c, instance: 1, factor: 1000}"),
  ],
  [
    "consumers.*.config.group.protocol",
    "log",
    "protocol: classic",
    "protocol: consumer",
    "groups.g.pause",
    "up",
    given("group.protocol: classic"),
    stop,
  ],
  [
    "consumers.*.config.group.remote.assignor",
    "log",
    "assignor: uniform",
    "assignor: range",
    "consumers.c.instances.0.processed",
    "up",
    given("group.protocol: consumer, group.remote.assignor: uniform"),
    ["instances: 2", "instances: 3"],
  ],
  [
    "consumers.*.config.partition.assignment.strategy",
    "log",
    "strategy: range",
    "strategy: roundrobin",
    "consumers.c.instances.0.processed",
    "changes",
    given("partition.assignment.strategy: range"),
  ],
  [
    "consumers.*.config.group.instance.id",
    "log",
    "max.poll.records: 500",
    "max.poll.records: 500, group.instance.id: teller",
    "groups.g.rebalances",
    "down",
    given("max.poll.records: 500"),
    happens("restart: {consumer: c, instance: 1}"),
  ],
];
