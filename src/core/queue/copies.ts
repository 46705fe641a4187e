import { InvariantError } from "../sim/invariant.ts";
import { Contents } from "./content.ts";
import type { Correlations } from "./correlations.ts";
import { widened, type Messages } from "../sim/messages.ts";

/** What may be the case with a copy that has not ended; each is in exactly one state. */
export const CopyState = {
  /** The slot holds no copy of this broker. */
  none: 0,
  /** Waits in the client for a place in the confirm window. */
  blocked: 1,
  /** With the client, the network or the channel. */
  publishing: 2,
  /** Routed, in front of the queue's process. */
  arriving: 3,
  ready: 4,
  /** On its way to a consumer. */
  delivering: 5,
  /** In the consumer's prefetch buffer. */
  buffered: 6,
  inWork: 7,
  /** Finished; the ack is under way. */
  acking: 8,
  /** Handed back or refused by the consumer; the broker does not know yet. */
  returning: 9,
  rejecting: 10,
  /** In an exchange that delays it, or returned to a queue that does. */
  delayed: 11,
  /** In a stream, which keeps it whoever has read it. */
  stored: 12,
  /** In work at a consumer from which the broker has taken the message back: no copy of the broker's any more. */
  orphaned: 13,
  /** Dead, and kept until the queues behind the dead-letter exchange have it. */
  dying: 14,
  /** A direct reply on its way to whoever asked. */
  replying: 15,
} as const;
export type CopyState = (typeof CopyState)[keyof typeof CopyState];

const states = CopyState.replying + 1;

/** No copy: the end of a list. */
export const none = -1;

/**
 * The copies of messages in this broker. A copy is a slot of the messages' pool with 12 bytes beside it; a message that
 * reaches several queues takes a slot for each.
 *
 * `messages.next` serves, one after the other: the list of what is blocked in a client, the publish that waits for this
 * copy to arrive, the ready list, and the list of delivered copies of one key.
 */
export class Copies {
  readonly messages: Messages;
  /** Of the few copies that differ from what their source sends. */
  readonly contents = new Contents();
  /** Where messages are requests and replies. */
  correlations: Correlations | undefined = undefined;
  /** Its place in its queue by the order of publishing. */
  sequence: Uint32Array<ArrayBuffer>;
  /** Of the delivered copies of its key the one before it that is not finished. */
  earlier: Int32Array<ArrayBuffer>;
  /** Its queue, or its subscription from the first delivery until it is ready again. */
  at: Uint16Array<ArrayBuffer>;
  state: Uint8Array<ArrayBuffer>;
  /** 1: it was delivered and came back. 3: besides, a consumer has finished it, of which the broker does not know. */
  redelivered: Uint8Array<ArrayBuffer>;
  /** Those that have not ended. */
  private alive = 0;

  constructor(messages: Messages) {
    this.messages = messages;
    const capacity = messages.sentAt.length;
    this.sequence = new Uint32Array(capacity);
    this.earlier = new Int32Array(capacity);
    this.at = new Uint16Array(capacity);
    this.state = new Uint8Array(capacity);
    this.redelivered = new Uint8Array(capacity);
  }

  /** A message's slot becomes a copy. */
  enter(copy: number, state: CopyState): void {
    if (copy >= this.state.length) this.grow();
    this.alive++;
    this.state[copy] = state;
    this.redelivered[copy] = 0;
  }

  /** Another copy of the same message, in the same state. */
  clone(copy: number): number {
    return this.cloneAs(copy, this.state[copy]! as CopyState);
  }

  /** A slot with the same message in it, which is no copy yet. */
  twin(copy: number): number {
    const { messages } = this;
    const other = messages.allocate();
    messages.sentAt[other] = messages.sentAt[copy]!;
    messages.id[other] = messages.id[copy]!;
    messages.key[other] = messages.key[copy]!;
    messages.bytes[other] = messages.bytes[copy]!;
    messages.routing[other] = messages.routing[copy]!;
    messages.source[other] = messages.source[copy]!;
    this.correlations?.copy(copy, other);
    return other;
  }

  cloneAs(copy: number, state: CopyState): number {
    const { contents } = this;
    const other = this.twin(copy);
    this.enter(other, state);
    if (contents.size > 0) {
      const content = contents.get(copy);
      if (content !== undefined) contents.set(other, content);
    }
    return other;
  }

  move(copy: number, to: CopyState): void {
    this.state[copy] = to;
  }

  /** Nothing more happens to it; its slot is free. */
  end(copy: number): void {
    this.alive--;
    this.state[copy] = CopyState.none;
    if (this.contents.size > 0) this.contents.delete(copy);
    this.messages.release(copy);
  }

  /** How many copies are in each state. */
  census(): Float64Array {
    const counts = new Float64Array(states);
    for (const state of this.state) counts[state]!++;
    return counts;
  }

  /** Copies that have not ended. One that is finished counts as that even while its ack is under way, and what a stream keeps does not count. */
  get unfinished(): number {
    const { acking, stored, orphaned } = CopyState;
    const counts = this.census();
    return this.alive - counts[acking]! - counts[stored]! - counts[orphaned]!;
  }

  /** Copies that a consumer holds, or that are on their way to or from one. */
  *unacked(): Iterable<number> {
    for (let copy = 0; copy < this.state.length; copy++)
      if (this.state[copy]! >= CopyState.delivering && this.state[copy]! <= CopyState.rejecting) yield copy;
  }

  /** What consumers have not settled, in the order of publishing. What one that acks early has in work is settled. */
  heldBy(...consumers: readonly { number: number; noAck: boolean; early: boolean }[]): number[] {
    const early = new Map<number, boolean>();
    for (const consumer of consumers) if (!consumer.noAck) early.set(consumer.number, consumer.early);
    if (early.size === 0) return [];
    const held: number[] = [];
    for (const copy of this.unacked()) {
      const isEarly = early.get(this.at[copy]!);
      if (isEarly === undefined || (isEarly && this.state[copy] === CopyState.inWork)) continue;
      held.push(copy);
    }
    return held.sort((a, b) => this.sequence[a]! - this.sequence[b]!);
  }

  /** Each copy that came and has not ended has a slot; answers with how many are in each state. */
  audit(): Float64Array {
    const census = this.census();
    const slots = this.state.length - census[CopyState.none]!;
    if (slots !== this.alive)
      throw new InvariantError(`${slots} slots hold copies, ${this.alive} have not ended`);
    return census;
  }

  private grow(): void {
    const capacity = this.messages.sentAt.length;
    this.sequence = widened(new Uint32Array(capacity), this.sequence);
    this.earlier = widened(new Int32Array(capacity), this.earlier);
    this.at = widened(new Uint16Array(capacity), this.at);
    this.state = widened(new Uint8Array(capacity), this.state);
    this.redelivered = widened(new Uint8Array(capacity), this.redelivered);
  }
}
