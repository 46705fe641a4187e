import type { StoredLog } from "../storage/stored-log.ts";
import type { PartitionTransactions } from "./partition-transactions.ts";

/** What a reader sees of a partition: its records, and how far it may read. */
export interface LogView {
  readonly sparse: boolean;
  readonly logStart: number;
  readonly highWatermark: number;
  readonly readableBatches: number;
  holds(offset: number): boolean;
  count(from: number, to: number): number;
  nextHeld(offset: number): number;
}

/** `isolation.level: read_committed`: up to the last stable offset, without the records of aborted transactions. */
export class CommittedView implements LogView {
  readonly sparse = true;
  private readonly log: StoredLog;
  private readonly transactions: PartitionTransactions;

  constructor(log: StoredLog, transactions: PartitionTransactions) {
    this.log = log;
    this.transactions = transactions;
  }

  get logStart(): number {
    return this.log.logStart;
  }

  get highWatermark(): number {
    return this.transactions.lastStable;
  }

  get readableBatches(): number {
    return this.transactions.stableBatches;
  }

  holds(offset: number): boolean {
    return this.log.holds(offset) && !this.transactions.aborted(offset);
  }

  count(from: number, to: number): number {
    let count = 0;
    for (let offset = this.nextHeld(from); offset < to; offset = this.nextHeld(offset + 1)) count++;
    return count;
  }

  nextHeld(offset: number): number {
    const { log, transactions } = this;
    let next = log.nextHeld(offset);
    while (next < log.logEnd && transactions.aborted(next)) next = log.nextHeld(next + 1);
    return next;
  }
}
