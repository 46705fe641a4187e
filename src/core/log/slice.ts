import type { GroupPartition } from "./group-partition.ts";

/** A stretch of records of one partition that `poll()` returned at one time. */
interface Range {
  readonly of: GroupPartition;
  next: number;
  readonly end: number;
  readonly polledAt: number;
}

/** A record that waits because its key is in work, where order is kept by key. */
interface Deferred {
  readonly of: GroupPartition;
  readonly offset: number;
  readonly key: number;
  readonly polledAt: number;
}

/** The records that `poll()` returned and no handler has taken up. */
export class Slice {
  /** The record that was taken last. */
  of: GroupPartition | undefined;
  offset = 0;
  polledAt = 0;
  held = 0;
  private readonly ranges: Range[] = [];
  private readonly deferred: Deferred[] = [];

  add(of: GroupPartition, from: number, end: number, polledAt: number): void {
    this.ranges.push({ of, next: from, end, polledAt });
    this.held += end - from;
  }

  /** The next record in the order of `poll()`. */
  takeNext(): boolean {
    return this.ranges.length > 0 && this.takeFrom(0);
  }

  /** The next record of a partition of which none is in work. */
  takeOfIdlePartition(): boolean {
    for (let i = 0; i < this.ranges.length; i++) if (!this.ranges[i]!.of.busy) return this.takeFrom(i);
    return false;
  }

  /** The next record whose key is not in work; those passed over keep their turn. */
  takeOfIdleKey(inWork: (of: GroupPartition, key: number) => boolean): boolean {
    const { deferred } = this;
    for (let i = 0; i < deferred.length; i++) {
      const record = deferred[i]!;
      if (inWork(record.of, record.key)) continue;
      deferred.splice(i, 1);
      this.take(record.of, record.offset, record.polledAt);
      return true;
    }
    while (this.takeNext()) {
      const { of, offset, polledAt } = this;
      const key = of!.partition.log.key[of!.partition.log.at(offset)]!;
      if (!inWork(of!, key)) return true;
      deferred.push({ of: of!, offset, key, polledAt });
      this.held++;
    }
    return false;
  }

  /** The lowest record of the partition that waits here; Infinity when none does. */
  lowest(of: GroupPartition): number {
    let lowest = Infinity;
    for (const range of this.ranges) if (range.of === of && range.next < lowest) lowest = range.next;
    for (const record of this.deferred)
      if (record.of === of && record.offset < lowest) lowest = record.offset;
    return lowest;
  }

  /** How many records of the partition wait here. */
  countOf(of: GroupPartition): number {
    let count = 0;
    for (const range of this.ranges) if (range.of === of) count += range.end - range.next;
    for (const record of this.deferred) if (record.of === of) count++;
    return count;
  }

  private takeFrom(at: number): boolean {
    const range = this.ranges[at]!;
    this.take(range.of, range.next++, range.polledAt);
    if (range.next === range.end) this.ranges.splice(at, 1);
    return true;
  }

  private take(of: GroupPartition, offset: number, polledAt: number): void {
    this.of = of;
    this.offset = offset;
    this.polledAt = polledAt;
    this.held--;
  }
}
