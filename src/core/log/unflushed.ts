/** The records that one copy of a partition's log has not flushed, where `flush.messages` asks for that. */
export class Unflushed {
  private records = 0;

  /** Whether an append of so many more flushes the log: it does with every `every` records. (UnifiedLog.append) */
  append(records: number, every: number): boolean {
    this.records += records;
    if (this.records < every) return false;
    this.records = 0;
    return true;
  }
}
