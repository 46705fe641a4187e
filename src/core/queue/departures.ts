import type { QueueSummary } from "../stats/result.ts";
import type { DeathReason } from "./death.ts";

/** What left a queue by a rule instead of by its consumers, inside the window. */
export class Departures {
  private readonly windowFrom: number;
  private readonly deadLettered = new Map<DeathReason, number>();
  private readonly dropped = new Map<DeathReason | "purged", number>();
  private expired = 0;

  constructor(windowFrom: number) {
    this.windowFrom = windowFrom;
  }

  /** `reached`: whether a queue behind the dead-letter exchange has taken it. */
  book(now: number, reason: DeathReason, reached: boolean): void {
    if (now < this.windowFrom) return;
    if (reached) add(this.deadLettered, reason, 1);
    else if (reason === "expired") this.expired++;
    else add(this.dropped, reason, 1);
  }

  purged(now: number, count: number): void {
    if (now >= this.windowFrom && count > 0) add(this.dropped, "purged", count);
  }

  /** All that went nowhere. */
  get gone(): number {
    let sum = this.expired;
    for (const count of this.dropped.values()) sum += count;
    return sum;
  }

  summary(): Pick<QueueSummary, "deadLettered" | "expired" | "dropped"> {
    return {
      deadLettered: Object.fromEntries(this.deadLettered),
      expired: this.expired,
      dropped: Object.fromEntries(this.dropped),
    };
  }
}

function add<T>(counts: Map<T, number>, reason: T, count: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + count);
}
