import { assert } from "../sim/invariant.ts";
import type { Copies } from "./copies.ts";

/** The ready copies of a queue, in the order in which they go out. */
export interface Ready extends Iterable<number> {
  readonly size: number;
  /** A copy that was just published. */
  push(copy: number): void;
  /** The front copy; −1 when there is none. */
  peek(): number;
  /** Takes the front copy out; there must be one. */
  take(): number;
  /** A copy that was taken is ready again. */
  putBack(copy: number): void;
}

/**
 * The ready copies of a classic queue in the order of publishing. Copies leave at the front, so all that were ever
 * delivered come before all that never were: what returns takes its original place in a heap of its own, in front.
 */
export class ReadyOrder implements Ready {
  size = 0;
  private readonly copies: Copies;
  /** Never delivered, linked by `next`. */
  private first = -1;
  private last = -1;
  /** A binary heap by sequence. */
  private returned = new Int32Array(16);
  private returnedSize = 0;

  constructor(copies: Copies) {
    this.copies = copies;
  }

  /** A copy that was just published, later than all others. */
  push(copy: number): void {
    this.size++;
    const { next } = this.copies.messages;
    next[copy] = -1;
    if (this.first < 0) this.first = copy;
    else next[this.last] = copy;
    this.last = copy;
  }

  /** The front copy; there must be one. */
  take(): number {
    assert(this.size > 0, "a copy is taken from a queue that has one");
    this.size--;
    if (this.returnedSize > 0) return this.takeReturned();
    const copy = this.first;
    this.first = this.copies.messages.next[copy]!;
    return copy;
  }

  /** The front copy; −1 when there is none. */
  peek(): number {
    return this.returnedSize > 0 ? this.returned[0]! : this.first;
  }

  /** A copy that was taken is ready again, at its original place. */
  putBack(copy: number): void {
    const { sequence } = this.copies;
    assert(
      this.first < 0 || sequence[copy]! < sequence[this.first]!,
      "what returns was in front of what waits",
    );
    this.size++;
    let at = this.returnedSize++;
    if (at === this.returned.length) {
      const larger = new Int32Array(2 * at);
      larger.set(this.returned);
      this.returned = larger;
    }
    const { returned } = this;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (sequence[returned[parent]!]! < sequence[copy]!) break;
      returned[at] = returned[parent]!;
      at = parent;
    }
    returned[at] = copy;
  }

  /** All copies from the front on. */
  *[Symbol.iterator](): Iterable<number> & Iterator<number> {
    const { sequence, messages } = this.copies;
    yield* [...this.returned.subarray(0, this.returnedSize)].sort((a, b) => sequence[a]! - sequence[b]!);
    for (let copy = this.first; copy >= 0; copy = messages.next[copy]!) yield copy;
  }

  private takeReturned(): number {
    const { returned } = this;
    const { sequence } = this.copies;
    const front = returned[0]!;
    const size = --this.returnedSize;
    const copy = returned[size]!;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && sequence[returned[child + 1]!]! < sequence[returned[child]!]!) child++;
      if (sequence[copy]! < sequence[returned[child]!]!) break;
      returned[at] = returned[child]!;
      at = child;
    }
    returned[at] = copy;
    return front;
  }
}
