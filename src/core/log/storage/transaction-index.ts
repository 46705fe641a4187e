export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** That of its marker. */
  readonly lastOffset: number;
  /** The last stable offset once it was aborted: a search that reads less far may stop here. */
  readonly lastStableOffset: number;
}

/** The aborted transactions of a log in the order of their markers: what a `read_committed` reader leaves out. */
export class TransactionIndex {
  private entries: AbortedTransaction[] = [];

  add(transaction: AbortedTransaction): void {
    this.entries.push(transaction);
  }

  /** Those with records in [from, before). */
  aborted(from: number, before: number): AbortedTransaction[] {
    const found: AbortedTransaction[] = [];
    for (const entry of this.entries) {
      if (entry.lastOffset < from) continue;
      if (entry.firstOffset < before) found.push(entry);
      if (entry.lastStableOffset >= before) break;
    }
    return found;
  }

  get all(): readonly AbortedTransaction[] {
    return this.entries;
  }

  truncateFromEnd(offset: number): void {
    while (this.entries.length > 0 && this.entries.at(-1)!.lastOffset >= offset) this.entries.pop();
  }

  /** Those whose markers lie in deleted segments are forgotten. */
  truncateFromStart(offset: number): void {
    let gone = 0;
    while (gone < this.entries.length && this.entries[gone]!.lastOffset < offset) gone++;
    if (gone > 0) this.entries.splice(0, gone);
  }

  /** The cleaner keeps those of [from, before) whose records or markers it has kept. */
  retain(from: number, before: number, kept: ReadonlySet<AbortedTransaction>): void {
    this.entries = this.entries.filter(
      (entry) => entry.lastOffset < from || entry.lastOffset >= before || kept.has(entry),
    );
  }
}
