import { Station } from "../../stats/trace.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { Partition, PartitionReader } from "../partition.ts";
import { Acknowledge } from "./acknowledgements.ts";
import type { AcquiredRuns } from "./acquired-runs.ts";
import type { ShareGroup } from "./share-group.ts";
import { ShareRecords } from "./share-records.ts";
import type { ShareSession } from "./share-session.ts";
import { RecordState } from "./share-window.ts";

/** What one fetch acquired, and until when. */
interface Lock {
  readonly number: number;
  readonly from: number;
  readonly end: number;
  readonly due: number;
}

/**
 * A share group's part of a partition, at the partition's leader: records are available, acquired by a member for a
 * time, and acknowledged or archived, one by one; several members have records of it at a time. (SharePartition)
 */
export class SharePartition implements PartitionReader {
  /** As Kafka writes it: `topic-partition`. */
  readonly name: string;
  readonly number: number;
  readonly partition: Partition;
  readonly group: ShareGroup;
  readonly records: ShareRecords;
  /** Where the group began to read. */
  readonly start: number;
  /** Sessions that fetch it. */
  readers = 0;
  /** Since when nobody does, ns; NaN while somebody does, or all have left. */
  idleSince = NaN;
  /** Bytes and batches that the last `acquire` took along. */
  takenBytes = 0;
  takenBatches = 0;
  /** What decompressing them takes a client, ns. */
  takenWork = 0;
  /** Records that `poll()` returned, inside the window. */
  delivered = 0;
  private readonly context: LogContext;
  /** Among the group's oldest unread messages. */
  readonly place: number;
  /** When the first record in the log was sent that the broker is not done with, ns; Infinity where there is none. */
  oldest = Infinity;
  /** The batch that holds the end of the window. */
  private nextBatch: number;
  /** Those that were made first end first. */
  private readonly locks: Lock[] = [];
  private timed = false;
  private released = false;

  constructor(name: string, number: number, partition: Partition, group: ShareGroup, start: number) {
    this.name = name;
    this.number = number;
    this.partition = partition;
    this.group = group;
    this.context = group.context;
    this.start = start;
    this.records = new ShareRecords(group, partition, start);
    this.place = group.oldest.enter();
    this.nextBatch = partition.log.batchOf(start);
  }

  get needed(): number {
    return this.released ? Infinity : this.records.window.base;
  }

  /** Records that the group has to deal with, or deals with. */
  get unsettled(): number {
    return this.partition.log.logEnd - this.start - this.records.settled;
  }

  get unreadBytes(): number {
    return this.bytesBeyond(Infinity);
  }

  get inHand(): (readonly [from: number, to: number])[] {
    const { window } = this.records;
    const held: [number, number][] = [];
    for (let offset = window.base; offset < window.end; offset++) {
      if (window.hands[window.at(offset)] === 0) continue;
      const last = held.at(-1);
      if (last?.[1] === offset) last[1]++;
      else held.push([offset, offset + 1]);
    }
    return held;
  }

  /** A record may be acquired now: one that is available again, or a new one within the limit of records in flight. */
  get acquirable(): boolean {
    if (this.records.available > 0) return true;
    return this.nextBatch < this.partition.log.readableBatches && this.free > 0;
  }

  /** Its broker looks whether a fetch waits for it. */
  wake(): void {
    this.group.wake(this);
  }

  /** The cleaner took bytes of what nobody had fetched: they are counted when they are asked for. */
  shrunk(): void {}

  cleaned(offset: number, id: number): void {
    this.records.cleaned(offset, id);
  }

  finishedAt(offset: number): boolean {
    return this.records.finishedAt(offset);
  }

  /** Whether a fetch of at least so many bytes can be answered. */
  holds(bytes: number): boolean {
    if (!this.acquirable) return false;
    return bytes <= 1 || this.records.available > 0 || this.bytesBeyond(bytes) >= bytes;
  }

  /** Gives a session at most so many records, new ones by whole batches, and locks them; answers how many. */
  acquire(session: ShareSession, room: number, bytesMax: number, into: AcquiredRuns): number {
    const { records } = this;
    const lock = this.group.nextLock();
    this.takenBytes = this.takenBatches = this.takenWork = 0;
    const from = records.available > 0 ? records.firstAvailable : records.window.end;
    const again = this.acquireAgain(session, lock, room, bytesMax, into);
    const fresh = this.acquireNew(session, lock, Math.min(room - again, this.free), bytesMax, into);
    if (again + fresh === 0) return 0;
    const end = fresh > 0 ? records.window.end : records.firstAvailable;
    this.locks.push({ number: lock, from, end, due: this.context.kernel.now + this.group.lockDuration });
    this.watchLocks();
    return again + fresh;
  }

  /** A member says what became of a record; false when it does not hold it any more. */
  acknowledges(offset: number, lock: number): boolean {
    const { window } = this.records;
    if (!window.has(offset)) return false;
    const at = window.at(offset);
    if (window.state[at] !== RecordState.acquired || window.lock[at] !== lock) return false;
    window.state[at] = RecordState.acknowledging;
    return true;
  }

  /** What a member said is written. */
  settleAs(offset: number, lock: number, type: Acknowledge): void {
    const { records } = this;
    const { window } = records;
    if (!window.has(offset)) return;
    const at = window.at(offset);
    if (window.state[at] !== RecordState.acknowledging || window.lock[at] !== lock) return;
    if (type === Acknowledge.accept) {
      records.end(offset, RecordState.acknowledged);
      this.stamp(offset);
    } else if (type === Acknowledge.reject) records.archive(offset, "rejected", "reject");
    else records.giveBack(offset, true);
  }

  /** `poll()` returns the record; true when it did before. */
  returned(offset: number): boolean {
    const { window } = this.records;
    const at = window.at(offset);
    const again = window.polled[at] === 1;
    window.polled[at] = 1;
    return again;
  }

  /** A member is done with the record, or has lost it. */
  letsGo(offset: number): void {
    const { window } = this.records;
    if (window.has(offset)) window.hands[window.at(offset)]!--;
  }

  /** Locks are over: `group.share.record.lock.duration.ms`. */
  locksEnd(): void {
    const { records, locks } = this;
    const { now } = this.context.kernel;
    this.timed = false;
    const { available } = records;
    let ended = 0;
    while (locks.length > 0 && locks[0]!.due <= now) {
      const { number, from, end } = locks.shift()!;
      ended += records.giveBackAll(from, end, true, (at) => records.window.lock[at] === number);
    }
    this.tellReleased(ended, available, "group.share.record.lock.duration.ms");
    this.watchLocks();
  }

  /** A member is cut off with what it holds: nothing but the end of its locks gives that back. */
  awaitLocks(): void {
    const last = this.locks.at(-1);
    if (last !== undefined) this.context.timer(last.due, LogEvent.shareLocksEnd, this.number, 0);
  }

  /** The session is closed: what it holds is available again, and its deliveries do not count. */
  release({ number }: ShareSession, rule: string): void {
    const { window, available } = this.records;
    const ended = this.records.giveBackAll(
      window.base,
      window.end,
      false,
      (at) => window.holder[at] === number,
    );
    this.tellReleased(ended, available, rule);
  }

  /** Another broker leads: acquisitions were in the memory of the one before. */
  leaderMoved(): void {
    this.releaseAll("another leader");
    this.group.leaderMoved(this);
  }

  releaseAll(rule: string): void {
    const { records } = this;
    const { available, window } = records;
    records.forgetAcknowledgements();
    const ended = records.giveBackAll(window.base, window.end, false, () => true);
    this.tellReleased(ended, available, rule);
  }

  /** States have changed: the window moves on, and fetches that wait may be answered. */
  review(): void {
    if (this.records.advance()) this.partition.forget();
    this.headChanged(this.context.kernel.now);
    if (this.acquirable) this.group.wake(this);
  }

  /** So many more records below the high watermark. */
  appended(records: number): void {
    this.records.addLag(records);
    if (this.oldest === Infinity) this.headChanged(this.context.kernel.now);
  }

  /** The first record in the log that the broker is not done with may be another one. */
  headChanged(now: number): void {
    this.oldest = this.group.oldest.set(this.place, this.headSentAt, this.released, now);
  }

  /** As `oldest`, looked up. */
  get headSentAt(): number {
    const { log } = this.partition;
    const head = this.records.firstOpen();
    return head < log.highWatermark ? log.sentAt[log.at(head)]! : Infinity;
  }

  expire(logStart: number): void {
    const { records } = this;
    const beyond = logStart > records.window.end;
    const count = records.expire(logStart);
    if (beyond) this.nextBatch = this.partition.log.batchOf(logStart);
    if (count > 0) this.group.expired(count);
    this.review();
  }

  /** The log is cut back: what is beyond is gone, and comes anew. */
  truncate(end: number): void {
    this.records.truncate(end);
    this.nextBatch = this.partition.log.batchOf(this.records.window.end);
    this.headChanged(this.context.kernel.now);
  }

  /** Nobody will read it again. Where the log loses records, the oldest one that is open will still be another. */
  letGo(): void {
    if (this.released || this.partition.storage !== undefined) return;
    this.released = true;
    this.partition.readers--;
    this.partition.forget();
  }

  /** Unsettled records that were sent inside the window. */
  unsettledSince(from: number): number {
    const { log } = this.partition;
    let since = 0;
    for (let offset = Math.max(this.records.window.base, log.kept); offset < log.logEnd; offset++)
      if (!this.finishedAt(offset) && log.holds(offset) && log.sentAt[log.at(offset)]! >= from) since++;
    return since;
  }

  /** How many more records may be in flight. */
  private get free(): number {
    const { window, startOffset } = this.records;
    return this.group.setup.cluster.share.partitionMaxRecordLocks - (window.end - startOffset);
  }

  private acquireAgain(
    session: ShareSession,
    lock: number,
    room: number,
    bytesMax: number,
    into: AcquiredRuns,
  ): number {
    const { records, partition } = this;
    const { window } = records;
    const { log } = partition;
    let taken = 0;
    let batchEnd = 0;
    let offset = Math.max(records.firstAvailable, window.base);
    for (; records.available > 0 && taken < room; offset++) {
      if (window.state[window.at(offset)] !== RecordState.available) continue;
      if (!log.holds(offset)) {
        records.available--;
        records.passGap(offset);
        continue;
      }
      if (offset >= batchEnd) {
        const batch = log.batchOf(offset);
        if (taken > 0 && this.takenBytes + log.bytesOf(batch) > bytesMax) break;
        this.takes(batch, offset);
        batchEnd = log.nextOffset(batch);
      }
      records.available--;
      records.firstAvailable = offset + 1;
      records.take(offset, lock, session);
      into.add(this, offset, offset + 1, lock, session);
      taken++;
    }
    return taken;
  }

  private acquireNew(
    session: ShareSession,
    lock: number,
    room: number,
    bytesMax: number,
    into: AcquiredRuns,
  ): number {
    const { records, partition } = this;
    const { window } = records;
    const { log } = partition;
    let taken = 0;
    for (; this.nextBatch < log.readableBatches && taken < room; this.nextBatch++) {
      if (this.takenBatches > 0 && this.takenBytes + log.bytesOf(this.nextBatch) > bytesMax) break;
      this.takes(this.nextBatch, window.end);
      let from = window.end;
      const end = log.nextOffset(this.nextBatch);
      window.open(end);
      for (let offset = from; offset < end; offset++)
        if (log.holds(offset)) {
          records.take(offset, lock, session);
          taken++;
        } else {
          records.passGap(offset);
          if (offset > from) into.add(this, from, offset, lock, session);
          from = offset + 1;
        }
      if (end > from) into.add(this, from, end, lock, session);
    }
    return taken;
  }

  /** `from`: what is wanted of it begins there. */
  private takes(batch: number, from: number): void {
    const { partition } = this;
    const { log } = partition;
    const bytes = log.bytesOf(batch);
    this.takenBytes += bytes;
    this.takenBatches++;
    const { decompression } = this.context;
    if (decompression === undefined) return;
    this.takenWork += decompression.work(partition, from, log.nextOffset(batch), bytes);
  }

  private watchLocks(): void {
    if (this.timed || this.locks.length === 0) return;
    this.timed = true;
    this.context.background(this.locks[0]!.due, LogEvent.shareLocksEnd, this.number);
  }

  /** Of the records whose acquisition has ended some are available again, more than before; the others are archived. */
  private tellReleased(ended: number, availableBefore: number, rule: string): void {
    if (ended === 0) return;
    const { occurrences, kernel } = this.context.world;
    const released = this.records.available - availableBefore;
    if (released > 0) occurrences.add(kernel.now, "recordsReleased", this.partition.place, released, rule);
    this.review();
  }

  private bytesBeyond(enough: number): number {
    const { log } = this.partition;
    let bytes = 0;
    for (let batch = this.nextBatch; batch < log.readableBatches && bytes < enough; batch++)
      bytes += log.bytesOf(batch);
    return bytes;
  }

  private stamp(offset: number): void {
    const { trace } = this.context;
    const { log, place } = this.partition;
    if (!log.holds(offset)) return;
    const id = log.id[log.at(offset)]!;
    if (trace.wants(id)) trace.add(id, Station.committed, place, offset);
  }
}
