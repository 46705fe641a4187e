import { zero } from "../../sim/zero.ts";
import { LevelSeries } from "../../stats/series.ts";
import { archived } from "../loss-rules.ts";
import type { Partition } from "../partition.ts";
import { stampCleaned, stampDeleted, stampGone } from "../unread-records.ts";
import { OpenKeys } from "./open-keys.ts";
import type { ShareGroup } from "./share-group.ts";
import type { ShareSession } from "./share-session.ts";
import { RecordState, ShareWindow } from "./share-window.ts";

/** Its lag is summed up, not drawn: the group's is. */
const lagBuckets = 2;

/** The states of a partition's records for a share group, and what is counted of them. */
export class ShareRecords {
  /** The first record in flight: all before it are done with. */
  startOffset: number;
  readonly window: ShareWindow;
  readonly lag: LevelSeries;
  /** How many may be acquired again, and none of them is before this offset. */
  available = 0;
  firstAvailable = zero;
  /** Records from the start on that have their final state for the group. */
  settled = 0;
  private readonly group: ShareGroup;
  private readonly partition: Partition;
  private readonly start: number;
  private readonly open = new OpenKeys();

  constructor(group: ShareGroup, partition: Partition, start: number) {
    const { world, kernel } = group.context;
    this.group = group;
    this.partition = partition;
    this.start = this.startOffset = start;
    this.window = new ShareWindow(start);
    this.lag = new LevelSeries(world.horizon, lagBuckets, world.window.from);
    this.lag.add(kernel.now, partition.log.highWatermark - start);
  }

  /** A session acquires the record, which is new or available again. */
  take(offset: number, lock: number, session: ShareSession): void {
    const { window } = this;
    const at = window.at(offset);
    window.state[at] = RecordState.acquired;
    window.hands[at]!++;
    window.lock[at] = lock;
    window.holder[at] = session.number;
    if (window.deliveries[at]!++ > 0) return;
    const { log } = this.partition;
    const place = log.at(offset);
    if (!this.group.context.uniqueKeys[log.source[place]!]) this.open.enter(offset, log.key[place]!);
  }

  /** Compaction takes it: nobody will acquire it that has not. */
  cleaned(offset: number, id: number): void {
    const { window, group, partition } = this;
    const at = window.at(offset);
    const isAvailable = window.state[at] === RecordState.available && window.settled[at] === 0;
    if (offset >= window.end || (offset >= window.base && isAvailable))
      stampCleaned(group, partition, offset, id);
  }

  /** Compaction took the record. */
  passGap(offset: number): void {
    this.end(offset, RecordState.archived);
    this.settle(offset);
  }

  /** It is available again, unless it was delivered too often. (`counts`: this delivery is one of them) */
  giveBack(offset: number, counts: boolean): void {
    const { window, partition, group } = this;
    const at = window.at(offset);
    window.lock[at] = window.holder[at] = -1;
    if (offset < partition.log.logStart) {
      this.end(offset, RecordState.archived);
      if (!this.settle(offset)) return;
      stampDeleted(group, partition, offset);
      group.expired(1);
    } else if (counts && window.deliveries[at]! >= group.deliveryLimit)
      this.archive(offset, "delivery_limit", "group.share.delivery.count.limit");
    else {
      if (window.settled[at] === 0 && !partition.log.holds(offset)) stampCleaned(group, partition, offset);
      if (!counts) window.deliveries[at]!--;
      window.state[at] = RecordState.available;
      if (this.available++ === 0 || offset < this.firstAvailable) this.firstAvailable = offset;
    }
  }

  /** Gives back what is acquired within [from, end); answers how many that were. */
  giveBackAll(from: number, end: number, counts: boolean, which: (at: number) => boolean): number {
    const { window } = this;
    let ended = 0;
    for (let offset = Math.max(from, window.base); offset < Math.min(end, window.end); offset++) {
      const at = window.at(offset);
      if (window.state[at] !== RecordState.acquired || !which(at)) continue;
      this.giveBack(offset, counts);
      ended++;
    }
    return ended;
  }

  /** What it acquired nobody may acknowledge any more, written or not. */
  forgetAcknowledgements(): void {
    const { window } = this;
    for (let offset = window.base; offset < window.end; offset++)
      if (window.state[window.at(offset)] === RecordState.acknowledging)
        window.state[window.at(offset)] = RecordState.acquired;
  }

  archive(offset: number, reason: keyof typeof archived, rule: string): void {
    const { group, partition } = this;
    const { world, kernel } = group.context;
    this.end(offset, RecordState.archived);
    if (!this.settle(offset)) return;
    stampGone(group, partition, offset, archived[reason]);
    group.drop(reason);
    world.occurrences.add(kernel.now, "recordArchived", partition.place, offset, rule);
  }

  /** The broker is done with it. */
  end(offset: number, state: RecordState): void {
    this.window.state[this.window.at(offset)] = state;
    this.addLag(-1);
  }

  /** The record has its final state for the group now; false when it had one. */
  settle(offset: number): boolean {
    const { window } = this;
    const at = window.at(offset);
    if (!window.has(offset) || window.settled[at] === 1) return false;
    window.settled[at] = 1;
    this.settled++;
    this.open.leave(offset);
    return true;
  }

  finishedAt(offset: number): boolean {
    const { window } = this;
    return offset < window.base || (window.has(offset) && window.settled[window.at(offset)] === 1);
  }

  /** An earlier record of its key is not settled. */
  overtakes(offset: number): boolean {
    return this.open.overtakes(offset);
  }

  /** The window moves beyond what the broker is done with and nobody has in hand; true when it did. */
  advance(): boolean {
    const { window } = this;
    const done = (offset: number) => window.state[window.at(offset)]! >= RecordState.acknowledged;
    while (this.startOffset < window.end && done(this.startOffset)) this.startOffset++;
    const { base } = window;
    while (window.base < this.startOffset && window.hands[window.at(window.base)] === 0) window.base++;
    return window.base > base;
  }

  /** The first record that the log has and the broker is not done with; the log end when there is none. */
  firstOpen(): number {
    const { window } = this;
    const { log } = this.partition;
    let offset = log.nextHeld(Math.max(this.startOffset, log.logStart));
    while (offset < window.end && window.state[window.at(offset)]! >= RecordState.acknowledged)
      offset = log.nextHeld(offset + 1);
    return offset;
  }

  /** The log starts later: what is available before goes, what is locked stays with its member. Answers how many expired. */
  expire(logStart: number): number {
    const { window, group, partition } = this;
    if (logStart > window.end) {
      const from = window.end;
      window.open(logStart);
      for (let offset = from; offset < logStart; offset++)
        window.state[window.at(offset)] = RecordState.available;
      if (this.available === 0) this.firstAvailable = from;
      this.available += logStart - from;
    }
    let count = 0;
    for (let offset = window.base; offset < logStart; offset++) {
      if (window.state[window.at(offset)] !== RecordState.available) continue;
      this.available--;
      this.end(offset, RecordState.archived);
      if (!this.settle(offset)) continue;
      stampDeleted(group, partition, offset);
      count++;
    }
    return count;
  }

  /** The log is cut back to this end. */
  truncate(end: number): void {
    const { window } = this;
    for (let offset = Math.max(end, window.base); offset < window.end; offset++) {
      const at = window.at(offset);
      if (window.settled[at] === 1) this.settled--;
      else this.open.leave(offset);
      if (window.state[at] === RecordState.available) this.available--;
    }
    if (end < window.base) this.settled -= window.base - end;
    window.base = Math.min(window.base, end);
    window.end = Math.min(window.end, end);
    this.startOffset = Math.min(this.startOffset, end);
    this.addLag(this.behind() - this.lag.level);
  }

  addLag(change: number): void {
    const { now } = this.group.context.kernel;
    this.lag.add(now, change);
    this.group.lag.add(now, change);
  }

  /** Recounts from the columns what is counted along the way. */
  recount(): { available: number; settled: number; behind: number; hands: number } {
    const { window } = this;
    let available = 0;
    let settled = window.base - this.start;
    let hands = 0;
    for (let offset = window.base; offset < window.end; offset++) {
      const at = window.at(offset);
      if (window.state[at] === RecordState.available) available++;
      if (window.settled[at] === 1) settled++;
      hands += window.hands[at]!;
    }
    return { available, settled, behind: this.behind(), hands };
  }

  /** Records below the high watermark that the broker is not done with. */
  private behind(): number {
    const { window } = this;
    let done = 0;
    for (let offset = this.startOffset; offset < window.end; offset++)
      if (window.state[window.at(offset)]! >= RecordState.acknowledged) done++;
    return this.partition.log.highWatermark - this.startOffset - done;
  }
}
