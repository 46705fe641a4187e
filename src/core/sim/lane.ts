import { InvariantError } from "./invariant.ts";

const initialCapacity = 16;

/**
 * Events whose times never decrease, such as those of one constant delay: a ring that grows by doubling.
 * Only its head competes with other events, so a lane costs the same with ten events or a million.
 */
export class Lane {
  /** Where the event list keeps the head of this lane. */
  readonly slot: number;
  length = 0;
  private first = 0;
  private mask = initialCapacity - 1;
  /** Pairs of time and rank, as in the heap. */
  private order = new Float64Array(2 * initialCapacity);
  /** Triples of kind, a and b. */
  private payload = new Int32Array(3 * initialCapacity);

  constructor(slot: number) {
    this.slot = slot;
  }

  push(time: number, rank: number, kind: number, a: number, b: number): void {
    if (this.length > this.mask) this.grow();
    const { mask, first, length, order, payload } = this;
    if (length > 0 && !(time >= order[2 * ((first + length - 1) & mask)]!))
      throw new InvariantError("a lane takes its events in the order of their times");
    const at = (first + length) & mask;
    order[2 * at] = time;
    order[2 * at + 1] = rank;
    payload[3 * at] = kind;
    payload[3 * at + 1] = a;
    payload[3 * at + 2] = b;
    this.length = length + 1;
  }

  get headTime(): number {
    return this.order[2 * this.first]!;
  }

  get headRank(): number {
    return this.order[2 * this.first + 1]!;
  }

  get headKind(): number {
    return this.payload[3 * this.first]!;
  }

  get headA(): number {
    return this.payload[3 * this.first + 1]!;
  }

  get headB(): number {
    return this.payload[3 * this.first + 2]!;
  }

  dropHead(): void {
    this.first = (this.first + 1) & this.mask;
    this.length--;
  }

  private grow(): void {
    const capacity = this.mask + 1;
    const order = new Float64Array(4 * capacity);
    const payload = new Int32Array(6 * capacity);
    order.set(this.order.subarray(2 * this.first));
    order.set(this.order.subarray(0, 2 * this.first), 2 * (capacity - this.first));
    payload.set(this.payload.subarray(3 * this.first));
    payload.set(this.payload.subarray(0, 3 * this.first), 3 * (capacity - this.first));
    this.order = order;
    this.payload = payload;
    this.first = 0;
    this.mask = 2 * capacity - 1;
  }
}
