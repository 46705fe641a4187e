import { zero } from "../sim/zero.ts";
import type { Batches } from "./batches.ts";
import type { CompressionEstimate } from "./compression-estimate.ts";
import type { Connection } from "./connection.ts";
import type { Partition } from "./partition.ts";
import type { ProducerClient } from "./producer-client.ts";
import { SequenceMemory } from "./sequence-memory.ts";

/** The batches of one producer client for one partition: those closed or ready first, the one being filled last. */
export class Accumulator {
  readonly number: number;
  readonly client: ProducerClient;
  readonly partition: Partition;
  /** To the broker that its client takes for the leader. */
  connection: Connection;
  /** First and last of the waiting batches; −1 when there is none. */
  first = -1;
  last = -1;
  batches = 0;
  /** Records that joined it and no log has yet, in batches and in requests. */
  held = 0;
  /** What its client expects of its codec in the topic; undefined where it does not compress, or does not ask. */
  readonly estimate: CompressionEstimate | undefined;
  /** Bytes that the record appended last took, with the header of a batch that it opened. */
  appendedBytes = 0;
  /** The batch being filled may leave: it has waited `linger.ms`, or is full. */
  lastReady = false;
  lastFull = false;
  /** Bytes that its client takes the batch being filled for, if there is one. */
  filled = 0;
  /** Counts the batches opened, so that a linger timer knows whether its batch is still the one being filled. */
  generation = 0;
  /** In the line of its connection. */
  following: Accumulator | undefined = undefined;
  countedReady = false;
  /** Nothing is sent before: a batch of it failed, and its client backs off. */
  backsOffUntil = 0;
  backsOff = false;
  /** Records that were sent, once each: the sequence number of the next. */
  sequence = 0;
  /** What the partition knows of this client. */
  readonly memory = new SequenceMemory();
  /** Offset after all that its client is done with and a log has. */
  doneEnd = zero;
  /** A batch that was sent was given up: no new one is, until all others that were sent have their outcome. */
  unresolved = false;

  constructor(
    number: number,
    client: ProducerClient,
    partition: Partition,
    connection: Connection,
    estimate?: CompressionEstimate,
  ) {
    this.number = number;
    this.client = client;
    this.partition = partition;
    this.connection = connection;
    this.estimate = estimate;
  }

  get ready(): boolean {
    return !this.backsOff && (this.batches > 1 || (this.batches === 1 && this.lastReady));
  }

  /** `partitioner.availability.timeout.ms`: its connection has had something to send, and could not, for so long. */
  get unavailable(): boolean {
    return this.connection.waitsFor(this.client.now) > this.client.settings.availabilityTimeout;
  }

  /** Whether no waiting batch has room. Only the last can have, and an empty line counts as full. (allBatchesFull) */
  get full(): boolean {
    return this.batches === 0 || this.lastFull;
  }

  /** Its first batch was never sent, and has to wait for what was. */
  isHeldBack(batches: Batches): boolean {
    return this.unresolved && batches.sequence[this.first]! < 0;
  }

  /** A new batch at the end, to be filled. */
  open(batches: Batches, overhead: number, now: number): number {
    const batch = batches.open(this.number, overhead, now, this.estimate?.factor);
    if (this.first < 0) this.first = batch;
    else batches.next[this.last] = batch;
    this.last = batch;
    this.batches++;
    this.generation++;
    this.lastReady = false;
    this.lastFull = false;
    return batch;
  }

  /** A batch that was sent in vain is the first again; `ordered`: behind those that were sent before it. */
  putBack(batches: Batches, batch: number, ordered: boolean): void {
    let before = -1;
    let after = this.first;
    if (ordered)
      while (
        after >= 0 &&
        batches.attempts[after]! > 0 &&
        batches.sequence[after]! < batches.sequence[batch]!
      ) {
        before = after;
        after = batches.next[after]!;
      }
    batches.next[batch] = after;
    if (before < 0) this.first = batch;
    else batches.next[before] = batch;
    if (after < 0) {
      this.last = batch;
      this.lastFull = this.lastReady = true;
    }
    this.batches++;
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
