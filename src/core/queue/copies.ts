import { InvariantError } from "../sim/invariant.ts";
import { Contents } from "./content.ts";
import { widened, type Messages } from "../sim/messages.ts";

/** What may be the case with a copy; each is in exactly one state. */
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
  /** In an exchange that delays it. */
  delayed: 11,
  /** In a stream, which keeps it whoever has read it. */
  stored: 12,
  /** From here on final states, in which the slot is free. */
  finished: 13,
  dropped: 14,
  lost: 15,
  unroutable: 16,
  refused: 17,
  /** Another message, or more, has taken its way through the dead-letter exchange. */
  deadLettered: 18,
  expired: 19,
  purged: 20,
  /** Its client went before the broker had it. */
  abandoned: 21,
} as const;
export type CopyState = (typeof CopyState)[keyof typeof CopyState];

const states = 22;
const finalFrom = CopyState.finished;
const names = Object.keys(CopyState);

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
  /** Its place in its queue by the order of publishing. */
  sequence: Uint32Array<ArrayBuffer>;
  /** Of the delivered copies of its key the one before it that is not finished. */
  earlier: Int32Array<ArrayBuffer>;
  /** Its queue, or its subscription from the first delivery until it is ready again. */
  at: Uint16Array<ArrayBuffer>;
  state: Uint8Array<ArrayBuffer>;
  /** Whether it was delivered and came back. */
  redelivered: Uint8Array<ArrayBuffer>;
  private readonly counts = new Float64Array(states);
  private created = 0;

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
    this.created++;
    this.counts[state]!++;
    this.state[copy] = state;
    this.redelivered[copy] = 0;
  }

  /** Another copy of the same message, in the same state. */
  clone(copy: number): number {
    return this.cloneAs(copy, this.state[copy]! as CopyState);
  }

  cloneAs(copy: number, state: CopyState): number {
    const { messages, contents } = this;
    const other = messages.allocate();
    messages.sentAt[other] = messages.sentAt[copy]!;
    messages.id[other] = messages.id[copy]!;
    messages.key[other] = messages.key[copy]!;
    messages.bytes[other] = messages.bytes[copy]!;
    messages.routing[other] = messages.routing[copy]!;
    messages.source[other] = messages.source[copy]!;
    this.enter(other, state);
    if (contents.size > 0) {
      const content = contents.get(copy);
      if (content !== undefined) contents.set(other, content);
    }
    return other;
  }

  move(copy: number, to: CopyState): void {
    this.counts[this.state[copy]!]!--;
    this.counts[to]!++;
    this.state[copy] = to;
  }

  /** Nothing more happens to it; its slot is free. */
  end(copy: number, final: CopyState): void {
    this.move(copy, final);
    this.state[copy] = CopyState.none;
    if (this.contents.size > 0) this.contents.delete(copy);
    this.messages.release(copy);
  }

  count(state: CopyState): number {
    return this.counts[state]!;
  }

  /** Copies that have no final state. One that is finished counts as that even while its ack is under way, and what a stream keeps does not count. */
  get unfinished(): number {
    let sum = 0;
    for (let state: number = CopyState.blocked; state < finalFrom; state++) sum += this.counts[state]!;
    return sum - this.counts[CopyState.acking]! - this.counts[CopyState.stored]!;
  }

  /** Copies whose slot is taken. */
  get alive(): number {
    return this.unfinished + this.counts[CopyState.acking]!;
  }

  /** Copies that a consumer holds, or that are on their way to or from one. */
  *unacked(): Iterable<number> {
    for (let copy = 0; copy < this.state.length; copy++)
      if (this.state[copy]! >= CopyState.delivering && this.state[copy]! <= CopyState.rejecting) yield copy;
  }

  /** What a consumer has not settled, in the order of publishing. */
  heldBy({ number, noAck }: { readonly number: number; readonly noAck: boolean }): number[] {
    if (noAck) return [];
    const held = [...this.unacked()].filter((copy) => this.at[copy] === number);
    return held.sort((a, b) => this.sequence[a]! - this.sequence[b]!);
  }

  /** Counts the copies in each state again, slot by slot. */
  audit(): void {
    const recount = new Float64Array(finalFrom);
    for (const state of this.state) recount[state]!++;
    let sum = 0;
    for (let state = 1; state < states; state++) {
      const count = this.counts[state]!;
      sum += count;
      if (count < 0 || (state < finalFrom && count !== recount[state]))
        throw new InvariantError(`${count} copies are counted as ${names[state]}, ${recount[state]} are`);
    }
    if (sum !== this.created) throw new InvariantError(`${this.created} copies came, ${sum} have a state`);
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
