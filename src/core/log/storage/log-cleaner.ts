import { batchOverhead, varintBytes } from "../record-size.ts";
import { assert } from "../../sim/invariant.ts";
import { CleanedTransactions } from "./cleaned-transactions.ts";
import type { CleanableRange } from "./cleanable-range.ts";
import { LogSegment } from "./log-segment.ts";
import { noProducer } from "./record-batch.ts";
import { noHorizon, type StoredRecords } from "./stored-records.ts";
import type { UnifiedLog } from "./unified-log.ts";

/**
 * Cleans a log: of the records before `firstUncleanableOffset` those stay that are the last of their key, with their
 * offsets; a tombstone, until `delete.retention.ms` after the first clean that kept it. Segments that fit into one
 * become one. Returns the offset up to which the log is clean. (Cleaner.doClean)
 */
export function clean(log: UnifiedLog, range: CleanableRange, now: number): number {
  if (range.firstDirtyOffset >= range.firstUncleanableOffset) return range.firstDirtyOffset;
  new Cleaner(log, range, now).clean();
  return range.firstUncleanableOffset;
}

class Cleaner {
  private readonly log: UnifiedLog;
  private readonly stored: StoredRecords;
  private readonly now: number;
  private readonly end: number;
  private readonly transactions: CleanedTransactions;
  /** Last offset of each key among the dirty records. */
  private readonly lastOf: ReadonlyMap<number, number>;
  /** Places at which the next kept batch and record are written: never beyond those that are read. */
  private batchTo = 0;
  private recordTo = 0;

  constructor(log: UnifiedLog, { firstDirtyOffset, firstUncleanableOffset }: CleanableRange, now: number) {
    assert(log.stored !== undefined, "a log that is cleaned keeps its records");
    this.log = log;
    this.stored = log.stored;
    this.now = now;
    this.end = firstUncleanableOffset;
    this.lastOf = this.offsetMap(firstDirtyOffset);
    // Of those that ended before the log start Kafka's cleaner knows no more, even where their segment is still there.
    this.transactions = new CleanedTransactions(log.aborted.aborted(log.logStart, this.end));
  }

  clean(): void {
    const { log, stored, end, now } = this;
    const cleaned: LogSegment[] = [];
    let batch = 0;
    let record = 0;
    const groups = this.groups();
    for (const [i, group] of groups.entries()) {
      const segment = new LogSegment(group[0]!.baseOffset, now);
      const before = groups[i + 1]?.[0]!.baseOffset ?? end;
      for (; batch < stored.batches && stored.base[batch]! < before; batch++) {
        const recordEnd = stored.recordEnd[batch]!;
        const kept = this.keep(batch, record, recordEnd);
        if (kept) segment.take(stored.bytes[this.batchTo]!, stored.maxTimestamp[this.batchTo]!, log.config);
        if (kept) this.batchTo++;
        record = recordEnd;
      }
      segment.lastModified = group.at(-1)!.lastModified;
      cleaned.push(segment);
    }
    stored.closeGap(this.batchTo, batch, this.recordTo, record);
    const count = groups.reduce((sum, group) => sum + group.length, 0);
    log.aborted.retain(log.segments[0]!.baseOffset, end, this.transactions.kept);
    for (const { bytes } of log.segments.splice(0, count, ...cleaned)) log.bytes -= bytes;
    for (const { bytes } of cleaned) log.bytes += bytes;
  }

  /** Aborted records decide nothing. */
  private offsetMap(firstDirtyOffset: number): Map<number, number> {
    const { stored, end, log } = this;
    const transactions = new CleanedTransactions(log.aborted.aborted(firstDirtyOffset, end));
    const lastOf = new Map<number, number>();
    for (let batch = stored.batchOf(firstDirtyOffset); batch < stored.batches; batch++) {
      if (stored.base[batch]! >= end) break;
      const first = stored.firstRecord(batch);
      const discardable = transactions.discardable(stored, batch, this.isEmpty(batch, first));
      if (discardable || stored.isControl(batch)) continue;
      for (let at = first; at < stored.recordEnd[batch]!; at++)
        if (stored.key[at]! >= 0 && stored.offset[at]! >= firstDirtyOffset)
          lastOf.set(stored.key[at]!, stored.offset[at]!);
    }
    return lastOf;
  }

  /** Segments that become one: as many in turn as their sizes fit. (Cleaner.groupSegmentsBySize) */
  private groups(): LogSegment[][] {
    const { segments, config } = this.log;
    const groups: LogSegment[][] = [];
    let size = 0;
    for (const segment of segments) {
      if (segment.baseOffset >= this.end) break;
      if (groups.length > 0 && size + segment.bytes <= config.segmentBytes) groups.at(-1)!.push(segment);
      else {
        groups.push([segment]);
        size = 0;
      }
      size += segment.bytes;
    }
    return groups;
  }

  /** Moves what stays of a batch to the places after what was kept; false when nothing stays. (MemoryRecords.filterTo) */
  private keep(batch: number, firstRecord: number, recordEnd: number): boolean {
    const { stored, now } = this;
    const discardable = this.transactions.discardable(stored, batch, this.isEmpty(batch, firstRecord));
    const isControl = stored.isControl(batch);
    const marker = firstRecord === recordEnd && !this.isEmpty(batch, firstRecord);
    const discarded = discardable && (!isControl || stored.horizon[batch]! <= now);
    const first = this.recordTo;
    let tombstones = false;
    if (!discarded)
      for (let at = firstRecord; at < recordEnd; at++)
        if (isControl || this.staysRecord(batch, at)) {
          if (stored.tombstone[at] === 1) tombstones = true;
          stored.moveRecord(at, this.recordTo++);
        } else stored.taken?.(stored.offset[at]!, stored.id[at]!);
    const kept = marker && !discarded ? 1 : this.recordTo - first;
    if (kept === 0 && !this.staysEmpty(batch)) return false;
    stored.moveBatch(batch, this.batchTo);
    stored.recordEnd[this.batchTo] = this.recordTo;
    if (kept < (marker ? 1 : recordEnd - firstRecord)) this.resize(first);
    if (kept > 0 && (tombstones || (discardable && isControl)) && stored.horizon[this.batchTo] === noHorizon)
      this.setHorizon(first, marker);
    return true;
  }

  /** A run stores a marker without its record, which no reader is to get. */
  private isEmpty(batch: number, firstRecord: number): boolean {
    const { stored } = this;
    return (
      firstRecord === stored.recordEnd[batch] &&
      (!stored.isControl(batch) || stored.bytes[batch]! <= batchOverhead)
    );
  }

  /** An empty batch stays for its producer's last sequence, and at the end of what is cleaned. */
  private staysEmpty(batch: number): boolean {
    const { stored, log } = this;
    const producerId = stored.producerId[batch]!;
    const state = producerId === noProducer ? undefined : log.producers.of(producerId);
    const last = stored.next[batch]! - 1;
    if (state !== undefined) {
      const isLast =
        state.lastDataOffset >= 0
          ? last === state.lastDataOffset
          : stored.isControl(batch) && stored.producerEpoch[batch] === state.epoch;
      if (isLast) return true;
    }
    return last + 1 === this.end;
  }

  private staysRecord(batch: number, at: number): boolean {
    const { stored } = this;
    const key = stored.key[at]!;
    if (key < 0) return false;
    if (stored.offset[at]! < (this.lastOf.get(key) ?? -1)) return false;
    return stored.tombstone[at] === 0 || this.now < stored.horizon[batch]!;
  }

  /** A batch that lost records keeps its first offset, and its records their sizes. */
  private resize(firstRecord: number): void {
    const { stored, batchTo } = this;
    let bytes = 0;
    let largest = -Infinity;
    for (let at = firstRecord; at < this.recordTo; at++) {
      bytes += stored.size[at]!;
      largest = Math.max(largest, stored.timestamp[at]!);
    }
    stored.bytes[batchTo] = batchOverhead + Math.round(bytes * stored.rate[batchTo]!);
    if (this.recordTo > firstRecord) stored.maxTimestamp[batchTo] = largest;
  }

  /** The horizon takes the place of the batch's base time, against which the records' times are written. (KIP-534) */
  private setHorizon(firstRecord: number, marker: boolean): void {
    const { stored, batchTo, now, log } = this;
    const { tombstoneRetention, millisecond } = log.config;
    const horizon = now + tombstoneRetention;
    const delta = (time: number, base: number) =>
      varintBytes(Math.floor(time / millisecond) - Math.floor(base / millisecond));
    let sum = 0;
    for (let at = firstRecord; at < this.recordTo; at++) {
      const time = stored.timestamp[at]!;
      const grown = delta(time, horizon) - delta(time, stored.baseTimestamp[batchTo]!);
      stored.size[at]! += grown;
      sum += grown;
    }
    stored.bytes[batchTo]! += Math.round(sum * stored.rate[batchTo]!);
    if (marker)
      stored.bytes[batchTo]! +=
        delta(stored.maxTimestamp[batchTo]!, horizon) -
        delta(stored.maxTimestamp[batchTo]!, stored.baseTimestamp[batchTo]!);
    stored.baseTimestamp[batchTo] = stored.horizon[batchTo] = horizon;
  }
}
