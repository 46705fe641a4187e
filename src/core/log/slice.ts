import { assert } from "../sim/invariant.ts";
import { zero } from "../sim/zero.ts";
import type { GroupPartition } from "./group-partition.ts";

const initialCapacity = 16;

/**
 * The records that `poll()` returned and no handler has taken up, as stretches of one partition each, in the order of
 * `poll()`. `take` puts the next record into `of`, `offset` and `polledAt`.
 */
export class Slice {
  /** The record that was taken last. */
  of: GroupPartition | undefined = undefined;
  offset = zero;
  polledAt = zero;
  /** How many records wait. */
  held = zero;
  private ofs: (GroupPartition | undefined)[] = Array.from({ length: initialCapacity });
  private next = new Float64Array(initialCapacity);
  private ends = new Float64Array(initialCapacity);
  private times = new Float64Array(initialCapacity);
  private first = 0;
  private count = 0;
  private mask = initialCapacity - 1;

  add(of: GroupPartition, from: number, end: number, polledAt: number): void {
    this.put(of, from, end, polledAt);
    this.held += end - from;
  }

  private put(of: GroupPartition, from: number, end: number, polledAt: number): void {
    assert(end > from, "a stretch of records is not empty");
    if (this.count > this.mask) this.grow();
    const at = (this.first + this.count++) & this.mask;
    this.ofs[at] = of;
    this.next[at] = from;
    this.ends[at] = end;
    this.times[at] = polledAt;
  }

  /** The next record that may be taken up; false when there is none. */
  take(): boolean {
    const { first, next } = this;
    if (this.count === 0) return false;
    this.of = this.ofs[first];
    this.offset = next[first]!;
    this.polledAt = this.times[first]!;
    this.held--;
    if (++next[first]! === this.ends[first]!) this.drop();
    return true;
  }

  /** How many stretches wait; `ofAt`, `nextAt` and `endAt` take their numbers, from 0. */
  get stretches(): number {
    return this.count;
  }

  ofAt(stretch: number): GroupPartition {
    return this.ofs[(this.first + stretch) & this.mask]!;
  }

  /** Its first record that was not taken. */
  nextAt(stretch: number): number {
    return this.next[(this.first + stretch) & this.mask]!;
  }

  /** The offset behind its last record. */
  endAt(stretch: number): number {
    return this.ends[(this.first + stretch) & this.mask]!;
  }

  /** A record of this partition and key is not in work any more. */
  released(_of: GroupPartition, _key: number): void {}

  /** The records of the partition from this offset on are gone; returns how many waited here. */
  cut(of: GroupPartition, end: number): number {
    const kept: [GroupPartition, number, number, number][] = [];
    let cut = 0;
    for (; this.count > 0; this.drop()) {
      const at = this.first;
      const next = this.next[at]!;
      const stretchEnd = this.ends[at]!;
      const keptEnd = this.ofs[at] === of ? Math.max(next, Math.min(stretchEnd, end)) : stretchEnd;
      cut += stretchEnd - keptEnd;
      if (keptEnd > next) kept.push([this.ofs[at]!, next, keptEnd, this.times[at]!]);
    }
    for (const stretch of kept) this.put(...stretch);
    this.held -= cut;
    return cut;
  }

  /** The lowest record of the partition that waits here; Infinity when none does. */
  lowest(of: GroupPartition): number {
    let lowest = Infinity;
    for (let i = 0; i < this.count; i++) {
      const at = (this.first + i) & this.mask;
      if (this.ofs[at] === of && this.next[at]! < lowest) lowest = this.next[at]!;
    }
    return lowest;
  }

  /** Offsets of the partition that wait here. */
  offsetsOf(of: GroupPartition): number[] {
    const offsets: number[] = [];
    for (let i = 0; i < this.count; i++) {
      const at = (this.first + i) & this.mask;
      if (this.ofs[at] !== of) continue;
      for (let offset = this.next[at]!; offset < this.ends[at]!; offset++) offsets.push(offset);
    }
    return offsets;
  }

  /** How many records of the partition wait here. */
  countOf(of: GroupPartition): number {
    let count = 0;
    for (let i = 0; i < this.count; i++) {
      const at = (this.first + i) & this.mask;
      if (this.ofs[at] === of) count += this.ends[at]! - this.next[at]!;
    }
    return count;
  }

  private drop(): void {
    this.ofs[this.first] = undefined;
    this.first = (this.first + 1) & this.mask;
    this.count--;
  }

  private grow(): void {
    const { ofs, next, ends, times, first, count, mask } = this;
    const capacity = 2 * (mask + 1);
    this.ofs = Array.from({ length: capacity });
    this.next = new Float64Array(capacity);
    this.ends = new Float64Array(capacity);
    this.times = new Float64Array(capacity);
    for (let i = 0; i < count; i++) {
      const at = (first + i) & mask;
      this.ofs[i] = ofs[at];
      this.next[i] = next[at]!;
      this.ends[i] = ends[at]!;
      this.times[i] = times[at]!;
    }
    this.first = 0;
    this.mask = capacity - 1;
  }
}
