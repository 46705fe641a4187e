interface OpenRecord {
  readonly key: number;
  before: number;
  after: number;
}

/** The records of a partition that a group has begun and not settled, in a line for each key: whether one is out of turn. */
export class OpenKeys {
  private readonly records = new Map<number, OpenRecord>();
  private readonly last = new Map<number, number>();

  /** Offsets come in their order; one that is there stays. */
  enter(offset: number, key: number): void {
    if (this.records.has(offset)) return;
    const before = this.last.get(key) ?? -1;
    this.records.set(offset, { key, before, after: -1 });
    if (before >= 0) this.records.get(before)!.after = offset;
    this.last.set(key, offset);
  }

  leave(offset: number): void {
    const record = this.records.get(offset);
    if (record === undefined) return;
    this.records.delete(offset);
    const { key, before, after } = record;
    if (before >= 0) this.records.get(before)!.after = after;
    if (after >= 0) this.records.get(after)!.before = before;
    else if (before >= 0) this.last.set(key, before);
    else this.last.delete(key);
  }

  /** An earlier record of the same key is open. */
  overtakes(offset: number): boolean {
    return (this.records.get(offset)?.before ?? -1) >= 0;
  }
}
