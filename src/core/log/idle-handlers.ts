import type { LogContext } from "./log-context.ts";
import type { MemberSetup } from "./member-setup.ts";

/** Why idle handlers can take nothing up, where there is another reason than that nothing is there. */
export type Hindrance = "blocked" | "rebalancing" | undefined;

/** The time for which a member's idle handlers are kept from work, by the reason. */
export class IdleHandlers {
  private readonly context: LogContext;
  private readonly setup: MemberSetup;
  private reason: Hindrance = undefined;
  private since = NaN;
  /** How many they were since then. */
  private idle = 0;

  constructor(context: LogContext, setup: MemberSetup) {
    this.context = context;
    this.setup = setup;
  }

  /** The reason, or the number of handlers at work, may have changed at this instant. */
  review(reason: Hindrance, busy: number): void {
    if (reason === undefined && this.reason === undefined) return;
    const { now } = this.context.kernel;
    const { stats, instance, concurrency } = this.setup;
    if (this.reason === "blocked") stats.block(now, instance, this.since, this.idle);
    else if (this.reason === "rebalancing") stats.rebalance(now, instance, this.since, this.idle);
    this.reason = reason;
    this.since = now;
    this.idle = concurrency - busy;
  }
}
