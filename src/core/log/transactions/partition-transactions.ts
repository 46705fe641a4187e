import { assert } from "../../sim/invariant.ts";
import type { Partition, PartitionReader } from "../partition.ts";
import { Control, RecordBatch } from "../storage/record-batch.ts";
import { StoredLog } from "../storage/stored-log.ts";
import type { UnifiedLog } from "../storage/unified-log.ts";

/** 61 bytes of batch, 17 of the control record in it. */
const markerBytes = 78;

/** The transactions in a partition: how far they are decided, what was aborted, and who reads only what is committed. */
export class PartitionTransactions {
  /** Groups with `isolation.level: read_committed`. */
  readonly readers: PartitionReader[] = [];
  /** The last stable offset, and the batches before it. */
  lastStable = 0;
  stableBatches = 0;
  readonly log: StoredLog;
  /** Offset after the stable batches. */
  private stableEnd = 0;
  private readonly unified: UnifiedLog;
  private readonly batch = new RecordBatch();
  /** First offsets of the batches of aborted transactions. */
  private readonly abortedBatches = new Set<number>();

  constructor({ log, storage }: Partition) {
    assert(log instanceof StoredLog && storage !== undefined, "a log with transactions keeps its records");
    this.log = log;
    this.unified = storage.unified;
  }

  /** The producer is at a later epoch here: another process goes by its name, or its transaction was ended for it. */
  fences(producerId: number, epoch: number): boolean {
    const state = this.unified.producers.of(producerId);
    return state !== undefined && epoch < state.epoch;
  }

  aborted(offset: number): boolean {
    if (this.abortedBatches.size === 0) return false;
    const { stored } = this.log;
    return this.abortedBatches.has(stored.base[stored.batchOf(offset)]!);
  }

  /** The marker that ends a producer's transaction here is appended; answers with its bytes. */
  end(committed: boolean, producerId: number, epoch: number, now: number): number {
    const { unified, batch, log } = this;
    const first = unified.producers.of(producerId)?.transactionStart ?? -1;
    const control = committed ? Control.commit : Control.abort;
    const base = unified.endTransaction(batch.marker(control, producerId, epoch, markerBytes, now), now);
    assert(base === log.logEnd, "a marker takes one offset");
    if (first >= 0 && !committed) this.hide(producerId, first, base);
    log.appendMarker(markerBytes);
    return markerBytes;
  }

  /** The high watermark has moved, or a transaction has ended: the readers see what is stable now. */
  advance(): void {
    if (this.settle()) for (const of of this.readers) of.wake();
  }

  /**
   * Moves the last stable offset to where it belongs, which is never before the log start; true when batches have become
   * stable by that: readers count them as unread, and are to be woken.
   */
  settle(): boolean {
    const { log, readers } = this;
    const from = this.stableBatches;
    let offset = this.stableEnd;
    this.review();
    for (let batch = from; batch < this.stableBatches; batch++) {
      const next = log.nextOffset(batch);
      for (const of of readers) of.group.appended(of, next - offset, log.bytesOf(batch));
      offset = next;
    }
    this.stableEnd = offset;
    return this.stableBatches > from;
  }

  /** The log was cut back, and what it knew of its producers was read anew from what is left. */
  truncated(): void {
    const { unified } = this;
    this.abortedBatches.clear();
    for (const { producerId, firstOffset, lastOffset } of unified.aborted.all)
      this.hide(producerId, firstOffset, lastOffset);
    this.stableBatches = Math.min(this.stableBatches, this.log.readableBatches);
    this.lastStable = Math.min(this.lastStable, this.log.logEnd);
    this.stableEnd = Math.min(this.stableEnd, this.log.logEnd);
  }

  private review(): void {
    const { log, unified } = this;
    unified.setHighWatermark(log.highWatermark);
    this.lastStable = unified.lastStable;
    this.stableBatches =
      this.lastStable >= log.highWatermark ? log.readableBatches : log.batchOf(this.lastStable);
  }

  private hide(producerId: number, from: number, before: number): void {
    const { stored } = this.log;
    for (let at = stored.batchOf(from); at < stored.batches && stored.base[at]! < before; at++)
      if (stored.producerId[at] === producerId && !stored.isControl(at))
        this.abortedBatches.add(stored.base[at]!);
  }
}
