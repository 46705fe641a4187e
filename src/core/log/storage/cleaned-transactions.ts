import { Control } from "./record-batch.ts";
import type { StoredRecords } from "./stored-records.ts";
import type { AbortedTransaction } from "./transaction-index.ts";

interface OngoingAbort {
  readonly transaction: AbortedTransaction;
  observed: boolean;
}

/** The transactions that a cleaner is within, batch after batch. (CleanedTransactionMetadata) */
export class CleanedTransactions {
  /** Aborted ones of which a record or the marker is kept: their entries stay in the index. */
  readonly kept = new Set<AbortedTransaction>();
  /** By first offset. */
  private readonly aborted: AbortedTransaction[];
  private begun = 0;
  private readonly ongoingAborts = new Map<number, OngoingAbort>();
  private readonly ongoingCommits = new Set<number>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.aborted = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Whether nothing of the batch needs to stay: its transaction was aborted, or its marker has outlived it. */
  discardable(stored: StoredRecords, batch: number, empty: boolean): boolean {
    this.begin(stored.next[batch]! - 1);
    const producer = stored.producerId[batch]!;
    if (stored.isControl(batch)) return this.markerDiscardable(stored.control[batch]!, producer, empty);
    if (stored.transactional[batch] !== 1) return false;
    const abort = this.ongoingAborts.get(producer);
    if (abort === undefined) {
      this.ongoingCommits.add(producer);
      return false;
    }
    abort.observed = true;
    return true;
  }

  private markerDiscardable(control: number, producer: number, empty: boolean): boolean {
    // An empty control batch was cleaned before.
    if (empty) return true;
    if (control === Control.commit) return !this.ongoingCommits.delete(producer);
    const abort = this.ongoingAborts.get(producer);
    this.ongoingAborts.delete(producer);
    if (abort?.observed !== true) return true;
    this.kept.add(abort.transaction);
    return false;
  }

  private begin(upTo: number): void {
    for (; this.begun < this.aborted.length && this.aborted[this.begun]!.firstOffset <= upTo; this.begun++) {
      const transaction = this.aborted[this.begun]!;
      this.ongoingAborts.set(transaction.producerId, { transaction, observed: false });
    }
  }
}
