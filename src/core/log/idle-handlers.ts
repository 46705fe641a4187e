import type { MemberSetup } from "./member-setup.ts";

/** Why idle handlers can take nothing up, where there is another reason than that nothing is there. */
export type Hindrance = "blocked" | "rebalancing" | undefined;

/** The time for which a member's idle handlers are kept from work, by the reason. */
export class IdleHandlers {
  private reason: Hindrance = undefined;
  private since = NaN;
  /** How many they were since then. */
  private idle = 0;

  get hindered(): boolean {
    return this.reason !== undefined;
  }

  /** The reason, or the number of handlers at work, may have changed at this instant. */
  review(now: number, { stats, instance, concurrency }: MemberSetup, reason: Hindrance, busy: number): void {
    if (reason === undefined && this.reason === undefined) return;
    if (this.reason === "blocked") stats.block(now, instance, this.since, this.idle);
    else if (this.reason === "rebalancing") stats.rebalance(now, instance, this.since, this.idle);
    this.reason = reason;
    this.since = now;
    this.idle = concurrency - busy;
  }
}
