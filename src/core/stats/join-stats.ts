import type { JoinSummary } from "./result.ts";

/**
 * What a run measures of a consumer's join. Each message of the two sources ends once: joined, expired, late, keyless, lost,
 * or waiting. Counters of events after the warm-up, but for `lost`, which is of the whole run.
 */
export class JoinStats {
  pairs = 0;
  /** Messages that have been in a pair. */
  joined = 0;
  /** Messages that were let go without a partner. */
  expired = 0;
  /** Messages without a partner that came when they would have been let go already. */
  late = 0;
  /** Messages without what they would be joined by. */
  keyless = 0;
  /** Messages that had no partner when their instance went, or lost their partition. */
  lost = 0;
  /** Messages that are kept and have no partner yet. */
  waiting = 0;
  private readonly from: number;

  /** `from`: the end of the warm-up, ns. */
  constructor(from: number) {
    this.from = from;
  }

  get summary(): JoinSummary {
    const { pairs, joined, expired, late, keyless, lost, waiting } = this;
    return { pairs, joined, expired, late, keyless, lost, waiting };
  }

  pair(now: number, pairs: number): void {
    if (now >= this.from) this.pairs += pairs;
  }

  join(now: number): void {
    if (now >= this.from) this.joined++;
  }

  expire(now: number): void {
    this.waiting--;
    if (now >= this.from) this.expired++;
  }

  comeLate(now: number): void {
    if (now >= this.from) this.late++;
  }

  lackKey(now: number): void {
    if (now >= this.from) this.keyless++;
  }

  lose(messages: number): void {
    this.waiting -= messages;
    this.lost += messages;
  }
}
