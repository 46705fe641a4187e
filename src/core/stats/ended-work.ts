import { zero } from "../sim/zero.ts";

/** Few enough that a run can still be cancelled soon. */
const capacity = 64;
/** From so many on they are sooner counted a column at a time. */
const columnsFrom = 8;

/** Deliveries that ended in a first success, in the order of their ends, a column each: they are counted together. Times in ns. */
export class EndedWork {
  count = 0;
  readonly endedAt = new Float64Array(capacity);
  readonly takenUpAt = new Float64Array(capacity);
  readonly deliveredAt = new Float64Array(capacity);
  readonly sentAt = new Float64Array(capacity);
  readonly instance = new Int32Array(capacity);
  /** When the first of their messages was sent, and when the last one ended; meaningless without one. */
  private earliest = zero;
  private last = zero;
  private readonly flush: () => void;

  /** `flush` counts and empties it. */
  constructor(flush: () => void) {
    this.flush = flush;
  }

  add(now: number, instance: number, deliveredAt: number, takenUpAt: number, sentAt: number): void {
    if (this.count > 0 && (this.count === capacity || now < this.last)) this.flush();
    const at = this.count++;
    this.endedAt[at] = this.last = now;
    this.instance[at] = instance;
    this.takenUpAt[at] = takenUpAt;
    this.deliveredAt[at] = deliveredAt;
    this.sentAt[at] = sentAt;
    if (at === 0 || sentAt < this.earliest) this.earliest = sentAt;
  }

  /** Whether all of it lies in [from, to), and is enough to be counted a column at a time. */
  inColumns(from: number, to: number): boolean {
    return this.count >= columnsFrom && this.earliest >= from && this.last < to;
  }
}
