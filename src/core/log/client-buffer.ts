import type { Commits } from "./commits.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { Slice } from "./slice.ts";

/** What a client has fetched and `poll()` has not returned: its partitions, in the order in which their records came. */
export class ClientBuffer {
  /** Of the records that were collected last, those that a member of the group has had before. */
  again = 0;
  /** Inside the window, those that were tried again included. */
  delivered = 0;
  private first: GroupPartition | undefined = undefined;
  private last: GroupPartition | undefined = undefined;
  private readonly windowFrom: number;

  constructor(windowFrom: number) {
    this.windowFrom = windowFrom;
  }

  get holdsAny(): boolean {
    return this.first !== undefined;
  }

  /** Records of the partition are in the buffer. */
  enter(of: GroupPartition): void {
    of.followingBuffered = undefined;
    if (this.last === undefined) this.first = of;
    else this.last.followingBuffered = of;
    this.last = of;
  }

  /** The member gives the partition up. */
  withdraw(of: GroupPartition): void {
    let before: GroupPartition | undefined;
    let one = this.first;
    for (; one !== undefined && one !== of; one = one.followingBuffered) before = one;
    if (one === undefined) return;
    if (before === undefined) this.first = of.followingBuffered;
    else before.followingBuffered = of.followingBuffered;
    if (this.last === of) this.last = before;
  }

  /** Moves at most so many records into the slice that `poll()` returns; answers how many. */
  collect(room: number, slice: Slice, now: number, commits: Commits): number {
    let taken = 0;
    for (let of = this.first; of !== undefined && taken < room; of = this.first) {
      const got = of.view.sparse
        ? this.takeHeld(of, room - taken, slice, now)
        : this.take(of, Math.min(room - taken, of.buffered), slice, now);
      if (got > 0) commits.returned(of);
      else commits.moved(of);
      taken += got;
      if (of.buffered > 0) break;
      if (of.session !== undefined) of.session.buffered--;
      this.first = of.followingBuffered;
      if (this.first === undefined) this.last = undefined;
    }
    return taken;
  }

  private take(of: GroupPartition, count: number, slice: Slice, now: number): number {
    slice.add(of, of.position, of.position + count, now);
    this.count(of, count, now);
    if (of.position < of.reached) this.again += Math.min(count, of.reached - of.position);
    of.position += count;
    if (of.position > of.reached) of.reached = of.position;
    of.held += count;
    return count;
  }

  count(of: GroupPartition, records: number, now: number): void {
    if (now < this.windowFrom) return;
    of.delivered += records;
    this.delivered += records;
  }

  /** As `take`, where some offsets have no record any more: what lies between records is passed over. */
  private takeHeld(of: GroupPartition, room: number, slice: Slice, now: number): number {
    const { view } = of;
    let taken = 0;
    while (taken < room && of.buffered > 0) {
      of.passOver(Math.min(view.nextHeld(of.position), of.fetched));
      let count = 0;
      while (count < Math.min(room - taken, of.buffered) && view.holds(of.position + count)) count++;
      if (count > 0) taken += this.take(of, count, slice, now);
    }
    return taken;
  }
}
