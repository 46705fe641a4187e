import type { Batches } from "./batches.ts";
import type { Connection } from "./connection.ts";
import type { Partition } from "./partition.ts";
import type { ProducerClient } from "./producer-client.ts";

/** The batches of one producer client for one partition: those closed or ready first, the one being filled last. */
export class Accumulator {
  readonly number: number;
  readonly client: ProducerClient;
  readonly partition: Partition;
  readonly connection: Connection;
  /** First and last of the waiting batches; −1 when there is none. */
  first = -1;
  last = -1;
  batches = 0;
  /** Records that joined it and no log has yet, in batches and in requests. */
  held = 0;
  /** Bytes that the record appended last took, with the header of a batch that it opened. */
  appendedBytes = 0;
  /** The batch being filled may leave: it has waited `linger.ms`, or is full. */
  lastReady = false;
  lastFull = false;
  /** Counts the batches opened, so that a linger timer knows whether its batch is still the one being filled. */
  generation = 0;
  /** In the line of its connection. */
  following: Accumulator | undefined;
  countedReady = false;

  constructor(number: number, client: ProducerClient, partition: Partition, connection: Connection) {
    this.number = number;
    this.client = client;
    this.partition = partition;
    this.connection = connection;
  }

  get ready(): boolean {
    return this.batches > 1 || (this.batches === 1 && this.lastReady);
  }

  /** Whether no waiting batch has room. Only the last can have, and an empty line counts as full. (allBatchesFull) */
  get full(): boolean {
    return this.batches === 0 || this.lastFull;
  }

  /** A new batch at the end, to be filled. */
  open(batches: Batches, overhead: number): number {
    const batch = batches.open(this.number, overhead);
    if (this.first < 0) this.first = batch;
    else batches.next[this.last] = batch;
    this.last = batch;
    this.batches++;
    this.generation++;
    this.lastReady = false;
    this.lastFull = false;
    return batch;
  }

  /** Takes the first batch out. */
  takeFirst(batches: Batches): number {
    const batch = this.first;
    this.first = batches.next[batch]!;
    if (this.first < 0) {
      this.last = -1;
      this.lastReady = false;
    }
    this.batches--;
    batches.next[batch] = -1;
    return batch;
  }
}
