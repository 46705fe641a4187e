import type { Costs } from "../model/calibration.ts";
import type { CorePool } from "../sim/station.ts";
import type { Applications, World } from "../sim/world.ts";
import type { Station } from "../stats/trace.ts";
import type { Copies } from "./copies.ts";
import type { Handlers } from "./handlers.ts";
import type { Wire } from "./passage.ts";
import type { Publishes } from "./publishes.ts";
import type { Subscription } from "./rotation.ts";

/** What happens in the queue model; `a` and `b` of each event stand behind it. */
export const QueueEvent = {
  /** The client's thread has handed a message to the socket: copy, number of the connection. */
  clientDone: 0,
  /** A message is at its channel: likewise. */
  published: 1,
  /** The channel has parsed it: likewise. */
  parsed: 2,
  /** The queue's process has taken it: copy. */
  enqueued: 3,
  /** Its copy for the disk is written: publish. */
  written: 4,
  /** The broker's answer, a return or a confirm, is at the client: publish. */
  answered: 5,
  /** The queue's process has sent it to its consumer: copy, subscription. */
  dispatched: 6,
  /** It is with the consumer: copy, subscription. */
  received: 7,
  /** A handler ends: handler, its generation. */
  worked: 8,
  /** An ack, nack or reject is at the consumer's channel: copy (subscription for `early` and `closed`), verdict. */
  settling: 9,
  /** The channel has parsed it: likewise. */
  settlingParsed: 10,
  /** The queue's process has handled it: likewise. */
  settled: 11,
  /** A consumer instance subscribes: its number. */
  starts: 12,
  /** It leaves: likewise. */
  stops: 13,
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
  /** By source. */
  readonly publishers: readonly Publishing[];
  /** By number; a delivered copy's `at`. */
  readonly subscriptions: readonly Subscription[];
  readonly cores: CorePool;
  readonly disk: Wire;
  /** The process that takes the model's events. */
  readonly base: number;
  stamp(copy: number, station: Station, place: number, detail: number): void;
}
