import { widened, type Messages } from "../sim/messages.ts";
import { batchOverhead } from "./record-size.ts";

const initialCapacity = 256;

/** How a broker answers for a batch, by Kafka's names. All but `ok` and the last two may be tried again. */
export const Outcome = {
  ok: 0,
  notLeaderOrFollower: 1,
  notEnoughReplicas: 2,
  outOfOrderSequence: 3,
  networkException: 4,
  requestTimedOut: 5,
  /** Its transactional producer has been fenced: it cannot be tried again. */
  invalidProducerEpoch: 6,
  /** Larger than `max.message.bytes`: it is tried again in parts, or not at all. */
  messageTooLarge: 7,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** Where a produce request is. */
export const RequestState = {
  /** On its way, or at the broker: an event of it is to come. */
  underWay: 0,
  /** At the leader, which waits for replicas. */
  waits: 1,
  /** Nobody has it any more, and its client does not know. */
  dropped: 2,
  /** Its answer is on its way. */
  answered: 3,
  /** Its client does not wait for it any more; an event of it is to come. */
  given: 4,
} as const;

/**
 * Record batches on their way from a producer's accumulator to the leader and back, as a struct of arrays: the records
 * are a list of messages, so a batch moves as one. A produce request is a list of batches of different partitions.
 */
export class Batches {
  /** First and last message; −1 while empty. */
  head = new Int32Array(initialCapacity);
  tail = new Int32Array(initialCapacity);
  count = new Int32Array(initialCapacity);
  bytes = new Int32Array(initialCapacity);
  /** By what the bytes of its records count until it is closed: 1 where its client does not compress. */
  factor = new Float64Array(initialCapacity);
  /** What `bytes` was before it was compressed; 0 where it is not. */
  content = new Int32Array(initialCapacity);
  /** What it takes of its client's `buffer.memory`. */
  memory = new Int32Array(initialCapacity);
  /** The accumulator that filled it. */
  accumulator = new Int32Array(initialCapacity);
  /** Next batch of the same accumulator, then of the same request; −1 ends the list. */
  next = new Int32Array(initialCapacity);
  /** First batch of the request that it is in. */
  request = new Int32Array(initialCapacity);
  /** At the first batch of a request: how many of its batches wait for the replicas. */
  awaiting = new Int32Array(initialCapacity);
  /** The next that waits for the same replicas. */
  nextWaiting = new Int32Array(initialCapacity);
  /** The broker did not append it. */
  refused = new Uint8Array(initialCapacity);
  /** At the first batch of a request: the connection that it uses, where it is, how many of its batches failed, when it was sent. */
  connection = new Int32Array(initialCapacity);
  state = new Uint8Array(initialCapacity);
  failed = new Int32Array(initialCapacity);
  sentAt = new Float64Array(initialCapacity);
  /** How the broker answered for it. */
  outcome = new Uint8Array(initialCapacity);
  /** How often it was sent in vain. */
  attempts = new Int32Array(initialCapacity);
  /** When it was opened, ns. */
  openedAt = new Float64Array(initialCapacity);
  /** Its place among all that its accumulator ever sent, in records; −1 before it is sent. */
  sequence = new Float64Array(initialCapacity);
  /** Where a log has it: its first offset, the batches up to it, how often that log had been cut; −1 where none has. */
  placed = new Float64Array(initialCapacity);
  placedEnd = new Int32Array(initialCapacity);
  placedCuts = new Int32Array(initialCapacity);
  private used = 0;
  private free = -1;

  open(accumulator: number, overhead: number, now: number, factor = 1): number {
    const batch = this.take();
    this.factor[batch] = factor;
    this.content[batch] = 0;
    this.head[batch] = -1;
    this.tail[batch] = -1;
    this.count[batch] = 0;
    this.bytes[batch] = overhead;
    this.memory[batch] = 0;
    this.accumulator[batch] = accumulator;
    this.next[batch] = -1;
    this.refused[batch] = 0;
    this.attempts[batch] = 0;
    this.openedAt[batch] = now;
    this.sequence[batch] = -1;
    this.placed[batch] = -1;
    this.outcome[batch] = Outcome.ok;
    return batch;
  }

  /**
   * The batch gives its records to another slot and stays behind alone as a mark: an event that names it is still to
   * come. Returns the other slot.
   */
  leaveMark(batch: number): number {
    const to = this.twin(batch);
    this.head[batch] = this.tail[batch] = this.next[batch] = -1;
    this.count[batch] = 0;
    this.state[batch] = RequestState.given;
    return to;
  }

  /** Another slot with the same batch in it. */
  twin(batch: number): number {
    const to = this.take();
    this.head[to] = this.head[batch]!;
    this.tail[to] = this.tail[batch]!;
    this.count[to] = this.count[batch]!;
    this.bytes[to] = this.bytes[batch]!;
    this.factor[to] = this.factor[batch]!;
    this.content[to] = this.content[batch]!;
    this.memory[to] = this.memory[batch]!;
    this.accumulator[to] = this.accumulator[batch]!;
    this.next[to] = this.next[batch]!;
    this.attempts[to] = this.attempts[batch]!;
    this.openedAt[to] = this.openedAt[batch]!;
    this.sequence[to] = this.sequence[batch]!;
    this.placed[to] = this.placed[batch]!;
    this.placedEnd[to] = this.placedEnd[batch]!;
    this.placedCuts[to] = this.placedCuts[batch]!;
    this.outcome[to] = this.outcome[batch]!;
    return to;
  }

  /** A record joins the batch at its end. */
  add(batch: number, message: number, bytes: number, messages: Messages): void {
    if (this.head[batch]! < 0) this.head[batch] = message;
    else messages.next[this.tail[batch]!] = message;
    this.tail[batch] = message;
    messages.next[message] = -1;
    this.count[batch]!++;
    this.bytes[batch]! += bytes;
  }

  /** What its client takes it for: its bytes, or what it expects of them once it is compressed. */
  estimated(batch: number): number {
    const bytes = this.bytes[batch]!;
    const factor = this.factor[batch]!;
    if (factor === 1 || this.content[batch]! > 0) return bytes;
    return batchOverhead + Math.floor((bytes - batchOverhead) * factor);
  }

  release(batch: number): void {
    this.next[batch] = this.free;
    this.free = batch;
  }

  private take(): number {
    const batch = this.free;
    if (batch >= 0) {
      this.free = this.next[batch]!;
      return batch;
    }
    if (this.used === this.head.length) this.grow();
    return this.used++;
  }

  private grow(): void {
    const capacity = 2 * this.head.length;
    this.head = widened(new Int32Array(capacity), this.head);
    this.tail = widened(new Int32Array(capacity), this.tail);
    this.refused = widened(new Uint8Array(capacity), this.refused);
    this.count = widened(new Int32Array(capacity), this.count);
    this.bytes = widened(new Int32Array(capacity), this.bytes);
    this.factor = widened(new Float64Array(capacity), this.factor);
    this.content = widened(new Int32Array(capacity), this.content);
    this.memory = widened(new Int32Array(capacity), this.memory);
    this.accumulator = widened(new Int32Array(capacity), this.accumulator);
    this.next = widened(new Int32Array(capacity), this.next);
    this.request = widened(new Int32Array(capacity), this.request);
    this.awaiting = widened(new Int32Array(capacity), this.awaiting);
    this.nextWaiting = widened(new Int32Array(capacity), this.nextWaiting);
    this.connection = widened(new Int32Array(capacity), this.connection);
    this.state = widened(new Uint8Array(capacity), this.state);
    this.failed = widened(new Int32Array(capacity), this.failed);
    this.sentAt = widened(new Float64Array(capacity), this.sentAt);
    this.outcome = widened(new Uint8Array(capacity), this.outcome);
    this.attempts = widened(new Int32Array(capacity), this.attempts);
    this.openedAt = widened(new Float64Array(capacity), this.openedAt);
    this.sequence = widened(new Float64Array(capacity), this.sequence);
    this.placed = widened(new Float64Array(capacity), this.placed);
    this.placedEnd = widened(new Int32Array(capacity), this.placedEnd);
    this.placedCuts = widened(new Int32Array(capacity), this.placedCuts);
  }
}
