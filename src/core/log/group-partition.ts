import type { StateMark } from "../sim/world.ts";
import { zero } from "../sim/zero.ts";
import { LevelSeries } from "../stats/series.ts";
import type { FetchSession } from "./fetch-session.ts";
import type { Group } from "./group.ts";
import type { Member } from "./member.ts";
import type { MovedKeys } from "./moved-keys.ts";
import type { Partition, PartitionReader } from "./partition.ts";
import type { FollowerRead } from "./replication/follower-read.ts";
import type { LogView } from "./transactions/committed-view.ts";
import { PassedGaps } from "./passed-gaps.ts";
import { stampCleaned, stampDeleted } from "./unread-records.ts";

/** What happens to a record that the position passes, by its offset. */
export type Passing = (offset: number) => void;

/** What a group knows of one partition: committed ≤ position ≤ fetched ≤ log end. All are offsets. */
export class GroupPartition implements PartitionReader {
  /** As Kafka writes it: `topic-partition`. */
  readonly name: string;
  readonly partition: Partition;
  readonly group: Group;
  /** What the group may read of the log. */
  readonly view: LogView;
  /** Offsets of an open transaction may move the committed one: nobody may begin to read meanwhile. */
  pendingCommit = false;
  /** Its reader has its task's state to restore first. */
  restoring = false;
  /** How far its task's state had got with the offset that a commit on its way carries. */
  mark: StateMark | undefined = undefined;
  /** Who reads it, and may commit; undefined while nobody does. */
  owner: Member | undefined = undefined;
  /** Who reads it, or read it last. */
  reader: Member | undefined = undefined;
  /** Since when nobody reads it, ns; NaN while somebody does, or all have left. */
  idleSince = NaN;
  /** Undefined while nobody fetches it. */
  session: FetchSession | undefined = undefined;
  /** Undefined while it is read at its leader. */
  followerRead: FollowerRead | undefined = undefined;
  /** Where the group began to read, or was told to read again. */
  start: number;
  /** Its reader is told to read on from here; NaN when it is not. */
  seekTo = NaN;
  /** The committed offset may be beyond the position: it has been told to read again, and not yet committed. */
  rewound = false;
  /** What is before it and was finished is replayed. */
  replayEnd = 0;
  /** Nothing is committed, and `auto.offset.reset: none` leaves no place to begin. */
  homeless = false;
  /** Records that `poll()` returned, or that were tried again, inside the window. */
  delivered = 0;
  committed: number;
  /** When that was, ns. */
  committedAt = zero;
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
  /** Where they were, as far as that is not committed. */
  private readonly gaps = new PassedGaps();
  /** What it asks for next is below the log start, and its session knows. */
  outOfRange = false;
  private expiredTo = 0;
  finished = 0;
  skipped = 0;
  /** The position was committed past them, and they never finished. */
  lost = 0;
  /** Failed when their member left, and not committed: others may read them again. */
  readonly givenUp = new Set<number>();
  firstGivenUp = Infinity;
  /** Records that `poll()` returned, and that the log lost afterwards. */
  cut = 0;
  /** The end of what any member got so far: what is before it comes again. */
  reached: number;
  /** Settled once, and to be read again, or read again and in hand. */
  readonly repeats = new Set<number>();
  /** In the hands of members that lost the partition, below its position and not settled. */
  readonly strays = new Set<number>();
  /** Those members. */
  strayHolders: readonly Member[] = [];
  readonly lag: LevelSeries;
  /** Among the group's oldest unread messages. */
  readonly place: number;
  /** When the first record was sent that it has not committed, ns; Infinity where there is none. */
  oldest = Infinity;
  /** Their fetches that are under way ask for it, where its reader does not read on from. */
  readonly askedInVain = new Set<FetchSession>();
  /** In the lines of its session and of its member's buffer. */
  unread = false;
  followingUnread: GroupPartition | undefined = undefined;
  followingBuffered: GroupPartition | undefined = undefined;
  /** Undefined where its topic has the partitions that it began with. */
  movedKeys: MovedKeys | undefined = undefined;
  /** What it holds has changed since the last commit. */
  touched = false;

  constructor(
    name: string,
    partition: Partition,
    group: Group,
    start: number,
    horizon: number,
    windowFrom: number,
    lagBuckets = 2,
  ) {
    this.name = name;
    this.partition = partition;
    this.group = group;
    this.view = group.viewOf(partition);
    this.committed =
      this.position =
      this.fetched =
      this.arriving =
      this.committing =
      this.needed =
      this.reached =
      this.start =
        zero + start;
    this.batch = partition.log.batchOf(start);
    this.lag = new LevelSeries(horizon, lagBuckets, windowFrom);
    this.place = group.oldest.enter();
  }

  /** It is behind by so many more records, or fewer. */
  fallsBehind(now: number, records: number): void {
    this.lag.add(now, records);
    this.group.lag.add(now, records);
    // What is unread already is older.
    if (this.oldest === Infinity) this.headChanged(now);
  }

  /** The first record that it has not committed may be another one. */
  headChanged(now: number): void {
    this.oldest = this.group.oldest.set(this.place, this.headSentAt, this.needed === Infinity, now);
  }

  /** As `oldest`, looked up. */
  get headSentAt(): number {
    const { view } = this;
    const { log } = this.partition;
    const head = view.nextHeld(Math.max(this.committed, log.logStart));
    return head < view.highWatermark ? log.sentAt[log.at(head)]! : Infinity;
  }

  wake(): void {
    this.session?.wake();
    if (this.askedInVain.size > 0)
      for (const session of [...this.askedInVain]) if (session !== this.session) session.wake();
  }

  shrunk(bytes: number): void {
    this.session?.shrunk(bytes);
  }

  finishedAt(offset: number): boolean {
    return offset < this.position - this.held;
  }

  /** A member that can be told is: its fetches fail with the new leader's name. (KIP-951) */
  leaderMoved(): void {
    if (this.session?.broker.alive === true) this.session.member.sessions.leaderMoved();
  }

  /** The log starts at this offset from now on: what it had not fetched before it never will. */
  expire(logStart: number): void {
    if (this.owner === undefined) this.review(Math.max(this.position, logStart));
    const from = Math.max(this.arriving, this.expiredTo);
    if (logStart <= from) return;
    this.expireUnread(from, logStart);
    const { log } = this.partition;
    let bytes = 0;
    for (const end = log.batchOf(logStart); this.batch < end; this.batch++) bytes += log.bytesOf(this.batch);
    if (this.followerRead === undefined) this.session?.expired(this, bytes);
    else this.followerRead.outOfRange();
  }

  cleaned(offset: number, id: number): void {
    if (offset >= this.position && !this.repeats.has(offset))
      stampCleaned(this.group, this.partition, offset, id);
  }

  /** Records are deleted that nobody will read; those that were settled once have their final state. */
  private expireUnread(from: number, to: number): void {
    let count = 0;
    for (let offset = from; offset < to; offset++)
      if (!this.repeats.has(offset)) {
        stampDeleted(this.group, this.partition, offset);
        count++;
      }
    this.expired += count;
    this.expiredTo = Math.max(this.expiredTo, to);
    this.group.expired(count);
  }

  /** The position passes offsets that have no record any more. */
  passOver(next: number): void {
    this.gaps.forgetBefore(this.committed);
    for (; this.position < next; this.position++) {
      // Read and settled before it went.
      if (this.repeats.delete(this.position)) continue;
      this.compacted++;
      this.passed++;
      this.gaps.pass(this.position);
    }
  }

  /** Its reader begins at the committed offset, which has moved since it was decided where. */
  catchUp(): void {
    if (this.position >= this.committed) return;
    this.passOver(this.committed);
    this.fetched = this.arriving = this.committing = this.position;
    this.batch = this.partition.log.batchOf(Math.max(this.position, this.partition.log.logStart));
    this.review(this.position);
  }

  /** What a member had in hand, and was to be read again, is deleted: it goes by the topic's rule. */
  deletedInHand(offset: number): void {
    stampDeleted(this.group, this.partition, offset);
    this.passed++;
    this.expired++;
    this.group.expired(1);
  }

  /** The position passes what is deleted; what was fetched of it, and will not be read, is expired as well. */
  private passDeleted(): void {
    for (; this.position < this.partition.log.logStart; this.position++) {
      if (this.repeats.delete(this.position)) continue;
      this.passed++;
      if (this.position >= this.fetched) continue;
      stampDeleted(this.group, this.partition, this.position);
      this.expired++;
      this.group.expired(1);
    }
  }

  /** The position goes on to an offset, and passes records that were never settled. */
  skipTo(to: number, passes?: Passing): void {
    this.passDeleted();
    while (this.position < to)
      if (this.view.holds(this.position)) {
        if (!this.repeats.delete(this.position)) passes?.(this.position);
        this.position++;
      } else this.passOver(this.position + 1);
  }

  /** Takes back the gaps that the position passed from this offset on: they are met again. */
  private reopenGaps(offset: number): Set<number> {
    const met = this.gaps.reopen(offset);
    this.compacted -= met.size;
    this.passed -= met.size;
    return met;
  }

  /** Batches before this one may be read where it is read. */
  get readableBatches(): number {
    const { readableBatches } = this.view;
    return this.followerRead === undefined
      ? readableBatches
      : Math.min(readableBatches, this.followerRead.readableBatches);
  }

  /** Bytes of the batches that it has not fetched and may. */
  get unreadBytes(): number {
    const { log } = this.partition;
    let bytes = 0;
    for (let { batch } = this; batch < this.readableBatches; batch++) bytes += log.bytesOf(batch);
    return bytes;
  }

  /** The stretches of offsets that `poll()` returned and no handler has taken up. */
  get inHand(): (readonly [from: number, to: number])[] {
    // Cut off from its broker it has no session, and its records all the same.
    const own = [this.owner?.slice.lowest(this) ?? Infinity, this.position] as const;
    const strays = this.strayHolders.map((member) => [member.slice.lowest(this), this.reached] as const);
    return [own, ...strays].filter(([from, to]) => from < to);
  }

  /**
   * Its owner gives it up or has lost it, with these records in hand: whoever is next reads on from the committed
   * offset. Some are lost by that: in the hands of a member that is no more, and committed or deleted.
   */
  revert(inHand: readonly number[], alive: boolean, loses: Passing, target = this.committed): void {
    const { position, repeats, givenUp } = this;
    const { log } = this.partition;
    const to = Math.max(target, Math.min(position, log.logStart));
    const settledFrom = Math.max(to, this.start);
    this.start = Math.min(this.start, to);
    this.rewound &&= to < this.committed;
    if (to > position) this.skipTo(to, loses);
    const hand = new Set(inHand);
    const gaps = this.reopenGaps(to);
    for (let offset = settledFrom; offset < position; offset++)
      if (!hand.has(offset) && !givenUp.has(offset) && !gaps.has(offset)) repeats.add(offset);
    for (const offset of givenUp) if (offset < to) loses(offset);
    for (const offset of hand) {
      if (offset >= to || repeats.delete(offset)) continue;
      if (alive) this.strays.add(offset);
      else loses(offset);
    }
    this.held = 0;
    this.touched = false;
    givenUp.clear();
    this.firstGivenUp = Infinity;
    // What was fetched, and deleted since, is fetched by nobody again.
    const gone = Math.min(this.arriving, log.logStart);
    if (gone > to) this.expireUnread(to, gone);
    this.position = this.fetched = this.arriving = this.committing = to;
    this.batch = log.batchOf(Math.max(to, log.logStart));
    this.review(to);
  }

  /** A record in the hands of a member that lost the partition is settled; true when it had not been before. */
  strayEnded(offset: number): boolean {
    if (this.strays.delete(offset)) return true;
    const open =
      offset >= this.position ||
      this.owner?.inHand(this).includes(offset) === true ||
      this.givenUp.has(offset);
    if (!open || this.repeats.has(offset)) return false;
    this.repeats.add(offset);
    return true;
  }

  /** Everything before `open` is settled: what nobody can take up any more may be forgotten. */
  review(open: number): void {
    if (this.needed === Infinity) return;
    const needed = Math.min(open, Math.max(this.committed, this.partition.log.logStart));
    this.needed = this.strayHolders.length > 0 ? Math.min(needed, this.lowestStray()) : needed;
  }

  private lowestStray(): number {
    this.strayHolders = this.strayHolders.filter((member) => member.lowest(this) < Infinity);
    return Math.min(...this.strayHolders.map((member) => member.lowest(this)));
  }

  /** Nobody will read it again. Where the log loses records, the oldest unread one will still be another. */
  letGo(): void {
    if (this.needed === Infinity || this.partition.storage !== undefined) return;
    this.needed = Infinity;
    this.partition.readers--;
    this.partition.forget();
  }

  get buffered(): number {
    return this.fetched - this.position;
  }

  /** Records that the group has to read, or has read and not settled. */
  get unsettled(): number {
    const { cut, finished, skipped, lost, expired, compacted } = this;
    const sent = this.partition.log.logEnd + cut - this.start;
    return sent - finished - skipped - lost - expired - compacted - this.empty;
  }

  /** Offsets ahead that have nothing to read. */
  private get empty(): number {
    const { logStart, logEnd } = this.partition.log;
    const from = Math.max(this.position, logStart);
    return this.view.sparse ? Math.max(logEnd - from, 0) - this.view.count(from, logEnd) : 0;
  }

  /** The log ends earlier than it was read. */
  truncate(end: number): void {
    if (this.position > end) {
      this.cut += this.position - end;
      this.position = end;
    }
    for (const offset of this.strays) if (offset >= end && this.strays.delete(offset)) this.cut--;
    for (const offset of this.givenUp) if (offset >= end && this.givenUp.delete(offset)) this.cut--;
    for (const offset of this.repeats) if (offset >= end && this.repeats.delete(offset)) this.cut++;
    this.gaps.truncate(end);
    this.reached = Math.min(this.reached, end);
    this.fetched = Math.min(this.fetched, end);
    this.arriving = Math.min(this.arriving, end);
    this.committed = Math.min(this.committed, end);
    this.committing = Math.min(this.committing, end);
    if (this.needed < Infinity) this.needed = Math.min(this.needed, end);
  }
}
