import type { RandomStream } from "../sim/random.ts";

/** What the partitioner has to know of a partition's batches. */
export interface WaitingBatches {
  readonly batches: number;
  readonly full: boolean;
  /** Its broker has taken nothing of what waits for it for too long. */
  readonly unavailable: boolean;
}

/**
 * Where records without a key go: to one partition until `batch.size` bytes went there and no waiting batch of it has
 * room, or twice as many bytes; then a new one is drawn, rather one with few batches waiting. (KIP-794, Java's
 * BuiltInPartitioner)
 */
export class StickyPartitioner {
  private readonly stream: RandomStream;
  private partitions: readonly WaitingBatches[];
  private readonly batchSize: number;
  private readonly adaptive: boolean;
  private readonly leavesOut: boolean;
  private current = -1;
  private bytes = 0;

  /**
   * `adaptive`: a partition with few waiting batches is drawn rather than others; `leavesOut`: and none that is unavailable, where
   * another one is. (RecordAccumulator.partitionReady)
   */
  constructor(
    stream: RandomStream,
    partitions: readonly WaitingBatches[],
    batchSize: number,
    adaptive = true,
    leavesOut = false,
  ) {
    this.leavesOut = leavesOut;
    this.adaptive = adaptive;
    this.stream = stream;
    this.partitions = partitions;
    this.batchSize = batchSize;
  }

  /** Its client knows these partitions from now on. */
  spread(partitions: readonly WaitingBatches[]): void {
    this.partitions = partitions;
  }

  /** The partition of the next record. A batch that has left since the last one may let it switch. */
  partition(): number {
    if (this.current >= 0) this.review(0);
    if (this.current < 0) this.current = this.draw();
    return this.current;
  }

  /** A record of so many bytes went to the partition. */
  appended(bytes: number): void {
    this.review(bytes);
  }

  private review(bytes: number): void {
    this.bytes += bytes;
    const { full } = this.partitions[this.current]!;
    if ((this.bytes >= this.batchSize && full) || this.bytes >= 2 * this.batchSize) {
      this.current = -1;
      this.bytes = 0;
    }
  }

  /** Adaptive: a partition's weight is the longest queue + 1 − its own queue. */
  private draw(): number {
    const { partitions } = this;
    if (!this.adaptive) return this.stream.below(partitions.length);
    if (this.leavesOut) {
      const available = [...partitions.keys()].filter((p) => !partitions[p]!.unavailable);
      if (available.length === 0) return this.stream.below(partitions.length);
      return available[this.drawOf(available.map((p) => partitions[p]!))]!;
    }
    return this.drawOf(partitions);
  }

  private drawOf(partitions: readonly WaitingBatches[]): number {
    let longest = 0;
    let sum = 0;
    for (const { batches } of partitions) {
      sum += batches;
      if (batches > longest) longest = batches;
    }
    let weight = this.stream.below((longest + 1) * partitions.length - sum);
    let p = 0;
    for (; p < partitions.length - 1; p++) {
      weight -= longest + 1 - partitions[p]!.batches;
      if (weight < 0) break;
    }
    return p;
  }
}
