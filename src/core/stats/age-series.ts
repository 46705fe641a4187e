import { LevelSeries } from "./level-series.ts";

/**
 * How old something is over time: as long ago as a time that changes, 0 while there is none. It rises with the clock
 * between the changes; mean and maximum are exact.
 */
export class AgeSeries extends LevelSeries {
  /** What the age is counted from, ns; Infinity for none. */
  since = Infinity;

  /** From now on it is counted from there. */
  begin(now: number, since: number): void {
    this.set(now, since < Infinity ? now - since : 0);
    this.since = since;
  }

  /** It goes on as it is. */
  override finish(now: number): void {
    this.begin(now, this.since);
  }

  protected override carry(to: number): void {
    const { since, last } = this;
    if (since < Infinity) {
      this.stretchArea += (to - last) * ((to + last) / 2 - since);
      this.level = to - since;
      if (this.level > this.stretchMax) this.stretchMax = this.level;
    }
    this.last = to;
  }
}
