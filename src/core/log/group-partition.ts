import { LevelSeries } from "../stats/series.ts";
import type { FetchSession } from "./fetch-session.ts";
import type { Group } from "./group.ts";
import type { Partition } from "./partition.ts";

/** Its lag is summed up, not drawn: the group's is. */
const lagBuckets = 2;

/** What a group knows of one partition: committed ≤ position ≤ fetched ≤ log end. All are offsets. */
export class GroupPartition {
  readonly partition: Partition;
  readonly group: Group;
  /** Undefined while nobody fetches it. */
  session: FetchSession | undefined;
  /** Where the group began to read. */
  readonly start: number;
  committed: number;
  /** Next record that `poll()` returns. */
  position: number;
  /** End of the client's buffer: the next fetch asks from here. */
  fetched: number;
  /** End of the answer that is on its way. */
  arriving: number;
  /** The batch that the next fetch begins with. */
  batch: number;
  /** The offset that a commit on its way carries. */
  committing: number;
  /** The first record that is not settled, or not committed: those before it may be forgotten. */
  needed: number;
  /** Records that `poll()` returned and that are not settled. */
  held = 0;
  /** Unread records that the broker has deleted. The position passes them when the member hears of it. */
  expired = 0;
  passed = 0;
  /** Records that the cleaner took before the position passed them. */
  compacted = 0;
  /** What it asks for next is below the log start, and its session knows. */
  outOfRange = false;
  private expiredTo = 0;
  /** A record of it is in work, where order is kept by partition. */
  busy = false;
  finished = 0;
  skipped = 0;
  /** The position was committed past them, and they never finished. */
  lost = 0;
  /** Failed when their member left, and not committed: others may read them again. */
  givenUp = 0;
  firstGivenUp = Infinity;
  /** Records that `poll()` returned, and that the log lost afterwards. */
  cut = 0;
  readonly lag: LevelSeries;
  /** In the lines of its session and of its member's buffer. */
  unread = false;
  followingUnread: GroupPartition | undefined;
  followingBuffered: GroupPartition | undefined;
  /** What it holds has changed since the last commit. */
  touched = false;

  constructor(partition: Partition, group: Group, start: number, horizon: number, windowFrom: number) {
    this.partition = partition;
    this.group = group;
    this.start = start;
    this.committed = this.position = this.fetched = this.arriving = this.committing = this.needed = start;
    this.batch = partition.log.batchOf(start);
    this.lag = new LevelSeries(horizon, lagBuckets, windowFrom);
  }

  /** The log starts at this offset from now on: what it had not fetched before it never will. */
  expire(logStart: number): void {
    const from = Math.max(this.arriving, this.expiredTo);
    if (logStart <= from) return;
    this.expired += logStart - from;
    this.expiredTo = logStart;
    this.group.expired(logStart - from);
    const { log } = this.partition;
    let bytes = 0;
    for (const end = log.batchOf(logStart); this.batch < end; this.batch++) bytes += log.bytesOf(this.batch);
    this.session?.expired(this, bytes);
  }

  /** The position passes offsets that have no record any more. */
  passOver(next: number): void {
    this.compacted += next - this.position;
    this.passed += next - this.position;
    this.position = next;
  }

  /** Bytes of the batches that it has not fetched and may. */
  get unreadBytes(): number {
    const { log } = this.partition;
    let bytes = 0;
    for (let { batch } = this; batch < log.readableBatches; batch++) bytes += log.bytesOf(batch);
    return bytes;
  }

  /** The stretch of offsets that `poll()` returned and no handler has taken up. */
  get inHand(): (readonly [from: number, to: number])[] {
    const lowest = this.session?.lowestHeld(this) ?? Infinity;
    return lowest < this.position ? [[lowest, this.position]] : [];
  }

  /** The first record that somebody may still read, when all before `open` are settled. */
  neededFrom(open: number): number {
    return Math.min(open, Math.max(this.committed, this.partition.log.logStart));
  }

  get buffered(): number {
    return this.fetched - this.position;
  }

  /** Records that the group has to read, or has read and not settled. */
  get unsettled(): number {
    const { cut, finished, skipped, lost, expired, compacted } = this;
    return this.partition.log.logEnd + cut - this.start - finished - skipped - lost - expired - compacted;
  }

  /** The log ends earlier than it was read. */
  truncate(end: number): void {
    if (this.position > end) {
      this.cut += this.position - end;
      this.position = end;
    }
    this.fetched = Math.min(this.fetched, end);
    this.arriving = Math.min(this.arriving, end);
    this.committed = Math.min(this.committed, end);
    this.committing = Math.min(this.committing, end);
    if (this.needed < Infinity) this.needed = Math.min(this.needed, end);
  }
}
