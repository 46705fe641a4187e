import type { SharePartition } from "./share-partition.ts";

/** Kafka's AcknowledgeType. */
export const Acknowledge = { accept: 1, release: 2, reject: 3 } as const;
export type Acknowledge = (typeof Acknowledge)[keyof typeof Acknowledge];

/** Outcomes of records on their way to a broker. */
export class Acknowledgements {
  private readonly ofs: SharePartition[] = [];
  private readonly offsets: number[] = [];
  private readonly locks: number[] = [];
  private readonly types: Acknowledge[] = [];
  /** Those that the broker has taken. */
  private taken: boolean[] = [];

  get count(): number {
    return this.offsets.length;
  }

  add(of: SharePartition, offset: number, lock: number, type: Acknowledge): void {
    this.ofs.push(of);
    this.offsets.push(offset);
    this.locks.push(lock);
    this.types.push(type);
  }

  /** At the broker: who no longer holds a record has no say. (INVALID_RECORD_STATE) */
  arrive(): void {
    this.taken = this.ofs.map((of, i) => of.acknowledges(this.offsets[i]!, this.locks[i]!));
  }

  /** The share coordinator has written them. */
  apply(): void {
    for (const [i, of] of this.ofs.entries())
      if (this.taken[i]!) of.settleAs(this.offsets[i]!, this.locks[i]!, this.types[i]!);
    for (const of of new Set(this.ofs)) of.review();
  }
}
