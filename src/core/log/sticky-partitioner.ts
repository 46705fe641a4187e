import type { RandomStream } from "../sim/random.ts";

/**
 * Where records without a key go: to one partition until `batch.size` bytes went there and its batch is full, or twice
 * as many bytes; then a new one is drawn, rather one with few batches waiting. (KIP-794, Java's BuiltInPartitioner)
 */
export class StickyPartitioner {
  private readonly stream: RandomStream;
  private readonly partitions: number;
  private readonly batchSize: number;
  private current = -1;
  private bytes = 0;

  constructor(stream: RandomStream, partitions: number, batchSize: number) {
    this.stream = stream;
    this.partitions = partitions;
    this.batchSize = batchSize;
  }

  /** The partition of the next record; `waiting` tells how many batches wait for a partition. */
  partition(waiting: (partition: number) => number): number {
    if (this.current < 0) this.current = this.draw(waiting);
    return this.current;
  }

  /** A record of so many bytes went to the partition. */
  appended(bytes: number, batchFull: boolean): void {
    this.bytes += bytes;
    if ((this.bytes >= this.batchSize && batchFull) || this.bytes >= 2 * this.batchSize) {
      this.current = -1;
      this.bytes = 0;
    }
  }

  /** Adaptive: a partition's weight is the longest queue + 1 − its own queue. */
  private draw(waiting: (partition: number) => number): number {
    let longest = 0;
    let sum = 0;
    for (let p = 0; p < this.partitions; p++) {
      const queue = waiting(p);
      sum += queue;
      if (queue > longest) longest = queue;
    }
    let weight = this.stream.below((longest + 1) * this.partitions - sum);
    let p = 0;
    for (; p < this.partitions - 1; p++) {
      weight -= longest + 1 - waiting(p);
      if (weight < 0) break;
    }
    return p;
  }
}
