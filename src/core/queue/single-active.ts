import type { Subscription, Turns } from "./rotation.ts";

/**
 * `x-single-active-consumer`: the first subscriber alone gets messages. When it goes the next takes over: the first of
 * those that wait, of the highest priority where `byPriority` says so. A later one of a higher priority waits as well.
 * (Recorded from RabbitMQ 3.10)
 */
export class SingleActive implements Turns {
  active: Subscription | undefined = undefined;
  readonly waiting: Subscription[] = [];
  private readonly byPriority: boolean;

  constructor(byPriority: boolean) {
    this.byPriority = byPriority;
  }

  enter(subscription: Subscription): void {
    subscription.active = true;
    if (this.active === undefined) this.active = subscription;
    else this.waiting.push(subscription);
  }

  cancel(subscription: Subscription): void {
    subscription.active = false;
    if (subscription === this.active) this.active = this.successor();
    else this.waiting.splice(this.waiting.indexOf(subscription), 1);
  }

  /** Whether the active one could take a message. */
  get open(): boolean {
    return this.active?.hasCredit === true;
  }

  take(): Subscription | undefined {
    if (!this.open) return undefined;
    this.active!.hold();
    return this.active;
  }

  enterAgain(): void {
    // The active one stays it while it is full.
  }

  private successor(): Subscription | undefined {
    if (!this.byPriority) return this.waiting.shift();
    const highest = Math.max(...this.waiting.map(({ priority }) => priority));
    const at = this.waiting.findIndex(({ priority }) => priority === highest);
    return at < 0 ? undefined : this.waiting.splice(at, 1)[0];
  }
}
