import type { Costs } from "../model/calibration.ts";
import type { Applications, World } from "../sim/world.ts";
import type { Station } from "../stats/trace.ts";
import type { BrokerQueue } from "./broker.ts";
import type { BrokerNode, Cluster } from "./cluster.ts";
import type { Content } from "./content.ts";
import type { Copies } from "./copies.ts";
import type { RuleCounts } from "./coverage.ts";
import type { PublishedDeath } from "./death-publish.ts";
import type { DeadLetterTarget, DeathReason } from "./death.ts";
import type { Doubles } from "./doubles.ts";
import type { ChannelCredit } from "./flow-control.ts";
import type { Handlers } from "./handlers.ts";
import type { Lifelines } from "./lifeline.ts";
import type { Publishes } from "./publishes.ts";
import type { Release } from "./release.ts";
import type { Deadlines } from "./retention.ts";
import type { RouteTable } from "./route-table.ts";
import type { Subscription } from "./rotation.ts";

/** What happens at clients and on their channels; `a` and `b` of each event stand behind it. */
export const ClientEvent = {
  /** The client's thread has handed a message to the socket: copy, number of the connection. */
  clientDone: 0,
  /** A message is at its channel: likewise. */
  published: 1,
  /** The channel has parsed it: likewise. */
  parsed: 2,
  /** The broker's answer, a return or a confirm, is at the client: publish. */
  answered: 3,
  /** A delivery is with its consumer: copy, subscription. */
  received: 4,
  /** A handler ends: handler, its generation. */
  worked: 5,
  /** An ack, nack or reject is at the consumer's channel: copy (none for `early` and `closed`), settlement. */
  settling: 6,
  /** The channel has parsed it: likewise. */
  settlingParsed: 7,
  /** A consumer instance subscribes: its number. */
  starts: 8,
  /** It leaves: likewise. */
  stops: 9,
  /** A handler tries a failed message again: handler, its generation. */
  retries: 10,
  /** A delivery is at the node of its consumer's connection: copy, subscription. */
  forwarded: 11,
  /** A producer's client opens its connection again: number of the connection. */
  reconnects: 12,
  /** A consumer's client, likewise, and subscribes to what it lost: number of the instance. */
  recovers: 13,
  /** A node runs again after its restart: its number, from 1. */
  nodeStarts: 14,
  /** `tx.commit` is at its channel: source, number of the connection. */
  commitArrives: 48,
  /** The channel has parsed it: likewise. */
  commitParsed: 49,
  /** Its answer is at the client: likewise. */
  committed: 50,
} as const;
export type ClientEvent = (typeof ClientEvent)[keyof typeof ClientEvent];

/** What happens to replies, likewise. */
export const ReplyEvent = {
  /** A direct reply is at the requester's node: copy, source of the request. */
  forwarded: 37,
  /** The requester's channel has passed it on: likewise. */
  parsed: 38,
  /** It is with the requester: likewise. */
  received: 39,
  /** What comes by a reply queue is at the requester's node: copy, subscription. */
  queuedForwarded: 40,
  /** It is with the requester: likewise. */
  queuedReceived: 41,
  /** A requester subscribes again to its reply queue: number of its consumer. */
  recovers: 42,
} as const;
export type ReplyEvent = (typeof ReplyEvent)[keyof typeof ReplyEvent];

/** What happens in the broker, likewise. */
export const QueueEvent = {
  /** The wait of a returned message is over: copy, queue. */
  retryDue: 15,
  /** The queue's process has taken a message: copy. */
  enqueued: 16,
  /** Its copy for the disk is written: publish, queue. */
  written: 17,
  /** The queue's process has sent it to its consumer: copy, subscription. */
  dispatched: 18,
  /** The queue's process has handled what a consumer says: copy, settlement. */
  settled: 19,
  /** The head of a queue has reached its time to live: queue. */
  expires: 20,
  /** A queue may have been idle for its `x-expires`: queue. */
  unused: 21,
  /** A dead letter leaves the process of its queue: copy, node. */
  deadLettered: 22,
  /** An `x-delayed-message` exchange passes a message on: copy. */
  delayed: 23,
  /** A quorum queue's process passes a message to its log: copy. */
  logged: 24,
  /** The message is written, and has to be flushed: copy. */
  flushing: 25,
  /** A message is at the node of its queue's process: copy. */
  forwarded: 26,
  /** A settlement, likewise: copy, settlement. */
  settling: 27,
  /** That a queue has a message, or refuses it, is at the publisher's channel: publish. */
  told: 28,
  /** An entry is at a replica: replica, bytes. */
  replicated: 29,
  /** It is written there: replica, number of the entry. */
  replicaWritten: 30,
  /** It is on its disk: likewise. */
  replicaFlushed: 31,
  /** The leader knows: likewise. */
  replicaAcked: 32,
  /** A replica has got all that it lacked: likewise. */
  caughtUp: 33,
  /** An election timeout is over: queue, term. */
  election: 34,
  /** The connection of a consumer has ended with its node: none, settlement. */
  closing: 35,
  /** A dead letter that was not taken is sent again: copy, queue. */
  deathAgain: 36,
} as const;
export type QueueEvent = (typeof QueueEvent)[keyof typeof QueueEvent];

/** What a consumer says about a delivery, or the end of its connection about all of a subscription's. */
export const Verdict = { ack: 0, requeue: 1, reject: 2, early: 3, closed: 4 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

const verdictBits = 3;

/** What an event carries about a settlement: the verdict, and the number of the subscription that it comes from. */
export function settlement(verdict: Verdict, subscription: number): number {
  return verdict | (subscription << verdictBits);
}

export function verdictOf(told: number): Verdict {
  return (told & ((1 << verdictBits) - 1)) as Verdict;
}

export function subscriptionOf(told: number): number {
  return told >> verdictBits;
}

/**
 * Bytes around a body on the wire: a method, a header and a body frame of 8 each, the method's and the header's own
 * fields, and about 40 for names, keys and properties.
 */
export const deliveryOverhead = 96;
/** ns after which a client that has lost its connection, or its queue, tries again. (Java's client) */
export const recoveryInterval = 5e9;
/** An ack, a nack or a confirm: one method frame. */
export const settlementBytes = 21;

/** The client that waits for what becomes of its publishes. */
export interface Publishing {
  /** The node that its channel is on. */
  readonly node: BrokerNode;
  readonly persistent: boolean;
  readonly confirms: boolean;
  /** Whether each message has a key of its own, so that no order can be broken. */
  readonly uniqueKeys: boolean;
  /** Whether its client still waits for this message's confirm, and would send it again. */
  awaits(id: number): boolean;
  /** What its channel may send before it has to wait; undefined where processes take no time. */
  readonly credit: ChannelCredit | undefined;
  /** Where routes are counted. */
  readonly routes?: Pick<RouteTable, "lookup" | "place">;
  /** All copies are safe in their queues. */
  stored(publish: number): void;
  /** Of its messages, unless a copy has a content of its own: priority, and ns in a queue before they expire. */
  readonly priority: number | undefined;
  readonly lifetime: number;
  /** What a copy of its messages carries, unless it has a content of its own. */
  contentOf(copy: number): Content;
}

/** The subscription that holds a copy. */
export function holderOf(context: QueueContext, copy: number): Subscription {
  return context.subscriptions[context.copies.at[copy]!]!;
}

/** One more of a publish's queues has its copy, or has refused it; a dead letter's publish is its queue's own. */
export function tell({ publishes, publishers, deathTold }: QueueContext, publish: number): void {
  if (--publishes.left[publish]! > 0) return;
  const source = publishes.source[publish]!;
  if (source < 0) deathTold(-1 - source, publish);
  else publishers[source]!.stored(publish);
}

/** What the parts of the queue model share. */
export interface QueueContext {
  readonly world: World;
  readonly costs: Costs;
  readonly applications: Applications;
  readonly copies: Copies;
  readonly publishes: Publishes;
  readonly handlers: Handlers;
  readonly deadlines: Deadlines;
  readonly release: Release;
  /** Counts what decided, for whoever asks. */
  readonly rules: RuleCounts | undefined;
  /** By source. */
  readonly publishers: readonly Publishing[];
  /** By number; a delivered copy's `at`. */
  readonly subscriptions: readonly Subscription[];
  readonly cluster: Cluster;
  readonly doubles: Doubles;
  /** Whether connections, queues or nodes may fail in this run. */
  readonly faulty: boolean;
  /** Connections whose network may be cut in this run. */
  readonly lifelines: Lifelines | undefined;
  /** The process that takes the model's events. */
  readonly base: number;
  stamp(copy: number, station: Station, place: number, detail: number): void;
  contentOf(copy: number): Content;
  /** Its `priority`. */
  priorityOf(copy: number): number | undefined;
  /** Its `expiration`, ns; Infinity without one. */
  lifetimeOf(copy: number): number;
  /** Publishes a copy's death to its queue's dead-letter exchange. */
  deadLetter(
    copy: number,
    queue: string,
    reason: DeathReason,
    target: DeadLetterTarget,
    publish?: number,
  ): PublishedDeath;
  /** Where a queue is, or is led. */
  nodeOf(queue: number): BrokerNode;
  /** What has become of a dead letter that its queue waits for. */
  deathTold(queue: number, publish: number): void;
  /** A limit that these consumers share has room again. */
  resume(subscriptions: readonly Subscription[]): void;
  /** A consumer gets nothing more, since its queue's process has gone. */
  cancelled(subscription: Subscription): void;
  /** Whether a consumer may have its queue, which is declared `anew` with its connection where it is exclusive. */
  declareExclusive(queue: BrokerQueue, consumer: Subscription, node: BrokerNode, anew: boolean): boolean;
  /** A queue has no use any more, by a rule of its own: it goes. */
  deleteQueue(queue: number): void;
}
