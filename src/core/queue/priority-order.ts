import { assert } from "../sim/invariant.ts";
import type { Copies } from "./copies.ts";
import { widened } from "../sim/messages.ts";
import type { Ready } from "./ready-order.ts";

/**
 * The ready copies of a priority queue: the highest priority first, in the order of publishing inside it. What returns
 * takes its original place. A binary heap.
 */
export class PriorityOrder implements Ready {
  size = 0;
  private readonly copies: Copies;
  private readonly priorityOf: (copy: number) => number;
  private heap = new Int32Array(16);
  /** By place in the heap. */
  private priorities = new Uint8Array(16);

  /** A copy's priority, 0 to 255; the same one however often it is asked for. */
  constructor(copies: Copies, priorityOf: (copy: number) => number) {
    this.copies = copies;
    this.priorityOf = priorityOf;
  }

  push(copy: number): void {
    this.putBack(copy);
  }

  putBack(copy: number): void {
    if (this.size === this.heap.length) {
      this.heap = widened(new Int32Array(2 * this.size), this.heap);
      this.priorities = widened(new Uint8Array(2 * this.size), this.priorities);
    }
    const priority = this.priorityOf(copy);
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.goesBefore(copy, priority, parent)) break;
      this.place(at, this.heap[parent]!, this.priorities[parent]!);
      at = parent;
    }
    this.place(at, copy, priority);
  }

  peek(): number {
    return this.size === 0 ? -1 : this.heap[0]!;
  }

  take(): number {
    assert(this.size > 0, "a copy is taken from a queue that has one");
    const front = this.heap[0]!;
    const size = --this.size;
    const copy = this.heap[size]!;
    const priority = this.priorities[size]!;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.goesBefore(this.heap[child + 1]!, this.priorities[child + 1]!, child))
        child++;
      if (this.goesBefore(copy, priority, child)) break;
      this.place(at, this.heap[child]!, this.priorities[child]!);
      at = child;
    }
    this.place(at, copy, priority);
    return front;
  }

  /** All copies from the front on. */
  *[Symbol.iterator](): Iterable<number> & Iterator<number> {
    const { sequence } = this.copies;
    const places = Array.from({ length: this.size }, (_, place) => place);
    const before = (a: number, b: number): number =>
      this.priorities[b]! - this.priorities[a]! || sequence[this.heap[a]!]! - sequence[this.heap[b]!]!;
    for (const place of places.sort(before)) yield this.heap[place]!;
  }

  private goesBefore(copy: number, priority: number, place: number): boolean {
    const other = this.priorities[place]!;
    const { sequence } = this.copies;
    return priority > other || (priority === other && sequence[copy]! < sequence[this.heap[place]!]!);
  }

  private place(at: number, copy: number, priority: number): void {
    this.heap[at] = copy;
    this.priorities[at] = priority;
  }
}

/** Of deliveries that are rejected together those of the highest priority die first. (`rabbit_priority_queue:ackfold`) */
export function inOrderOfDeath(
  copies: readonly number[],
  priorityOf: (copy: number) => number,
): readonly number[] {
  return copies.toSorted((a, b) => priorityOf(b) - priorityOf(a));
}
