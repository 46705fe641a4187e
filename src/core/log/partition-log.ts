import type { Messages } from "../sim/messages.ts";
import { widened } from "../sim/messages.ts";
import { assert } from "../sim/invariant.ts";
import { zero } from "../sim/zero.ts";
import { batchOverhead, recordBytes } from "./record-size.ts";

const initialCapacity = 32;

/**
 * One partition's records and batches, from the first offset that somebody may still read (`kept`) to the log end:
 * rings of columns, 18 bytes a record and 12 a batch. Offsets and batch numbers only grow; `at` and `batchAt` turn
 * them into places of the columns, which are replaced when a ring grows.
 */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** First offset that consumers may read. */
  logStart = 0;
  logEnd = 0;
  /** What consumers may read ends here, and the batches that hold it: without replicas all that was appended. */
  highWatermark = zero;
  readableBatches = 0;
  /** Somebody moves the high watermark; else each append does. */
  replicated = false;
  /** Some offsets below the log end have no record any more. */
  readonly sparse: boolean = false;
  /** Records before it are forgotten by the simulator; not Kafka's log start, which may be before or after it. */
  kept = 0;
  /** Offset after the last record from before the run. */
  preloadEnd = 0;
  /** Bytes that its segments hold, batch headers included. */
  bytes = 0;
  sentAt = new Float64Array(initialCapacity);
  key = new Int32Array(initialCapacity);
  id = new Int32Array(initialCapacity);
  source = new Uint16Array(initialCapacity);
  private recordMask = initialCapacity - 1;

  /** Number of batches ever appended. */
  batchEnd = 0;
  private batchKept = 0;
  /** Offset of the first record of that batch. */
  private baseKept = zero;
  /** Offset after the last record of a batch. */
  private batchNext = new Float64Array(initialCapacity);
  private batchBytes = new Int32Array(initialCapacity);
  private batchMask = initialCapacity - 1;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  at(offset: number): number {
    return offset & this.recordMask;
  }

  /** Whether the offset has a record. */
  holds(offset: number): boolean {
    return offset < this.logEnd;
  }

  /** The number of the message at this offset; undefined where it is forgotten. */
  messageAt(offset: number): number | undefined {
    return offset >= this.kept && offset < this.logEnd ? this.id[this.at(offset)] : undefined;
  }

  /** Records of [from, to). */
  count(from: number, to: number): number {
    return to - from;
  }

  /** The first offset at or after this one that has a record; the log end when none has. */
  nextHeld(offset: number): number {
    return offset;
  }

  /** Appends the list of messages that starts at `head`; returns the offset of the first. */
  append(messages: Messages, head: number, count: number, bytes: number): number {
    const base = this.logEnd;
    while (base + count - this.kept > this.recordMask + 1) this.growRecords();
    const { recordMask: mask, sentAt, key, id, source } = this;
    let offset = base;
    for (let m = head; m >= 0; m = messages.next[m]!, offset++) {
      const at = offset & mask;
      sentAt[at] = messages.sentAt[m]!;
      key[at] = messages.key[m]!;
      id[at] = messages.id[m]!;
      source[at] = messages.source[m]!;
    }
    assert(offset === base + count, "an append moves the log end by the batch");
    this.close(offset, bytes);
    return base;
  }

  /** A batch whose records are written ends before this offset. */
  protected close(next: number, bytes: number): void {
    this.logEnd = next;
    this.bytes += bytes;
    if (this.batchEnd - this.batchKept > this.batchMask) this.growBatches();
    const batch = this.batchEnd++ & this.batchMask;
    this.batchNext[batch] = next;
    this.batchBytes[batch] = bytes;
    if (!this.replicated) this.expose(this.batchEnd);
  }

  protected get firstBatch(): number {
    return this.batchKept;
  }

  protected resize(batch: number, bytes: number): void {
    this.batchBytes[batch & this.batchMask] = bytes;
  }

  /** Moves the high watermark to the end of the batches before this one. */
  expose(batches: number): void {
    assert(batches > this.readableBatches, "the high watermark only grows");
    this.readableBatches = batches;
    this.highWatermark = this.nextOffset(batches - 1);
  }

  /** Offset after the last record of this batch. */
  nextOffset(batch: number): number {
    return this.batchNext[batch & this.batchMask]!;
  }

  bytesOf(batch: number): number {
    return this.batchBytes[batch & this.batchMask]!;
  }

  /** Bytes of a record's value, on average in its batch, of which compression has left `rate`. */
  meanBytes(offset: number, rate: number): number {
    const batch = this.batchOf(offset);
    const base = batch > this.batchKept ? this.nextOffset(batch - 1) : this.baseKept;
    const each = (this.bytesOf(batch) - batchOverhead) / rate / (this.nextOffset(batch) - base);
    return Math.max(Math.round(each) - recordBytes(-1, 0, 0), 0);
  }

  /** The batch that holds the offset, or the end of batches for the log end: by halving. */
  batchOf(offset: number): number {
    let low = this.batchKept;
    let high = this.batchEnd;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.nextOffset(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Cuts the log back to the batches that end at this offset: what is beyond them is gone. */
  truncate(batches: number, end: number): void {
    assert(batches >= this.batchKept && end >= this.kept, "what is cut off is still known");
    for (let batch = batches; batch < this.batchEnd; batch++) this.bytes -= this.bytesOf(batch);
    this.batchEnd = batches;
    this.logEnd = end;
    this.logStart = Math.min(this.logStart, end);
    if (this.readableBatches <= batches) return;
    this.readableBatches = batches;
    this.highWatermark = end;
  }

  /** Forgets what nobody can read any more. */
  forget(offset: number): void {
    if (offset <= this.kept) return;
    this.kept = offset;
    while (this.batchKept < this.batchEnd && this.nextOffset(this.batchKept) <= offset)
      this.baseKept = this.nextOffset(this.batchKept++);
  }

  private growRecords(): void {
    const { recordMask: mask, kept, logEnd } = this;
    const capacity = 2 * (mask + 1);
    const old = { sentAt: this.sentAt, key: this.key, id: this.id, source: this.source };
    this.sentAt = new Float64Array(capacity);
    this.key = new Int32Array(capacity);
    this.id = new Int32Array(capacity);
    this.source = new Uint16Array(capacity);
    this.recordMask = capacity - 1;
    for (let offset = kept; offset < logEnd; offset++) {
      const from = offset & mask;
      const to = offset & this.recordMask;
      this.sentAt[to] = old.sentAt[from]!;
      this.key[to] = old.key[from]!;
      this.id[to] = old.id[from]!;
      this.source[to] = old.source[from]!;
    }
  }

  private growBatches(): void {
    const { batchMask: mask } = this;
    const next = this.batchNext;
    const bytes = this.batchBytes;
    this.batchNext = widened(new Float64Array(2 * (mask + 1)), next);
    this.batchBytes = widened(new Int32Array(2 * (mask + 1)), bytes);
    this.batchMask = 2 * mask + 1;
    for (let batch = this.batchKept; batch < this.batchEnd; batch++) {
      this.batchNext[batch & this.batchMask] = next[batch & mask]!;
      this.batchBytes[batch & this.batchMask] = bytes[batch & mask]!;
    }
  }
}
