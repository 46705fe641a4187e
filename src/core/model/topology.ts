import type { LibrdkafkaSettings } from "./librdkafka.ts";
import type { Name, Span } from "../text/span.ts";
import type { Distribution } from "../text/distribution.ts";
import type { Calibration } from "./calibration.ts";
import type { Compression, TopicCompression } from "./compression.ts";
import type { Failures, JoinRule, Processing, WindowRule } from "./consumer-work.ts";
import type { Expectation } from "./expectation.ts";
import type { LogConfig } from "./log-config.ts";
import type {
  ClientQuota,
  ClusterSettings,
  RemoteAssignor,
  ReplicationSettings,
  ShareSettings,
} from "./kafka-cluster.ts";
import type { Policy } from "./policy.ts";
import type { Preload } from "./preload.ts";
import type { NodeSettings } from "./rabbitmq-nodes.ts";
import type { TimelineEntry } from "./timeline.ts";

/**
 * What a topology file says, read and resolved: plain data (it crosses to a worker by structured clone), every name
 * with its span, every quantity in one unit (times in nanoseconds, sizes in bytes, rates per second), every default
 * of the broker filled in. Broken parts are left out; the parser has reported them.
 */
export interface Topology {
  readonly name: string;
  readonly description: string;
  readonly kafka: Kafka | undefined;
  readonly rabbitmq: RabbitMq | undefined;
  readonly producers: ReadonlyMap<string, Producer>;
  readonly consumers: ReadonlyMap<string, Consumer>;
  readonly run: Run;
  readonly timeline: readonly TimelineEntry[];
  readonly expect: readonly Expectation[];
}

export interface Kafka {
  readonly version: string;
  readonly brokers: number;
  /** Racks of the brokers, repeated in turn; none where all share one. */
  readonly racks: readonly string[];
  /** Nodes of the KRaft quorum. */
  readonly controllers: number;
  readonly cluster: ClusterSettings;
  /** By the name of a producer or consumer. */
  readonly quotas: ReadonlyMap<string, ClientQuota>;
  readonly topics: ReadonlyMap<string, Topic>;
}

export interface Topic {
  readonly name: Name;
  readonly partitions: number;
  readonly replicas: number;
  readonly replication: ReplicationSettings;
  /** What its partitions' logs keep, and for how long; times in nanoseconds. */
  readonly log: LogConfig;
  /** `compression.type`. */
  readonly compression: TopicCompression;
  readonly preload: Preload | undefined;
}

export interface RabbitMq extends NodeSettings {
  readonly version: string;
  readonly nodes: number;
  /** Besides the default one, whose things have plain names; those of the others are named `vhost/name`. */
  readonly vhosts: readonly string[];
  /** Declared ones only; the predeclared `amq.*` ones and the default exchange are added by `queue/`. */
  readonly exchanges: ReadonlyMap<string, Exchange>;
  readonly queues: ReadonlyMap<string, Queue>;
  readonly bindings: readonly Binding[];
  readonly policies: readonly Policy[];
  readonly operatorPolicies: readonly Policy[];
}

/** The broker's own types, then those of its plugins. */
export const exchangeTypes = [
  "direct",
  "fanout",
  "topic",
  "headers",
  "x-local-random",
  "x-consistent-hash",
  "x-random",
  "x-recent-history",
  "x-delayed-message",
] as const;
export type ExchangeType = (typeof exchangeTypes)[number];

/** A value in an AMQP table: types matter to a headers exchange (1 is not "1"). */
export type FieldValue = string | number | boolean | null;
export type FieldTable = ReadonlyMap<string, FieldValue>;

export interface Exchange {
  readonly name: Name;
  /** The virtual host that it is in; empty for the default one. */
  readonly vhost: string;
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  /** The `alternate-exchange` argument; a missing exchange is ignored by the broker (R5). */
  readonly alternate: Name | undefined;
  readonly arguments: FieldTable;
}

export interface Queue {
  readonly name: Name;
  readonly vhost: string;
  readonly durable: boolean;
  /** It belongs to the connection that declares it: the first that reads it. */
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  /** Quantities as the broker takes them: milliseconds, bytes, counts. */
  readonly arguments: FieldTable;
  readonly preload: Preload | undefined;
}

export interface Binding {
  readonly source: Name;
  readonly destination: Name;
  readonly destinationType: "queue" | "exchange";
  readonly routingKey: Name;
  readonly arguments: FieldTable;
  readonly span: Span;
}

/** An application that sends. A producer without `flows:` has one flow, which carries the producer's own name. */
export interface Producer {
  readonly name: Name;
  readonly instances: number;
  readonly flows: readonly Flow[];
}

export interface Flow {
  readonly name: Name;
  readonly to: Destination;
  /** All instances together; undefined where `arrivals` has its own pace. */
  readonly arrivals: Arrivals;
  /** Nanoseconds of simulated time in which it sends: [from, until). */
  readonly from: number;
  readonly until: number;
  /** Stops after so many messages of all instances together; Infinity where not given. */
  readonly messages: number;
  readonly key: KeyChoice;
  /** Bytes of the value. */
  readonly size: Distribution;
  /** `value: none`: a tombstone, no value bytes. */
  readonly tombstone: boolean;
  /** `kind:` for `byKind` processing. */
  readonly kind: string | undefined;
  readonly kafka: KafkaProducerSettings;
  readonly rabbitmq: Publishing;
  /** Where it waits for a reply to each message. */
  readonly requests: Requests | undefined;
}

export interface Requests {
  /** Nanoseconds; Infinity waits for ever, as Java's `RpcClient` does by default. */
  readonly timeout: number;
  /** The queue that replies come by; undefined for direct reply-to. */
  readonly replyTo: Name | undefined;
}

/** `amq.rabbitmq.reply-to`: replies come straight from the channel that they are published on. */
export const directReplyTo = "amq.rabbitmq.reply-to";

export type Destination =
  | { readonly kind: "topic"; readonly name: Name }
  | { readonly kind: "exchange"; readonly name: Name }
  | { readonly kind: "queue"; readonly name: Name }
  /** To whoever has sent the message read, if that is a request; the name stands for any of them. */
  | { readonly kind: "reply"; readonly name: Name };

/** Rates are messages per second of all instances together. */
export type Arrivals =
  | { readonly kind: "poisson"; readonly rate: number }
  | { readonly kind: "constant"; readonly rate: number }
  | { readonly kind: "bursts"; readonly size: number; readonly every: number }
  | { readonly kind: "onOff"; readonly rate: number; readonly on: number; readonly off: number }
  | { readonly kind: "closed"; readonly clients: number; readonly think: Distribution }
  | { readonly kind: "schedule"; readonly times: readonly number[] };

export type KeyChoice =
  | { readonly kind: "none" }
  | { readonly kind: "unique" }
  | { readonly kind: "uniform"; readonly values: number }
  | { readonly kind: "zipf"; readonly values: number; readonly exponent: number }
  | { readonly kind: "weights"; readonly keys: readonly string[]; readonly weights: readonly number[] };

/** Kafka's producer settings that the engine simulates, by Kafka's meaning and defaults (4.1). */
export interface KafkaProducerSettings {
  readonly acks: 0 | 1 | "all";
  /** Bytes. */
  readonly batchSize: number;
  /** Records in a batch: `batch.num.messages`, and no limit for Java's client. */
  readonly batchMessages: number;
  /** Nanoseconds. */
  readonly linger: number;
  readonly maxInFlight: number;
  /** Bytes. */
  readonly maxRequestSize: number;
  /** Bytes of `buffer.memory`, and for how long a `send()` waits for some, ns. */
  readonly bufferMemory: number;
  readonly maxBlock: number;
  /** `partitioner.ignore.keys`. */
  readonly ignoreKeys: boolean;
  /** `partitioner.adaptive.partitioning.enable`, and `partitioner.availability.timeout.ms`, ns: none is left out where it is 0. */
  readonly adaptive: boolean;
  readonly availabilityTimeout: number;
  /** RoundRobinPartitioner: each record to the next partition, whatever its key. */
  readonly roundRobin: boolean;
  readonly idempotence: boolean;
  readonly retries: number;
  /** Nanoseconds. */
  readonly retryBackoff: number;
  readonly retryBackoffMax: number;
  readonly reconnectBackoff: number;
  readonly reconnectBackoffMax: number;
  /** `metadata.max.age.ms`, ns. */
  readonly metadataMaxAge: number;
  readonly requestTimeout: number;
  readonly deliveryTimeout: number;
  /** Undefined for Java's client. */
  readonly librdkafka: LibrdkafkaSettings | undefined;
  readonly compression: Compression;
  /** Undefined where it sends outside transactions. */
  readonly transactions: ProducerTransactions | undefined;
}

export interface ProducerTransactions {
  /** `transactional.id`; each of several instances adds its number. */
  readonly id: string;
  /** Messages per commit, 1 where the file does not say; Infinity where somebody else says when to commit. */
  readonly messages: number;
  /** Nanoseconds. */
  readonly timeout: number;
}

export interface Publishing {
  readonly routingKey: RoutingKeyChoice;
  readonly headers: FieldTable;
  readonly persistent: boolean;
  readonly priority: number | undefined;
  /** Nanoseconds in a queue before it expires; Infinity without `expiration`. */
  readonly lifetime: number;
  /** Routing keys of `cc` and `bcc`. */
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly mandatory: boolean;
  /** Messages unconfirmed at a time in one instance; 0 = no publisher confirms, Infinity = confirms without a window. */
  readonly confirmWindow: number;
  /** Messages per `tx.commit`; 0 = no transactions. */
  readonly transactionSize: number;
  /** `correlation_id` and `message_id`; undefined where a message has none. */
  readonly correlationId: Identity | undefined;
  readonly messageId: Identity | undefined;
  /** Whether `timestamp` tells when it was sent. */
  readonly timestamp: boolean;
}

/** What tells a message from others: each has one of its own, or a text in which the message's key goes where `{key}` stands. */
export type Identity = { readonly kind: "unique" } | { readonly kind: "text"; readonly text: string };

export type RoutingKeyChoice =
  | { readonly kind: "weights"; readonly keys: readonly Name[]; readonly weights: readonly number[] }
  /** `"device.{key}.temp"`: the message's key goes where `{key}` stands. */
  | { readonly kind: "template"; readonly text: Name }
  /** Of the message that a consumer has read and sends on. */
  | { readonly kind: "same" };

/** An application that reads: group members (Kafka) or competing consumers (RabbitMQ). */
export interface Consumer {
  readonly name: Name;
  readonly from: Source;
  readonly instances: number;
  readonly concurrency: number;
  readonly processing: Processing;
  readonly failures: Failures;
  readonly startsAt: number;
  readonly stopsAt: number;
  readonly sends: readonly Forward[];
  /** Undefined where each message is sent on by itself. */
  readonly window: WindowRule | undefined;
  readonly join: JoinRule | undefined;
  /** What it writes of its state to the changelog; undefined where state is in memory alone. */
  readonly changelog: Flow | undefined;
  /** The place of `from` among its `inputs`, from 0; undefined where it has none. */
  readonly input: number | undefined;
  /** For each further input what it is by that alone: all but `from`, `input` and what goes by them is the same. */
  readonly others: readonly Consumer[];
}

/** What a consumer sends on when a delivery has ended: its flow's messages, paced by what it reads. */
export interface Forward {
  readonly flow: Flow;
  /** Messages out per message in. */
  readonly ratio: number;
  /** After a success, after each failure, or when it gives a message up. */
  readonly when: "success" | "failure" | "givenUp";
  /** It has the key of the message read. */
  readonly sameKey: boolean;
}

export type Source =
  | {
      readonly kind: "log";
      readonly topics: readonly Name[];
      readonly group: Name;
      readonly settings: KafkaConsumerSettings;
      /** The client of each instance, where it sends anything on or commits in transactions. */
      readonly producer: KafkaProducerSettings | undefined;
    }
  | { readonly kind: "queue"; readonly queues: readonly Name[]; readonly settings: QueueConsumerSettings };

export type AssignmentStrategy = "range" | "roundrobin" | "sticky" | "cooperative-sticky";

export interface KafkaConsumerSettings {
  readonly orderedBy: "partition" | "key" | "none";
  readonly commit: "auto" | "after" | "before" | "transactional";
  readonly onFailure: "retry" | "skip" | "deadLetter";
  /** Nanoseconds before each further attempt; then it goes to the dead-letter topic, or as `share` says. */
  readonly retries: readonly number[];
  /** `isolation.level: read_committed`. */
  readonly readCommitted: boolean;
  /** `group.protocol`; with `consumer` the broker assigns, by `group.remote.assignor`. */
  readonly protocol: "classic" | "consumer";
  readonly remoteAssignor: RemoteAssignor | undefined;
  /** It tells its group that it leaves when it closes: `internal.leave.group.on.close`. */
  readonly leavesOnClose: boolean;
  /** `partition.assignment.strategy`: what the group's members can assign by, the preferred one first. */
  readonly strategies: readonly AssignmentStrategy[];
  /** `group.instance.id`; each of several instances adds its number. */
  readonly instanceId: string | undefined;
  /** Nanoseconds. */
  readonly sessionTimeout: number;
  readonly heartbeatInterval: number;
  readonly maxPollInterval: number;
  readonly autoOffsetReset: "earliest" | "latest" | "none";
  /** Nanoseconds. */
  readonly autoCommitInterval: number;
  readonly maxPollRecords: number;
  /** Bytes. */
  readonly fetchMinBytes: number;
  readonly fetchMaxBytes: number;
  readonly maxPartitionFetchBytes: number;
  /** Nanoseconds. */
  readonly fetchMaxWait: number;
  readonly requestTimeout: number;
  /** `default.api.timeout.ms`: of a synchronous commit. */
  readonly apiTimeout: number;
  readonly retryBackoff: number;
  readonly retryBackoffMax: number;
  readonly reconnectBackoff: number;
  readonly reconnectBackoffMax: number;
  /** `metadata.max.age.ms`, ns. */
  readonly metadataMaxAge: number;
  /** `client.rack`; empty where it says none. */
  readonly clientRack: string;
  /** Undefined for a member of a group that shares no records. */
  readonly share: ShareSettings | undefined;
}

export interface QueueConsumerSettings {
  /** Unacked deliveries of one instance and queue at a time (D2: per consumer); Infinity for `prefetch: 0`. */
  readonly prefetch: number;
  /** Of all queues of one instance together; Infinity without `prefetch: {channel}`. */
  readonly channelPrefetch: number;
  /** `x-priority`. */
  readonly priority: number;
  readonly exclusive: boolean;
  /** `x-stream-offset`; undefined where it is left out. */
  readonly streamOffset: string | number | undefined;
  /** `x-stream-filter`; undefined where it reads all of a stream. */
  readonly streamFilter: string | undefined;
  /** `x-stream-match-unfiltered`. */
  readonly matchUnfiltered: boolean;
  readonly ack: "manual" | "auto" | "early";
  readonly onFailure: "requeue" | "reject";
  /** Nanoseconds before each further attempt of the same delivery; then `onFailure` applies. */
  readonly retries: readonly number[];
}

export interface Run {
  /** Nanoseconds; Infinity runs until all is drained. */
  readonly duration: number;
  readonly warmup: number;
  readonly seed: number;
  /** Runs, with seeds that count up. */
  readonly repeat: number;
  readonly calibration: Calibration;
  /** Messages whose journey is kept. */
  readonly trace: number;
}

/** What stands before the names of a virtual host's things. */
export function scopeOf(vhost: string): string {
  return vhost === "" ? "" : `${vhost}/`;
}
