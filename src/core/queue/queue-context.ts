import type { Costs } from "../model/calibration.ts";
import type { CorePool } from "../sim/station.ts";
import type { Applications, World } from "../sim/world.ts";
import type { Station } from "../stats/trace.ts";
import type { Content } from "./content.ts";
import type { Copies } from "./copies.ts";
import type { RuleCounts } from "./coverage.ts";
import type { DeadLetterTarget, DeathReason } from "./death.ts";
import type { Handlers } from "./handlers.ts";
import type { Wire } from "./passage.ts";
import type { Publishes } from "./publishes.ts";
import type { Release } from "./release.ts";
import type { Deadlines } from "./retention.ts";
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
  /** An ack, nack or reject is at the consumer's channel: copy (subscription for `early` and `closed`), verdict. */
  settling: 6,
  /** The channel has parsed it: likewise. */
  settlingParsed: 7,
  /** A consumer instance subscribes: its number. */
  starts: 8,
  /** It leaves: likewise. */
  stops: 9,
  /** A handler tries a failed message again: handler, its generation. */
  retries: 10,
} as const;
export type ClientEvent = (typeof ClientEvent)[keyof typeof ClientEvent];

/** What happens in the broker, likewise. */
export const QueueEvent = {
  /** The queue's process has taken a message: copy. */
  enqueued: 16,
  /** Its copy for the disk is written: publish. */
  written: 17,
  /** The queue's process has sent it to its consumer: copy, subscription. */
  dispatched: 18,
  /** The queue's process has handled it: likewise. */
  settled: 19,
  /** The head of a queue has reached its time to live: queue. */
  expires: 20,
  /** A queue may have been idle for its `x-expires`: queue. */
  unused: 21,
  /** A dead letter is in front of the process of the queue that it goes to: copy. */
  deadLettered: 22,
  /** An `x-delayed-message` exchange passes a message on: copy. */
  delayed: 23,
  /** A quorum queue's process passes a message to its log: copy. */
  logged: 24,
  /** The message is written, and has to be flushed: copy. */
  flushing: 25,
} as const;
export type QueueEvent = (typeof QueueEvent)[keyof typeof QueueEvent];

/** What a consumer says about a delivery, or the end of its connection about all of a subscription's. */
export const Verdict = { ack: 0, requeue: 1, reject: 2, early: 3, closed: 4 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/**
 * Bytes around a body on the wire: a method, a header and a body frame of 8 each, the method's and the header's own
 * fields, and about 40 for names, keys and properties.
 */
export const deliveryOverhead = 96;
/** An ack, a nack or a confirm: one method frame. */
export const settlementBytes = 21;

/** The client that waits for what becomes of its publishes. */
export interface Publishing {
  readonly persistent: boolean;
  readonly confirms: boolean;
  /** Whether each message has a key of its own, so that no order can be broken. */
  readonly uniqueKeys: boolean;
  /** All copies are safe in their queues. */
  stored(publish: number): void;
  /** Of its messages, unless a copy has a content of its own: priority, and ns in a queue before they expire. */
  readonly priority: number | undefined;
  readonly lifetime: number;
  /** What a copy of its messages carries, unless it has a content of its own. */
  contentOf(copy: number): Content;
}

/** The subscription that a settlement comes from. */
export function settledBy(context: QueueContext, about: number, verdict: Verdict): Subscription {
  return context.subscriptions[verdict >= Verdict.early ? about : context.copies.at[about]!]!;
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
  readonly cores: CorePool;
  readonly disk: Wire;
  /** The process that takes the model's events. */
  readonly base: number;
  stamp(copy: number, station: Station, place: number, detail: number): void;
  contentOf(copy: number): Content;
  /** Its `priority`. */
  priorityOf(copy: number): number | undefined;
  /** Its `expiration`, ns; Infinity without one. */
  lifetimeOf(copy: number): number;
  /** Publishes a copy's death to its queue's dead-letter exchange; answers how many queues it reaches. */
  deadLetter(copy: number, queue: string, reason: DeathReason, target: DeadLetterTarget): number;
  /** A limit that these consumers share has room again. */
  resume(subscriptions: readonly Subscription[]): void;
  /** A queue has no use any more, by a rule of its own: it goes. */
  deleteQueue(queue: number): void;
}
