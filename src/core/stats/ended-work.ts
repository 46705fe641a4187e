import { zero } from "../sim/zero.ts";

const columnsFrom = 8;

/** Deliveries that one instance has finished in a row, in the order of their ends, a column each. Times in ns. */
export class EndedWork {
  count = 0;
  /** When the first of their messages was sent; meaningless without one. */
  earliest = zero;
  readonly endedAt: Float64Array;
  readonly takenUpAt: Float64Array;
  readonly deliveredAt: Float64Array;
  readonly sentAt: Float64Array;

  constructor(capacity: number) {
    this.endedAt = new Float64Array(capacity);
    this.takenUpAt = new Float64Array(capacity);
    this.deliveredAt = new Float64Array(capacity);
    this.sentAt = new Float64Array(capacity);
  }

  add(endedAt: number, takenUpAt: number, deliveredAt: number, sentAt: number): void {
    const at = this.count++;
    this.endedAt[at] = endedAt;
    this.takenUpAt[at] = takenUpAt;
    this.deliveredAt[at] = deliveredAt;
    this.sentAt[at] = sentAt;
    if (at === 0 || sentAt < this.earliest) this.earliest = sentAt;
  }

  /** Whether all of it lies in [from, to), and is so much that it is sooner counted a column at a time. */
  inColumns(from: number, to: number): boolean {
    return this.count >= columnsFrom && this.earliest >= from && this.endedAt[this.count - 1]! < to;
  }
}
