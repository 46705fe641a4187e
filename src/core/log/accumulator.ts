import type { Partition } from "./partition.ts";

/** The batches of one producer client for one partition: those closed or ready first, the one being filled last. */
export class Accumulator {
  readonly number: number;
  readonly partition: Partition;
  /** First and last of the waiting batches; −1 when there is none. */
  first = -1;
  last = -1;
  batches = 0;
  /** Bytes of the record that was appended last. */
  recordBytes = 0;
  /** The batch being filled has waited `linger.ms`, or is full. */
  lastReady = false;
  /** Counts the batches opened, so that a linger timer knows whether its batch is still the one being filled. */
  generation = 0;

  constructor(number: number, partition: Partition) {
    this.number = number;
    this.partition = partition;
  }

  get ready(): boolean {
    return this.batches > 1 || (this.batches === 1 && this.lastReady);
  }
}
