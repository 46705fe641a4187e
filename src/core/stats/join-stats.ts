import { KeptStats } from "./kept-stats.ts";
import type { JoinSummary } from "./state-summary.ts";

/**
 * What a run measures of a consumer's join, which keeps messages without a partner. Each message of the two sources ends
 * once: joined, expired, late, keyless, lost, or waiting.
 */
export class JoinStats extends KeptStats {
  pairs = 0;
  /** Messages that have been in a pair. */
  joined = 0;
  /** Messages that were let go without a partner. */
  expired = 0;

  get summary(): JoinSummary {
    const { pairs, joined, expired, late, keyless, lost, kept: waiting } = this;
    return { pairs, joined, expired, late, keyless, lost, waiting };
  }

  pair(now: number, pairs: number): void {
    if (this.counts(now)) this.pairs += pairs;
  }

  join(now: number): void {
    if (this.counts(now)) this.joined++;
  }

  expire(now: number): void {
    this.kept--;
    if (this.counts(now)) this.expired++;
  }
}
