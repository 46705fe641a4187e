import { widened } from "../sim/messages.ts";

const initialCapacity = 64;

/** The handlers at work in all consumer instances, a column each. */
export class Handlers {
  busy = 0;
  /** −1 for a free handle. */
  copy = new Int32Array(initialCapacity).fill(-1);
  /** The consumer instance; free handles are linked by it. */
  consumer = new Int32Array(initialCapacity);
  /** When the copy reached the consumer, ns. */
  receivedAt = new Float64Array(initialCapacity);
  takenUpAt = new Float64Array(initialCapacity);
  /** Since when it waits: for the outcome of what was sent on, or for a further attempt; NaN while it works. */
  waitsSince = new Float64Array(initialCapacity);
  /** Attempts that have failed. */
  failed = new Uint8Array(initialCapacity);
  /** Counts the works that were broken off: the event of an older one is void. */
  generation = new Int32Array(initialCapacity);
  private used = 0;
  private free = -1;

  takeUp(copy: number, consumer: number, receivedAt: number, now: number): number {
    this.busy++;
    let handler = this.free;
    if (handler >= 0) this.free = this.consumer[handler]!;
    else {
      if (this.used === this.copy.length) this.grow();
      handler = this.used++;
    }
    this.copy[handler] = copy;
    this.consumer[handler] = consumer;
    this.receivedAt[handler] = receivedAt;
    this.worksFrom(handler, now);
    this.failed[handler] = 0;
    return handler;
  }

  worksFrom(handler: number, now: number): void {
    this.takenUpAt[handler] = now;
    this.waitsSince[handler] = NaN;
  }

  release(handler: number): void {
    this.busy--;
    this.copy[handler] = -1;
    this.consumer[handler] = this.free;
    this.free = handler;
  }

  /** Its work will not come to its end. */
  breakOff(handler: number): void {
    this.generation[handler]!++;
    this.release(handler);
  }

  /** The handlers at work. */
  *[Symbol.iterator](): Iterable<number> & Iterator<number> {
    for (let handler = 0; handler < this.used; handler++) if (this.copy[handler]! >= 0) yield handler;
  }

  private grow(): void {
    const capacity = 2 * this.copy.length;
    this.copy = widened(new Int32Array(capacity).fill(-1), this.copy);
    this.consumer = widened(new Int32Array(capacity), this.consumer);
    this.receivedAt = widened(new Float64Array(capacity), this.receivedAt);
    this.takenUpAt = widened(new Float64Array(capacity), this.takenUpAt);
    this.waitsSince = widened(new Float64Array(capacity), this.waitsSince);
    this.failed = widened(new Uint8Array(capacity), this.failed);
    this.generation = widened(new Int32Array(capacity), this.generation);
  }
}
