/** What a share group makes of a record. (KIP-932; `acknowledging`: the share coordinator is being told) */
export const RecordState = {
  available: 0,
  acquired: 1,
  acknowledging: 2,
  acknowledged: 3,
  archived: 4,
} as const;
export type RecordState = (typeof RecordState)[keyof typeof RecordState];

const initialCapacity = 64;

/**
 * The records of a partition that a share group has acquired at least once and not all done with, a ring of columns:
 * offsets [base, end). `at` turns an offset into a place of the columns, which are replaced when the ring grows.
 */
export class ShareWindow {
  base: number;
  end: number;
  state = new Uint8Array(initialCapacity);
  deliveries = new Uint16Array(initialCapacity);
  /** How many members have it, in a buffer or in work. */
  hands = new Uint16Array(initialCapacity);
  /** A `poll()` has returned it. */
  polled = new Uint8Array(initialCapacity);
  /** It has its final state for the group: finished, or dropped, lost or expired. */
  settled = new Uint8Array(initialCapacity);
  /** The acquisition that holds it, and the session that made it. */
  lock = new Int32Array(initialCapacity);
  holder = new Int32Array(initialCapacity);
  private mask = initialCapacity - 1;

  constructor(start: number) {
    this.base = this.end = start;
  }

  at(offset: number): number {
    return offset & this.mask;
  }

  has(offset: number): boolean {
    return offset >= this.base && offset < this.end;
  }

  /** Takes in offsets up to `end`; each is to be given a state. */
  open(end: number): void {
    while (end - this.base > this.mask + 1) this.grow();
    for (let offset = this.end; offset < end; offset++) {
      const at = offset & this.mask;
      this.deliveries[at] = this.hands[at] = this.polled[at] = this.settled[at] = 0;
      this.lock[at] = this.holder[at] = -1;
    }
    this.end = end;
  }

  private grow(): void {
    const capacity = 2 * (this.mask + 1);
    const { base, end, mask } = this;
    const moved = <T extends Uint8Array | Uint16Array | Int32Array>(from: T, to: T): T => {
      for (let offset = base; offset < end; offset++) to[offset & (capacity - 1)] = from[offset & mask]!;
      return to;
    };
    this.state = moved(this.state, new Uint8Array(capacity));
    this.deliveries = moved(this.deliveries, new Uint16Array(capacity));
    this.hands = moved(this.hands, new Uint16Array(capacity));
    this.polled = moved(this.polled, new Uint8Array(capacity));
    this.settled = moved(this.settled, new Uint8Array(capacity));
    this.lock = moved(this.lock, new Int32Array(capacity));
    this.holder = moved(this.holder, new Int32Array(capacity));
    this.mask = capacity - 1;
  }
}
