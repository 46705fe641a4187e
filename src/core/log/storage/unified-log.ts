import { assert } from "../../sim/invariant.ts";
import { LeaderEpochs } from "./leader-epochs.ts";
import type { LogConfig } from "../../model/log-config.ts";
import { LogSegment, noTimestamp } from "./log-segment.ts";
import { ProducerStates } from "./producer-state.ts";
import { Control, noProducer, type RecordBatch } from "./record-batch.ts";
import { Refusal } from "./refusal.ts";
import type { StoredRecords } from "./stored-records.ts";
import { TransactionIndex } from "./transaction-index.ts";

/** How much before its time the next segment is rolled. */
export type Jitter = () => number;

/**
 * One replica's log of a partition: its segments, its offsets, what it knows of its producers, their transactions and
 * the leaders' epochs. logStart ≤ highWatermark ≤ logEnd, lastStable ≤ highWatermark. Batches and records are in `stored`, where they
 * are kept one by one; without it the log knows its segments alone.
 */
export class UnifiedLog {
  readonly config: LogConfig;
  readonly segments: LogSegment[];
  readonly stored: StoredRecords | undefined;
  readonly producers = new ProducerStates();
  readonly aborted = new TransactionIndex();
  readonly epochs = new LeaderEpochs();
  logStart = 0;
  logEnd = 0;
  highWatermark = 0;
  /** Bytes of all segments: they leave with their segment, not when the log start passes them. */
  bytes = 0;
  /** Whether the batch that was appended last is one that the log had: its offset is the old one. */
  duplicate = false;

  private readonly jitter: Jitter;

  constructor(config: LogConfig, now: number, stored?: StoredRecords, jitter: Jitter = () => 0) {
    this.config = config;
    this.stored = stored;
    this.jitter = jitter;
    this.segments = [new LogSegment(0, now, jitter())];
  }

  get active(): LogSegment {
    return this.segments.at(-1)!;
  }

  /** Bytes on the broker's own disk. */
  get localBytes(): number {
    let bytes = 0;
    for (const segment of this.segments) if (segment.local) bytes += segment.bytes;
    return bytes;
  }

  /** Where the records on the broker's own disk begin: what is before it is read from remote storage. */
  get localStart(): number {
    const first = this.segments.find(({ local }) => local)!;
    return Math.max(first.baseOffset, this.logStart);
  }

  /** What a `read_committed` reader may not pass. */
  get lastStable(): number {
    const { firstUnstable } = this.producers;
    const held = firstUnstable < this.logStart ? this.batchStart(this.logStart) : firstUnstable;
    return Math.min(held, this.highWatermark);
  }

  /** Where an offset is looked up in the file, the batch's first one is found. */
  batchStart(offset: number): number {
    const { stored } = this;
    if (stored === undefined) return offset;
    const batch = stored.batchOf(offset);
    return batch < stored.batches ? stored.base[batch]! : offset;
  }

  /**
   * Appends a client's batch and returns the offset of its first record, or a refusal. A batch that is among the last
   * five of its producer returns its old offset, and `duplicate` is set. Records follow by `stored.add`.
   */
  append(batch: RecordBatch, now: number): number {
    const { config } = this;
    if (config.logAppendTime) batch.baseTimestamp = batch.maxTimestamp = now;
    const invalid = this.invalid(batch, now);
    return invalid !== 0 ? invalid : this.take(batch, now);
  }

  /** As `append`, of a batch whose form is right. */
  take(batch: RecordBatch, now: number): number {
    const { producers } = this;
    this.duplicate = false;
    // A leader's epoch begins with the first batch that it gets, be it one that is refused or that the log has.
    this.epochs.assign(batch.leaderEpoch, this.logEnd);
    this.rollIfFull(batch, now);
    const { producerId, producerEpoch, baseSequence, count } = batch;
    if (producerId !== noProducer) {
      const last = producers.of(producerId)?.duplicate(producerEpoch, baseSequence, baseSequence + count - 1);
      if (last !== undefined && last >= 0) {
        this.duplicate = true;
        return last - count + 1;
      }
      const refusal = producers.refusal(producerId, producerEpoch, baseSequence, batch.transactional);
      if (refusal !== 0) return refusal;
      producers.append(
        producerId,
        producerEpoch,
        baseSequence,
        this.logEnd,
        count,
        batch.transactional,
        batch.maxTimestamp,
      );
    }
    return this.write(batch, now);
  }

  /** The transaction's marker takes one offset, and frees the readers whom the transaction held. */
  endTransaction(batch: RecordBatch, now: number): number {
    const { producers, logEnd } = this;
    const state = producers.of(batch.producerId);
    this.epochs.assign(batch.leaderEpoch, logEnd);
    if (state !== undefined && batch.producerEpoch < state.epoch) return Refusal.invalidProducerEpoch;
    this.rollIfFull(batch, now);
    const firstOffset = producers.complete(batch.producerId, batch.producerEpoch, logEnd, batch.maxTimestamp);
    const base = this.write(batch, now);
    if (firstOffset >= 0 && batch.control === Control.abort)
      this.aborted.add({
        producerId: batch.producerId,
        firstOffset,
        lastOffset: base,
        lastStableOffset: Math.min(producers.firstOpen(batch.producerId), base + 1),
      });
    return base;
  }

  /** Moves to the offset, which may lie before the one it had; never beyond the log. */
  setHighWatermark(offset: number): void {
    this.highWatermark = Math.min(Math.max(offset, this.logStart), this.logEnd);
    this.producers.replicated(this.highWatermark);
  }

  /** Records before the offset are deleted; false where it is out of range. Their segments go at the next check. */
  deleteRecordsBefore(offset: number): boolean {
    if (offset < 0 || offset > this.highWatermark) return false;
    this.moveLogStart(offset);
    return true;
  }

  /** Starts a new active segment, unless the active one is still empty. */
  roll(now: number): void {
    if (this.active.bytes > 0 || this.active.baseOffset !== this.logEnd)
      this.segments.push(new LogSegment(this.logEnd, now, this.jitter()));
  }

  /** Deletes the first so many segments, at the end of which the log then starts; it always has an active one. */
  deleteSegments(count: number, now: number): void {
    if (count === 0) return;
    if (count === this.segments.length) this.roll(now);
    for (const { bytes } of this.segments.splice(0, count)) this.bytes -= bytes;
    const { baseOffset } = this.segments[0]!;
    this.stored?.cutBefore(this.stored.batchOf(baseOffset));
    this.aborted.truncateFromStart(baseOffset);
    this.moveLogStart(baseOffset);
  }

  moveLogStart(offset: number): void {
    if (offset <= this.logStart) return;
    assert(offset <= this.highWatermark, "a log never starts beyond its high watermark");
    this.logStart = offset;
    this.epochs.truncateFromStart(offset);
  }

  /** Forgets everything at or after the offset: what a new leader does not have. Needs `stored`. */
  truncateTo(offset: number, now: number): void {
    const { segments } = this;
    this.epochs.truncateFromEnd(offset);
    if (offset >= this.logEnd) return;
    this.aborted.truncateFromEnd(offset);
    this.logEnd = offset;
    this.logStart = Math.min(this.logStart, offset);
    if (segments[0]!.baseOffset > offset)
      segments.splice(0, segments.length, new LogSegment(offset, now, this.jitter()));
    while (segments.length > 1 && this.active.baseOffset > offset) segments.pop();
    this.cutActive(offset, now);
    this.bytes = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    this.highWatermark = Math.min(this.highWatermark, offset);
    this.rebuildProducers();
  }

  /** As `truncateTo`, of a log that knows its segments alone: so many bytes are left of all. Their times stay. */
  truncateSegments(offset: number, bytes: number, now: number): void {
    const { segments } = this;
    this.logEnd = offset;
    this.logStart = Math.min(this.logStart, offset);
    if (segments[0]!.baseOffset > offset)
      segments.splice(0, segments.length, new LogSegment(offset, now, this.jitter()));
    while (segments.length > 1 && this.active.baseOffset > offset) segments.pop();
    const { active } = this;
    for (const segment of segments) if (segment !== active) bytes -= segment.bytes;
    active.cut(bytes, active.firstTimestamp, active.largestRecordTimestamp, now);
    this.bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    this.highWatermark = Math.min(this.highWatermark, offset);
  }

  private write(batch: RecordBatch, now: number): number {
    const base = this.logEnd;
    const { active } = this;
    active.take(batch.bytes, batch.maxTimestamp, this.config);
    active.lastModified = now;
    this.bytes += batch.bytes;
    this.logEnd += batch.count;
    this.stored?.open(batch, base);
    return base;
  }

  private rollIfFull({ bytes, maxTimestamp }: RecordBatch, now: number): void {
    if (this.active.shouldRoll(bytes, maxTimestamp, now, this.config)) this.roll(now);
  }

  private invalid({ bytes, keyless, maxTimestamp }: RecordBatch, now: number): Refusal | 0 {
    const { config } = this;
    if (bytes > config.maxMessageBytes) return Refusal.recordTooLarge;
    if (keyless && config.compact) return Refusal.recordValidation;
    if (maxTimestamp > now + config.timestampAfterMax || maxTimestamp < now - config.timestampBeforeMax)
      return Refusal.recordValidation;
    return bytes > config.segmentBytes ? Refusal.recordBatchTooLarge : 0;
  }

  private cutActive(offset: number, now: number): void {
    const { active, stored } = this;
    assert(stored !== undefined, "a log that is truncated keeps its records");
    const first = stored.batchOf(active.baseOffset);
    stored.cutFrom(stored.batchOf(offset));
    let bytes = 0;
    let largest = noTimestamp;
    for (let batch = first; batch < stored.batches; batch++) {
      bytes += stored.bytes[batch]!;
      largest = Math.max(largest, stored.maxTimestamp[batch]!);
    }
    active.cut(bytes, bytes > 0 ? stored.maxTimestamp[first]! : noTimestamp, largest, now);
  }

  /** What producers did is read from the records that are left. (ProducerStateManager.truncateAndReload) */
  private rebuildProducers(): void {
    const { stored, producers } = this;
    producers.clear();
    if (stored === undefined) return;
    const { producerId, producerEpoch, baseSequence, base, next, transactional, maxTimestamp } = stored;
    for (let batch = 0; batch < stored.batches; batch++) {
      const id = producerId[batch]!;
      if (id === noProducer) continue;
      const first = base[batch]!;
      if (stored.isControl(batch)) producers.complete(id, producerEpoch[batch]!, first, maxTimestamp[batch]!);
      else
        producers.append(
          id,
          producerEpoch[batch]!,
          baseSequence[batch]!,
          first,
          next[batch]! - first,
          transactional[batch] === 1,
          maxTimestamp[batch]!,
        );
    }
    producers.replicated(this.highWatermark);
  }
}
