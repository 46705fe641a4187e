import { AfterWarmUp } from "./after-warm-up.ts";
import type { ChangelogSummary } from "./state-summary.ts";

const nanosPerMilli = 1e6;

/** What a run measures of a consumer's changelog. Counters of events after the warm-up, but for `undone` and `reopened`. */
export class ChangelogStats extends AfterWarmUp {
  /** Changes of state that were sent. */
  written = 0;
  /** Tasks whose state was read back. */
  restores = 0;
  /** Records that were read for that. */
  read = 0;
  /** For how long tasks stood still meanwhile, each for itself, and the longest, ns. */
  time = 0;
  longest = 0;
  undone = 0;
  reopened = 0;

  get summary(): ChangelogSummary {
    const { written, restores, read, undone, reopened } = this;
    const [time, longest] = [this.time / nanosPerMilli, this.longest / nanosPerMilli];
    return { written, restores, read, time, longest, undone, reopened };
  }

  write(now: number): void {
    if (this.counts(now)) this.written++;
  }

  restore(now: number, records: number, waited: number): void {
    if (!this.counts(now)) return;
    this.restores++;
    this.read += records;
    this.time += waited;
    this.longest = Math.max(this.longest, waited);
  }
}
