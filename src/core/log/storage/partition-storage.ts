import type { LogConfig } from "../../model/log-config.ts";
import { noKey, type Messages } from "../../sim/messages.ts";
import type { RandomStream } from "../../sim/random.ts";
import { zero } from "../../sim/zero.ts";
import type { LogContext } from "../log-context.ts";
import type { PartitionLog } from "../partition-log.ts";
import type { ProducerClient } from "../producer-client.ts";
import { batchOverhead, recordBytes } from "../record-size.ts";
import { cleanableRange } from "./cleanable-range.ts";
import { StoredLog } from "./stored-log.ts";
import { clean } from "./log-cleaner.ts";
import { anyDeletable, deleteOldSegments, type Deletions } from "./log-retention.ts";
import { noProducer, RecordBatch } from "./record-batch.ts";
import type { StoredRecords } from "./stored-records.ts";
import { leaveToRemote, type TieredSegments } from "./tiered-storage.ts";
import { UnifiedLog, type Jitter } from "./unified-log.ts";

/** Producer id of a client without transactions, whose coordinators count theirs from 0. */
const idempotentProducer = (client: number): number => noProducer - 1 - client;

/** Each segment draws its own. (LogConfig.randomSegmentJitter) */
function jitterOf({ segmentJitter, segmentTime }: LogConfig, stream: () => RandomStream): Jitter | undefined {
  const most = Math.min(segmentJitter, segmentTime);
  return most === 0 ? undefined : () => most * stream().next();
}

/** How dirty a log is, and by which setting it is due for the cleaner; undefined where it is not. */
export interface Dirtiness {
  readonly ratio: number;
  readonly rule: "min.cleanable.dirty.ratio" | "max.compaction.lag.ms" | undefined;
}

/**
 * What the broker keeps of a partition, beside the records that somebody may still read: segments, and what retention
 * and the cleaner make of them. Only partitions of which something may go during a run have one.
 */
export class PartitionStorage {
  readonly unified: UnifiedLog;
  /** The append before this moment began a new segment. */
  rolled = false;
  /** Offset from which the broker's own disk has the records. */
  localStart = 0;
  private readonly context: LogContext;
  private readonly log: PartitionLog;
  private readonly batch = new RecordBatch();
  private cleanedUpTo = 0;
  /** When producers are looked at next. */
  private producersDue = zero;

  constructor(context: LogContext, log: PartitionLog, config: LogConfig) {
    this.context = context;
    this.log = log;
    const stored = log instanceof StoredLog ? log.stored : undefined;
    const { kernel } = context;
    this.unified = new UnifiedLog(
      config,
      kernel.now,
      stored,
      jitterOf(config, () => kernel.stream(`segments of ${log.topic}-${log.partition}`)),
    );
  }

  /** Records without a key are refused where keys decide what is kept. */
  refuses(messages: Messages, head: number): boolean {
    if (!this.unified.config.compact) return false;
    for (let m = head; m >= 0; m = messages.next[m]!) if (messages.key[m] === noKey) return true;
    return false;
  }

  /** The partition's log took a batch that begins at `base`. */
  appended(
    messages: Messages,
    head: number,
    base: number,
    count: number,
    bytes: number,
    now: number,
    by?: ProducerClient,
  ): void {
    const { unified, batch } = this;
    const first = messages.sentAt[head]!;
    let largest = first;
    for (let m = head; m >= 0; m = messages.next[m]!)
      if (messages.sentAt[m]! > largest) largest = messages.sentAt[m]!;
    batch.plain(count, bytes, first, largest);
    this.forgetProducers(now);
    if (by !== undefined) this.sign(by);
    if (unified.config.logAppendTime) batch.baseTimestamp = batch.maxTimestamp = now;
    const segments = unified.segments.length;
    unified.take(batch, now);
    this.rolled = unified.segments.length > segments;
    if (unified.stored !== undefined) this.store(unified.stored, messages, head, base);
  }

  /** Whether a check of retention would find anything. */
  anyDeletable(now: number): boolean {
    this.unified.setHighWatermark(this.log.highWatermark);
    return anyDeletable(this.unified, now);
  }

  /** The partition's log was cut back. */
  truncated(now: number): void {
    const { unified, log } = this;
    if (log instanceof StoredLog) {
      unified.truncateTo(log.logEnd, now);
      log.changed();
    } else unified.truncateSegments(log.logEnd, log.bytes, now);
    this.cleanedUpTo = Math.min(this.cleanedUpTo, log.logEnd);
  }

  /** One check of retention. */
  check(now: number): Deletions {
    return deleteOldSegments(this.unified, now);
  }

  /** One check of what the broker's own disk keeps of a tiered log. */
  leaveToRemote(now: number): TieredSegments {
    this.unified.setHighWatermark(this.log.highWatermark);
    const left = leaveToRemote(this.unified, now);
    this.localStart = this.unified.localStart;
    return left;
  }

  deleteRecordsBefore(offset: number): void {
    this.unified.setHighWatermark(this.log.highWatermark);
    this.unified.deleteRecordsBefore(offset);
  }

  dirtiness(now: number): Dirtiness {
    const { unified } = this;
    unified.setHighWatermark(this.log.highWatermark);
    const { cleanableRatio: ratio, cleanableBytes, overdue } = cleanableRange(unified, this.cleanedUpTo, now);
    if (ratio > unified.config.minCleanableDirtyRatio) return { ratio, rule: "min.cleanable.dirty.ratio" };
    return { ratio, rule: overdue && cleanableBytes > 0 ? "max.compaction.lag.ms" : undefined };
  }

  /** Returns the bytes that went. */
  clean(now: number): number {
    const { unified } = this;
    const before = unified.bytes;
    this.forgetProducers(now);
    this.cleanedUpTo = clean(unified, cleanableRange(unified, this.cleanedUpTo, now), now);
    return before - unified.bytes;
  }

  /** As at the last look: what is written since is newer. */
  private forgetProducers(now: number): void {
    const { producerIds } = this.context;
    if (producerIds === undefined || now < this.producersDue) return;
    this.producersDue = producerIds.nextCheck(now);
    this.unified.producers.forgetUpTo(producerIds.oldest(now));
  }

  /** Its client has put its batches into order already: each follows the one before. */
  private sign({ transactions, settings, number }: ProducerClient): void {
    if (transactions !== undefined)
      this.follow(transactions.state.producerId, transactions.producerEpoch, true);
    else if (settings.idempotence && this.unified.stored !== undefined)
      this.follow(idempotentProducer(number), 0, false);
  }

  private follow(producerId: number, epoch: number, transactional: boolean): void {
    const known = this.unified.producers.of(producerId);
    const sequence = known?.epoch === epoch ? known.lastSequence + 1 : 0;
    this.batch.by(producerId, epoch, sequence, transactional);
  }

  private store(stored: StoredRecords, messages: Messages, head: number, base: number): void {
    const { keyHash, tombstones } = this.context;
    let offset = base;
    let content = 0;
    for (let m = head; m >= 0; m = messages.next[m]!) {
      const key = messages.key[m]!;
      const source = messages.source[m]!;
      const tombstone = tombstones[source] === true;
      const size = recordBytes(
        key < 0 ? -1 : keyHash.bytes(key),
        tombstone ? -1 : messages.bytes[m]!,
        offset - base,
      );
      content += size;
      stored.add(offset++, messages.sentAt[m]!, key, size, tombstone, messages.id[m]!, source);
    }
    stored.rate[stored.batches - 1] = (stored.bytes[stored.batches - 1]! - batchOverhead) / content;
    (this.log as StoredLog).changed();
  }
}
