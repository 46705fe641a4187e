import { zero } from "../sim/zero.ts";
import type { ProducerIds } from "./producer-ids.ts";

/** No batch begins a new epoch. */
const none = -1;

/**
 * What a partition knows of one idempotent client, whose records are numbered in the order of sending: it takes each batch
 * after the one before, and a duplicate not again. (ProducerStateManager)
 */
export class SequenceMemory {
  /** The next record's; Infinity where the partition has forgotten the client, which may then go on anywhere. */
  private expected = zero;
  /** The client's newest epoch begins with this record: a partition takes it whatever came before. */
  private epochStart = none;
  /** Time of the batch that was written last, and when it was. */
  private timestamp = zero;
  private writtenAt = zero;

  /** OUT_OF_ORDER_SEQUENCE_NUMBER: something before it never came. */
  refuses(sequence: number): boolean {
    return sequence > this.expected && sequence !== this.epochStart;
  }

  /** Whether it would notice that a batch comes again. */
  get remembers(): boolean {
    return this.expected < Infinity;
  }

  /** It has written these. */
  follows(sequence: number, count: number): void {
    const end = sequence + count;
    this.expected = this.remembers ? Math.max(this.expected, end) : end;
  }

  /** As `follows`, where clients may be forgotten before the end of the run. */
  writes(timestamp: number, now: number): void {
    this.timestamp = timestamp;
    this.writtenAt = now;
  }

  forgetsBy(ids: ProducerIds, now: number): void {
    if (ids.forgotten(this.timestamp, this.writtenAt, now)) this.expected = Infinity;
  }

  /** The client numbers anew from this record on. (TransactionManager.bumpIdempotentProducerEpoch) */
  beginsEpoch(sequence: number): void {
    this.epochStart = sequence;
  }

  /** A new leader's log is shorter: the next record that it can take, or one before it where a gap lies between. */
  cutBack(next: number): void {
    this.expected = next;
  }
}
