/** Offsets without a record that a position has passed, as far as that is not committed. */
export class PassedGaps {
  private readonly stretches: { readonly from: number; to: number }[] = [];

  pass(offset: number): void {
    const last = this.stretches.at(-1);
    if (last?.to === offset) last.to++;
    else this.stretches.push({ from: offset, to: offset + 1 });
  }

  /** What is committed is not met again. */
  forgetBefore(offset: number): void {
    while (this.stretches.length > 0 && this.stretches[0]!.to <= offset) this.stretches.shift();
  }

  /** Takes back those from this offset on: they are met again. */
  reopen(offset: number): Set<number> {
    const { stretches } = this;
    const met = new Set<number>();
    for (let last = stretches.pop(); last !== undefined; last = stretches.pop()) {
      for (let gap = Math.max(last.from, offset); gap < last.to; gap++) met.add(gap);
      if (last.from >= offset) continue;
      stretches.push({ from: last.from, to: Math.min(last.to, offset) });
      break;
    }
    return met;
  }

  /** The log ends here: stretches that reach beyond it are forgotten whole. */
  truncate(end: number): void {
    while (this.stretches.length > 0 && this.stretches.at(-1)!.to > end) this.stretches.pop();
  }
}
