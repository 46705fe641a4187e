import type { Span } from "../text/span.ts";

/** Brings offsets of a text into which characters were put back to the text as the person wrote it. */
export class OffsetMap {
  /** Offsets in the written text before which one character was put in, ascending. */
  private readonly insertions: readonly number[];

  constructor(insertions: readonly number[]) {
    this.insertions = insertions;
  }

  back(offset: number): number {
    let inserted = 0;
    for (const insertion of this.insertions) {
      if (insertion + inserted >= offset) break;
      inserted++;
    }
    return offset - inserted;
  }

  span(start: number, end: number): Span {
    return this.insertions.length === 0 ? { start, end } : { start: this.back(start), end: this.back(end) };
  }
}
