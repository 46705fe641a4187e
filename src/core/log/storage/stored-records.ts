import { firstWhere } from "../../sim/halving.ts";
import { widened } from "../../sim/messages.ts";
import { Control, type RecordBatch } from "./record-batch.ts";

const initialCapacity = 16;
/** No cleaner has kept a tombstone or an empty transaction's marker of the batch yet. */
export const noHorizon = Infinity;

/**
 * The batches and records that a log holds, as a struct of arrays in the order of offsets: 31 bytes a record, 67 a
 * batch. Cleaning and truncation leave gaps between offsets, never between places.
 */
export class StoredRecords {
  batches = 0;
  base = new Float64Array(initialCapacity);
  /** Offset after its last record, also after cleaning. */
  next = new Float64Array(initialCapacity);
  bytes = new Int32Array(initialCapacity);
  /** Bytes that its records take over those that they have. */
  rate = new Float64Array(initialCapacity);
  baseTimestamp = new Float64Array(initialCapacity);
  maxTimestamp = new Float64Array(initialCapacity);
  /** When a cleaner may remove its tombstones, or its marker. */
  horizon = new Float64Array(initialCapacity);
  /** Place after its last record. */
  recordEnd = new Int32Array(initialCapacity);
  producerId = new Int32Array(initialCapacity);
  producerEpoch = new Int32Array(initialCapacity);
  baseSequence = new Int32Array(initialCapacity);
  transactional = new Uint8Array(initialCapacity);
  control = new Uint8Array(initialCapacity);

  records = 0;
  offset = new Float64Array(initialCapacity);
  /** Copies for clients, from the end of the columns backwards. */
  private pins = 0;
  timestamp = new Float64Array(initialCapacity);
  /** An id; negative without a key. */
  key = new Int32Array(initialCapacity);
  /** Bytes in its batch, before it is compressed. */
  size = new Int32Array(initialCapacity);
  /** For whoever reads it. */
  id = new Int32Array(initialCapacity);
  source = new Uint16Array(initialCapacity);
  tombstone = new Uint8Array(initialCapacity);
  /** While somebody has to know: what was cut off before the first record that is left. */
  deleted: { readonly offset: Float64Array; readonly id: Int32Array }[] | undefined = undefined;

  /** Who has to know of each record that the cleaner takes since another one of its key stays. */
  taken: ((offset: number, id: number) => void) | undefined = undefined;

  /** A batch at the end; its records follow by `add`. */
  open(batch: RecordBatch, base: number): void {
    if (this.batches === this.base.length) this.growBatches();
    const at = this.batches++;
    this.base[at] = base;
    this.next[at] = base + batch.count;
    this.bytes[at] = batch.bytes;
    this.rate[at] = 1;
    this.baseTimestamp[at] = batch.baseTimestamp;
    this.maxTimestamp[at] = batch.maxTimestamp;
    this.horizon[at] = noHorizon;
    this.recordEnd[at] = this.records;
    this.producerId[at] = batch.producerId;
    this.producerEpoch[at] = batch.producerEpoch;
    this.baseSequence[at] = batch.baseSequence;
    this.transactional[at] = batch.transactional ? 1 : 0;
    this.control[at] = batch.control;
  }

  /** The next record of the last batch. */
  add(
    offset: number,
    timestamp: number,
    key: number,
    size: number,
    tombstone: boolean,
    id: number,
    source: number,
  ): void {
    if (this.records + this.pins === this.offset.length) this.growRecords();
    const at = this.records++;
    this.offset[at] = offset;
    this.timestamp[at] = timestamp;
    this.key[at] = key;
    this.size[at] = size;
    this.id[at] = id;
    this.source[at] = source;
    this.tombstone[at] = tombstone ? 1 : 0;
    this.recordEnd[this.batches - 1] = this.records;
  }

  /** The first batch that ends after the offset; `batches` when none does. */
  batchOf(offset: number): number {
    return firstWhere(this.batches, (batch) => this.next[batch]! > offset);
  }

  /** The first record at or after the offset; `records` when there is none. */
  recordOf(offset: number): number {
    return firstWhere(this.records, (record) => this.offset[record]! >= offset);
  }

  firstRecord(batch: number): number {
    return batch === 0 ? 0 : this.recordEnd[batch - 1]!;
  }

  isControl(batch: number): boolean {
    return this.control[batch] !== Control.none;
  }

  /** Copies the records at these places to pins 0, 1, 2 …, in place of those that were there. */
  pin(places: readonly number[]): void {
    const columns = this.recordColumns();
    const copies = columns.map((column) => places.map((place) => column[place]!));
    this.pins = 0;
    while (this.records + places.length > this.offset.length) this.growRecords();
    this.pins = places.length;
    for (const [c, column] of this.recordColumns().entries())
      for (let pin = 0; pin < places.length; pin++) column[this.pinned(pin)] = copies[c]![pin]!;
  }

  /** The place of a pin. */
  pinned(pin: number): number {
    return this.offset.length - 1 - pin;
  }

  /** Forgets the batches from this one on. */
  cutFrom(batch: number): void {
    this.records = this.firstRecord(batch);
    this.batches = batch;
  }

  /** Forgets the batches before this one. */
  cutBefore(batch: number): void {
    if (batch === 0) return;
    const record = this.firstRecord(batch);
    this.deleted?.push({ offset: this.offset.slice(0, record), id: this.id.slice(0, record) });
    for (const column of this.batchColumns()) column.copyWithin(0, batch, this.batches);
    for (const column of this.recordColumns()) column.copyWithin(0, record, this.records);
    this.batches -= batch;
    this.records -= record;
    for (let at = 0; at < this.batches; at++) this.recordEnd[at]! -= record;
  }

  /** The message of a deleted record. */
  deletedAt(at: number): number | undefined {
    for (const { offset, id } of this.deleted ?? []) {
      const place = firstWhere(offset.length, (record) => offset[record]! >= at);
      if (offset[place] === at) return id[place];
    }
    return undefined;
  }

  /** Copies one batch's header to an earlier place. */
  moveBatch(from: number, to: number): void {
    if (from !== to) for (const column of this.batchColumns()) column[to] = column[from]!;
  }

  moveRecord(from: number, to: number): void {
    if (from !== to) for (const column of this.recordColumns()) column[to] = column[from]!;
  }

  /** Takes out what lies between the places, after a cleaner moved what it keeps before them. */
  closeGap(batchTo: number, batchFrom: number, recordTo: number, recordFrom: number): void {
    for (const column of this.batchColumns()) column.copyWithin(batchTo, batchFrom, this.batches);
    for (const column of this.recordColumns()) column.copyWithin(recordTo, recordFrom, this.records);
    this.batches -= batchFrom - batchTo;
    this.records -= recordFrom - recordTo;
    for (let at = batchTo; at < this.batches; at++) this.recordEnd[at]! -= recordFrom - recordTo;
  }

  private batchColumns(): (Float64Array | Int32Array | Uint8Array)[] {
    const { base, next, bytes, rate, baseTimestamp, maxTimestamp, horizon, recordEnd } = this;
    const { producerId, producerEpoch, baseSequence, transactional, control } = this;
    return [
      ...[base, next, bytes, rate, baseTimestamp, maxTimestamp, horizon, recordEnd],
      ...[producerId, producerEpoch, baseSequence, transactional, control],
    ];
  }

  private recordColumns(): (Float64Array | Int32Array | Uint16Array | Uint8Array)[] {
    const { offset, timestamp, key, size, id, source, tombstone } = this;
    return [offset, timestamp, key, size, id, source, tombstone];
  }

  private growBatches(): void {
    const capacity = 2 * this.base.length;
    this.base = widened(new Float64Array(capacity), this.base);
    this.next = widened(new Float64Array(capacity), this.next);
    this.bytes = widened(new Int32Array(capacity), this.bytes);
    this.rate = widened(new Float64Array(capacity), this.rate);
    this.baseTimestamp = widened(new Float64Array(capacity), this.baseTimestamp);
    this.maxTimestamp = widened(new Float64Array(capacity), this.maxTimestamp);
    this.horizon = widened(new Float64Array(capacity), this.horizon);
    this.recordEnd = widened(new Int32Array(capacity), this.recordEnd);
    this.producerId = widened(new Int32Array(capacity), this.producerId);
    this.producerEpoch = widened(new Int32Array(capacity), this.producerEpoch);
    this.baseSequence = widened(new Int32Array(capacity), this.baseSequence);
    this.transactional = widened(new Uint8Array(capacity), this.transactional);
    this.control = widened(new Uint8Array(capacity), this.control);
  }

  private growRecords(): void {
    const capacity = 2 * this.offset.length;
    const pinsFrom = this.offset.length - this.pins;
    this.offset = widened(new Float64Array(capacity), this.offset);
    this.timestamp = widened(new Float64Array(capacity), this.timestamp);
    this.key = widened(new Int32Array(capacity), this.key);
    this.size = widened(new Int32Array(capacity), this.size);
    this.id = widened(new Int32Array(capacity), this.id);
    this.source = widened(new Uint16Array(capacity), this.source);
    this.tombstone = widened(new Uint8Array(capacity), this.tombstone);
    for (const column of this.recordColumns())
      column.copyWithin(capacity - this.pins, pinsFrom, pinsFrom + this.pins);
  }
}
