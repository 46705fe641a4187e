import { assert } from "../../sim/invariant.ts";
import type { Messages } from "../../sim/messages.ts";
import { PartitionLog } from "../partition-log.ts";
import { StoredRecords } from "./stored-records.ts";

/**
 * The log of a partition that is compacted, or into which producers send in transactions: its records are those that the
 * broker stores, with gaps between their offsets. Batch numbers stay dense; a batch that the cleaner took has no bytes left.
 */
export class StoredLog extends PartitionLog {
  readonly stored = new StoredRecords();
  override readonly sparse = true;
  /** Place that comes next where records are read in turn. */
  private guess = 0;
  /** Records that `poll()` returned and the log has lost since, by their pins: clients have copies. */
  private pins = new Map<number, number>();

  override at(offset: number): number {
    const { stored, guess } = this;
    const place = guess < stored.records && stored.offset[guess] === offset ? guess : stored.recordOf(offset);
    if (place < stored.records && stored.offset[place] === offset) {
      this.guess = place + 1;
      return place;
    }
    const pin = this.pins.get(offset);
    assert(pin !== undefined, "a record that is read is stored, or in a client's hands");
    return stored.pinned(pin);
  }

  override holds(offset: number): boolean {
    const { stored } = this;
    const place = stored.recordOf(offset);
    return place < stored.records && stored.offset[place] === offset;
  }

  /** Of what a rewrite has deleted only as long as it is under way. */
  override messageAt(offset: number): number | undefined {
    return this.pins.has(offset) || this.holds(offset)
      ? this.id[this.at(offset)]
      : this.stored.deletedAt(offset);
  }

  override count(from: number, to: number): number {
    return this.stored.recordOf(to) - this.stored.recordOf(from);
  }

  override nextHeld(offset: number): number {
    const { stored } = this;
    const place = stored.recordOf(offset);
    return place < stored.records ? stored.offset[place]! : this.logEnd;
  }

  /** The records themselves follow in `stored`. */
  override append(_: Messages, __: number, count: number, bytes: number): number {
    const base = this.logEnd;
    this.close(base + count, bytes);
    return base;
  }

  /** A transaction's marker, which is stored: it takes an offset that has no record. */
  appendMarker(bytes: number): void {
    this.close(this.logEnd + 1, bytes);
    this.changed();
  }

  /** What is stored was changed: the columns may be others, and batches have other sizes. */
  changed(): void {
    const { stored } = this;
    this.sentAt = stored.timestamp;
    this.key = stored.key;
    this.id = stored.id;
    this.source = stored.source;
  }

  /** The cleaner took records: each batch has the bytes that are left of it. */
  cleaned(): void {
    const { stored } = this;
    this.changed();
    let at = 0;
    for (let batch = this.firstBatch; batch < this.batchEnd; batch++) {
      const next = this.nextOffset(batch);
      while (at < stored.batches && stored.next[at]! < next) at++;
      this.resize(batch, at < stored.batches && stored.next[at] === next ? stored.bytes[at]! : 0);
    }
  }

  /** Keeps the records of these stretches, pairs of offsets, for whoever has them in hand; lets go of earlier ones. */
  pin(stretches: readonly (readonly [from: number, to: number])[]): void {
    const { stored } = this;
    const offsets: number[] = [];
    const places: number[] = [];
    for (const [from, to] of stretches)
      for (let offset = from; offset < to; offset++)
        if (this.pins.has(offset) || this.holds(offset)) {
          offsets.push(offset);
          places.push(this.at(offset));
        }
    stored.pin(places);
    this.pins = new Map(offsets.map((offset, pin) => [offset, pin]));
    this.changed();
  }
}
