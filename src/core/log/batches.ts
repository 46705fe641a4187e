import { widened, type Messages } from "../sim/messages.ts";

const initialCapacity = 256;

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
  /** The accumulator that filled it. */
  accumulator = new Int32Array(initialCapacity);
  /** Next batch of the same accumulator, then of the same request; −1 ends the list. */
  next = new Int32Array(initialCapacity);
  /** First batch of the request that it is in. */
  request = new Int32Array(initialCapacity);
  /** At the first batch of a request: how many of its batches wait for the replicas. */
  awaiting = new Int32Array(initialCapacity);
  /** Where replicas are waited for: the batches that the log holds with this one, and the next that waits there. */
  end = new Int32Array(initialCapacity);
  nextWaiting = new Int32Array(initialCapacity);
  /** The broker did not append it. */
  refused = new Uint8Array(initialCapacity);
  private used = 0;
  private free = -1;

  open(accumulator: number, overhead: number): number {
    const batch = this.take();
    this.head[batch] = -1;
    this.tail[batch] = -1;
    this.count[batch] = 0;
    this.bytes[batch] = overhead;
    this.accumulator[batch] = accumulator;
    this.next[batch] = -1;
    this.refused[batch] = 0;
    return batch;
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
    this.accumulator = widened(new Int32Array(capacity), this.accumulator);
    this.next = widened(new Int32Array(capacity), this.next);
    this.request = widened(new Int32Array(capacity), this.request);
    this.awaiting = widened(new Int32Array(capacity), this.awaiting);
    this.end = widened(new Int32Array(capacity), this.end);
    this.nextWaiting = widened(new Int32Array(capacity), this.nextWaiting);
  }
}
