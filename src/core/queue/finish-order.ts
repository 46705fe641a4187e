import { noKey, widened } from "../sim/messages.ts";
import { none, type Copies } from "./copies.ts";

/** Keys below it have their list looked up in a table, which grows to the largest of them. */
const tabled = 65_536;

/**
 * Tells whether a queue's copies finish in the order of publishing, key by key (those without a key among themselves).
 * Copies are delivered first in that order, so an unfinished earlier one was delivered: the lists hold these alone.
 */
export class FinishOrder {
  private readonly copies: Copies;
  private lastWithoutKey = none;
  /** Last delivered copy + 1 by key id. */
  private table = new Int32Array(16);
  private readonly others = new Map<number, number>();

  constructor(copies: Copies) {
    this.copies = copies;
  }

  /** The copy is delivered for the first time. */
  append(copy: number): void {
    const { earlier, messages } = this.copies;
    const key = messages.key[copy]!;
    const before = this.last(key);
    earlier[copy] = before;
    messages.next[copy] = none;
    if (before >= 0) messages.next[before] = copy;
    this.setLast(key, copy);
  }

  /** The copy ends; answers whether an earlier one has not. */
  remove(copy: number): boolean {
    const { earlier, messages } = this.copies;
    const before = earlier[copy]!;
    const after = messages.next[copy]!;
    if (before >= 0) messages.next[before] = after;
    if (after >= 0) earlier[after] = before;
    else this.setLast(messages.key[copy]!, before);
    return before >= 0;
  }

  private last(key: number): number {
    if (key === noKey) return this.lastWithoutKey;
    if (key < this.table.length) return this.table[key]! - 1;
    return this.others.get(key) ?? none;
  }

  private setLast(key: number, copy: number): void {
    if (key === noKey) this.lastWithoutKey = copy;
    else if (key < tabled) {
      while (key >= this.table.length)
        this.table = widened(new Int32Array(2 * this.table.length), this.table);
      this.table[key] = copy + 1;
    } else if (copy >= 0) this.others.set(key, copy);
    else this.others.delete(key);
  }
}
