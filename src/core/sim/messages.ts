const initialCapacity = 1024;

/** Key id of a message without a key. */
export const noKey = -1;

/**
 * The messages that live outside a partition log, as a struct of arrays: 28 bytes each. A message is a slot number;
 * `release` gives the slot to the next message. Columns are replaced when the pool grows: read them through the pool.
 */
export class Messages {
  /** When the application meant to send it, ns: time blocked in the client counts as its latency. */
  sentAt = new Float64Array(initialCapacity);
  /** Number in the run, from 0. */
  id = new Int32Array(initialCapacity);
  /** Key id (`Keys`), or `noKey`. */
  key = new Int32Array(initialCapacity);
  /** Bytes of the value. */
  bytes = new Int32Array(initialCapacity);
  /** Index into the routing keys of its source. */
  routing = new Int32Array(initialCapacity);
  /** For the list of whoever owns the message now; −1 ends it. Free slots are linked by it too. */
  next = new Int32Array(initialCapacity);
  /** The flow instance that sent it. */
  source = new Uint16Array(initialCapacity);

  live = 0;
  peak = 0;
  private used = 0;
  private free = -1;

  allocate(): number {
    if (++this.live > this.peak) this.peak = this.live;
    const slot = this.free;
    if (slot >= 0) {
      this.free = this.next[slot]!;
      return slot;
    }
    if (this.used === this.sentAt.length) this.grow();
    return this.used++;
  }

  release(message: number): void {
    this.live--;
    this.next[message] = this.free;
    this.free = message;
  }

  /** Releases a list of so many messages. */
  releaseList(head: number, tail: number, count: number): void {
    this.live -= count;
    this.next[tail] = this.free;
    this.free = head;
  }

  private grow(): void {
    const capacity = 2 * this.sentAt.length;
    this.sentAt = widened(new Float64Array(capacity), this.sentAt);
    this.id = widened(new Int32Array(capacity), this.id);
    this.key = widened(new Int32Array(capacity), this.key);
    this.bytes = widened(new Int32Array(capacity), this.bytes);
    this.routing = widened(new Int32Array(capacity), this.routing);
    this.next = widened(new Int32Array(capacity), this.next);
    this.source = widened(new Uint16Array(capacity), this.source);
  }
}

/** Copies a column into its larger successor. */
export function widened<T extends Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array>(
  to: T,
  from: T,
): T {
  to.set(from);
  return to;
}
