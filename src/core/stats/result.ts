import type { Finding } from "./finding.ts";
import type { Loss } from "./losses.ts";
import type { ChangelogSummary, JoinSummary, WindowSummary } from "./state-summary.ts";

/**
 * The outcome of a run. `Summary` is what `simulate --json` prints, byte for byte; the columns beside it feed the
 * panels. Times are milliseconds of simulated time, rates per second, sizes bytes. `schemas/result.schema.json`
 * describes each field of `Summary`.
 */
export interface Result extends Recorded {
  /** What matters, the gravest first. */
  readonly findings: readonly Finding[];
}

/** What a run has recorded of itself. */
export interface Recorded {
  readonly summary: Summary;
  readonly series: readonly Series[];
  readonly trace: TraceColumns;
  readonly occurrences: OccurrenceColumns;
  readonly graph: Graph;
  /** Events handled by the engine, for benchmarks and tests. */
  readonly events: number;
}

export interface Percentiles {
  /** Number of values; the others are null while there is none. */
  readonly count: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

/** A level over the window: its maximum, its time average, its last value. */
export interface LevelSummary {
  readonly max: number;
  readonly mean: number;
  readonly end: number;
}

export interface Summary {
  readonly format: 1;
  readonly name: string;
  readonly seed: number;
  readonly calibration: string;
  readonly stopped: string;
  readonly window: { readonly from: number; readonly to: number };
  readonly producers: Readonly<Record<string, ProducerSummary>>;
  readonly topics: Readonly<Record<string, TopicSummary>>;
  readonly groups: Readonly<Record<string, GroupSummary>>;
  readonly exchanges: Readonly<Record<string, ExchangeSummary>>;
  readonly queues: Readonly<Record<string, QueueSummary>>;
  readonly consumers: Readonly<Record<string, ConsumerSummary>>;
  readonly totals: Totals;
  readonly occurrences: OccurrencesSummary;
  readonly expect: readonly ExpectationOutcome[];
  /** Only where the file asks for several runs: the other figures are the first one's. */
  readonly repeat?: RepeatSummary;
  readonly problems: readonly RunProblem[];
}

/** `sent` = accepted + refused + unroutable + timedOut + underWay. */
export interface ProducerSummary {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly unroutable: number;
  readonly timedOut: number;
  readonly underWay: number;
  /** Mandatory messages that came back (a part of `unroutable`). */
  readonly returned: number;
  /** The next ones only of a requester: requests that got their reply. */
  readonly answered?: number;
  /** Requests that it gave up: after the time-out, or because no broker had them, or by its crash. */
  readonly unanswered?: number;
  /** Replies that nobody waited for any more, or never did. */
  readonly lateReplies?: number;
  /** From the intent to send a request to its reply. */
  readonly roundTrip?: Percentiles;
}

export interface PartitionSummary {
  readonly partition: number;
  /** −1 where it has none. */
  readonly leader: number;
  readonly logStart: number;
  readonly logEnd: number;
  readonly bytes: number;
  /** Those that are on the broker's own disk; the others are in remote storage alone. */
  readonly localBytes: number;
}

export interface TopicSummary {
  /** Bytes that its logs hold, one copy of each. */
  readonly storage: LevelSummary;
  /** Bytes of record batches that went over the network: to leaders, to followers, to readers. */
  readonly network: number;
  readonly partitions: readonly PartitionSummary[];
  /** How often a partition got another leader. */
  readonly elections: number;
}

/** Records that a group has not committed. */
export interface LagSummary extends LevelSummary {
  /** Age of the oldest message that is not committed, ms. */
  readonly time: LevelSummary;
}

export interface GroupSummary {
  readonly lag: LagSummary;
  /** Milliseconds from a fault of the timeline until the lag was back at its mean before it, the longest; null for never. Only where there are faults. */
  readonly recovery?: number | null;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly committed: number;
    readonly lag: LevelSummary;
  }[];
  /** Records that the topics' rules deleted before it had read them. */
  readonly expiredUnread: number;
  /** Records that a share group archived, by reason: rejected, or delivered too often. Only of share groups. */
  readonly dropped?: Readonly<Record<string, number>>;
  readonly rebalances: number;
  /** Milliseconds without consumption. */
  readonly pause: number;
}

export interface ExchangeSummary {
  readonly published: number;
  readonly unroutable: number;
}

export interface QueueSummary {
  /** Copies that entered the queue. */
  readonly enqueued: number;
  readonly depth: LevelSummary;
  readonly unacked: LevelSummary;
  /** Bytes of messages that went over the network for it: from publishers, between nodes, to consumers. */
  readonly network: number;
  /** As a group's, of the depth. */
  readonly recovery?: number | null;
  readonly deadLettered: Readonly<Record<string, number>>;
  readonly expired: number;
  /** By rule, `rejected` where no dead-letter exchange takes what a consumer rejects. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Messages that nodes which did not know it, while its own was down, could not route to it; only where there are any. */
  readonly notFound?: number;
}

/** Of the time that handlers were there: at work; waiting with a message, or for a commit; waiting for a rebalance. */
interface HandlerShares {
  readonly utilization: number;
  readonly blocked: number;
  readonly rebalancing: number;
}

export interface ConsumerSummary extends HandlerShares {
  readonly delivered: number;
  readonly redelivered: number;
  readonly processed: number;
  readonly duplicates: number;
  /** Finished again after a deliberate seek. */
  readonly replayed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly order: { readonly violations: number };
  readonly wait: Percentiles;
  readonly latency: Percentiles;
  /** From the first message of the chain of what consumers sent on. */
  readonly endToEnd: Percentiles;
  readonly attemptLatency: Percentiles;
  readonly throughput: number;
  /** Messages sent inside the window and unfinished at the end, as a share of those sent: above 1% the percentiles are lower bounds. */
  readonly unfinished: number;
  readonly lowerBounds: boolean;
  readonly instances: readonly (HandlerShares & { readonly instance: number; readonly processed: number })[];
  /** What it sent on; only where it does. */
  readonly sends?: ProducerSummary;
  /** Of one that gathers messages in windows. */
  readonly windows?: WindowSummary;
  /** Of one that joins two sources. */
  readonly join?: JoinSummary;
  /** Of one whose state is in a changelog as well. */
  readonly changelog?: ChangelogSummary;
  /** Given up and sent to a dead-letter topic, by reason; only where the file names one. */
  readonly deadLettered?: Readonly<Record<string, number>>;
}

export interface Totals {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly unroutable: number;
  readonly timedOut: number;
  readonly delivered: number;
  readonly redelivered: number;
  readonly processed: number;
  readonly duplicates: number;
  readonly skipped: number;
  readonly dropped: number;
  readonly lost: { readonly broker: number; readonly consumer: number };
  readonly elections: number;
  /** Copies × subscriptions without a final state at the end of the run. */
  readonly unfinished: number;
}

export interface ExpectationOutcome {
  readonly metric: string;
  readonly of: Readonly<Record<string, string>> | null;
  readonly bound: Readonly<Record<string, number | readonly number[]>>;
  /** The part of the run that counts, ms; null for all of it. */
  readonly during: readonly [from: number, to: number] | null;
  /** null where the run has no value for the metric; the expectation then does not hold. */
  readonly actual: number | null;
  /** Of the mean over several runs, which `actual` is then; null for a single one. */
  readonly interval: { readonly confidence: number; readonly low: number; readonly high: number } | null;
  readonly holds: boolean;
  /** Offsets of the expectation in the file. */
  readonly span: { readonly start: number; readonly end: number };
}

/** What several runs with seeds that count up say together. */
export interface RepeatSummary {
  readonly runs: number;
  readonly confidence: number;
  /** The mean of each figure over the runs, and its interval, by its path in the summary. */
  readonly figures: Readonly<
    Record<string, { readonly mean: number; readonly low: number; readonly high: number }>
  >;
}

export interface RunProblem {
  readonly code: string;
  readonly message: string;
}

/** Things of the topology that a series belongs to. */
export type EntityKind = "producer" | "exchange" | "queue" | "topic" | "group" | "consumer";

/** `number`: a partition (from 0), an instance, broker, node or controller (from 1), null for the thing itself. */
export interface Place {
  readonly kind: EntityKind | "broker" | "node" | "controller";
  /** Empty for a broker, node or controller. */
  readonly name: string;
  readonly number: number | null;
}

/** What happened during the run, in its order, and by which rule. */
export interface OccurrencesSummary {
  /** All that happened. */
  readonly count: number;
  readonly byKind: Readonly<Record<string, number>>;
  /** The first ones; of what happens to single messages only the first few of each place and rule. */
  readonly first: readonly {
    /** Milliseconds of simulated time. */
    readonly at: number;
    readonly kind: string;
    readonly where: Place;
    /** What the kind counts or measures: instances, messages, a factor, an offset; 0 where it does neither. */
    readonly detail: number;
    /** The setting or rule behind it; empty where there is none. */
    readonly rule: string;
    readonly message: string;
  }[];
}

/** The log of what happened, a row each; `places` of the trace names what `place` counts. Times are ns. */
export interface OccurrenceColumns {
  readonly rows: number;
  /** What happened beyond the rows: counted, not kept. */
  readonly rowsDropped: number;
  readonly time: Float64Array;
  /** Index into `kinds`. */
  readonly kind: Uint8Array;
  readonly place: Uint16Array;
  readonly detail: Float64Array;
  /** Index into `rules`. */
  readonly rule: Uint16Array;
  readonly kinds: readonly string[];
  /** Those that happen to single messages: of each place and rule only the first few have a row. */
  readonly ofMessages: readonly string[];
  readonly rules: readonly string[];
}

/**
 * One line over time. `lag`, `lagTime` (ms), `partitionLag`, `storage`, `depth` and `unacked` are levels (time-weighted mean and
 * maximum in each bucket); `latency` (mean and maximum) and `percentile` are by the time of the finish, ms, NaN where nothing finished;
 * `utilization` is a share of the time; the rest are rates per second. Where a bucket has but one value, `max` is the same.
 */
export interface Series {
  readonly of: EntityKind;
  readonly name: string;
  readonly metric:
    | "lag"
    | "lagTime"
    | "partitionLag"
    | "storage"
    | "depth"
    | "unacked"
    | "latency"
    | "percentile"
    | "throughput"
    | "utilization"
    | "redelivered"
    | "sent";
  /** Which percentile (`p99`), or which partition (`orders 3`); only where there are several of a thing. */
  readonly part?: string;
  /** Start of each bucket, ms. */
  readonly time: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
}

/**
 * The journeys of the traced messages, a row a step, times in ns. `stations` names what `station` counts, `places` what `place`
 * counts. What `detail` tells depends on the station: a key or a text by its id (see `texts`) of what was sent, received by
 * a RabbitMQ broker (the routing key, or its template), dropped or dead-lettered (the reason); which of `losses` it was, of
 * what was lost; else an offset or a number.
 */
export interface TraceColumns {
  readonly rows: number;
  readonly rowsDropped: number;
  readonly time: Float64Array;
  readonly message: Int32Array;
  readonly station: Uint8Array;
  readonly place: Uint16Array;
  readonly detail: Int32Array;
  readonly places: readonly Place[];
  readonly stations: readonly string[];
  readonly losses: readonly Loss[];
  /** The text with id 2^30 + i; a smaller id is a number and its own text, below 0 there is none. */
  readonly texts: readonly string[];
}

/** What is connected to what, with the messages that went along each edge. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  /** `kind:name`. */
  readonly id: string;
  readonly kind: EntityKind;
  readonly name: string;
  /** One short line: `6 partitions`, `topic exchange`, `4 instances`. */
  readonly detail: string;
  /** Offset of the name in the file; -1 for what the broker predeclares. */
  readonly at: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly messages: number;
}
