import { zero } from "../sim/zero.ts";

/**
 * How fast a source's own time goes: messages come at the distances of the file, in a time that a change of rate
 * stretches. Without a change the two times are the same, to the bit.
 */
export class Pace {
  private factor = 1;
  private since = zero;
  private doneSince = zero;

  /** The source's own time at a time of the run. */
  own(time: number): number {
    return this.doneSince + (time - this.since) * this.factor;
  }

  /** The time of the run; Infinity while the source stands still. */
  run(own: number): number {
    if (this.factor === 0) return Infinity;
    return this.since === 0 && this.factor === 1 ? own : this.since + (own - this.doneSince) / this.factor;
  }

  change(time: number, factor: number): void {
    this.doneSince = this.own(time);
    this.since = time;
    this.factor = factor;
  }
}
