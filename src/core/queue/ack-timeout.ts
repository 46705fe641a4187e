import type { Kernel, Process } from "../sim/kernel.ts";
import { zero } from "../sim/zero.ts";
import type { BrokerQueue } from "./broker.ts";
import type { Release } from "./release.ts";
import type { Subscription } from "./rotation.ts";
import { Unsettled } from "./unsettled.ts";

/** ns between two looks of a channel at the oldest delivery that it waits for: `channel_tick_interval`. */
const tickInterval = 60e9;

/** Whose consumers are watched, by the number of the connection. */
interface Watched {
  look(connection: number): void;
}

/** The looks at what consumers hold; a run without an end does not go on for them. */
export class AckLooks implements Process {
  private readonly kernel: Kernel;
  private readonly base: number;
  private readonly watched: Watched;

  constructor(kernel: Kernel, watched: Watched) {
    this.kernel = kernel;
    this.base = kernel.registerBackground(this);
    this.watched = watched;
  }

  at(time: number, connection: number): void {
    this.kernel.inBackground(time, this.base, connection, 0);
  }

  handle(_kind: number, connection: number): void {
    this.watched.look(connection);
  }
}

/**
 * What the consumers of one channel have not acknowledged, each delivery since when, and the end of the broker's patience
 * with it. Up to 4.2 the channel looks every 60 s at its oldest delivery, and ends as a whole; from 4.3 a quorum queue
 * watches each delivery, and cancels its consumer. (`evaluate_consumer_timeout` of 3.10 and 4.1; documentation of 4.3)
 */
export class AckTimeout {
  private readonly looks: AckLooks;
  private readonly kernel: Kernel;
  private readonly connection: number;
  private readonly queues: readonly BrokerQueue[];
  private readonly ofChannel: boolean;
  /** Those that have held something since the channel was opened. */
  private holders: Subscription[] = [];
  private begun = 0;
  private openedAt = zero;
  private nextLook = Infinity;

  /** `connection`: its number. */
  constructor(
    looks: AckLooks,
    of: {
      readonly kernel: Kernel;
      readonly connection: number;
      readonly queues: readonly BrokerQueue[];
      readonly release: Release;
    },
  ) {
    this.looks = looks;
    this.kernel = of.kernel;
    this.connection = of.connection;
    this.queues = of.queues;
    this.ofChannel = of.release.consumerTimeout === "channel";
  }

  /** Its ticks count from here. */
  opened(): void {
    for (const subscription of this.holders) subscription.unsettled = undefined;
    this.holders = [];
    this.openedAt = this.kernel.now;
  }

  delivered(copy: number, subscription: Subscription): void {
    if (subscription.noAck || subscription.closed) return;
    const unsettled = subscription.unsettled ?? this.watch(subscription);
    if (unsettled.empty) unsettled.began = this.begun++;
    unsettled.add(copy, this.kernel.now);
    if (!this.ofChannel) this.lookAt(this.endOf(subscription));
    else if (this.nextLook === Infinity) this.lookAt(this.nextTick);
  }

  settled(copy: number, subscription: Subscription): void {
    const { unsettled } = subscription;
    if (unsettled === undefined) return;
    if (copy >= 0) unsettled.settle(copy);
    // An early ack does not name its delivery, and goes in the order of taking up.
    else if (subscription.early) unsettled.settleOldest();
  }

  /** The consumers with which the broker has lost its patience, and of whose delivery; empty while it has some. */
  overdue(): readonly Subscription[] {
    const { now } = this.kernel;
    this.holders = this.holders.filter(({ closed }) => !closed);
    const holders = this.holding;
    if (this.ofChannel) {
      const oldest = holders.reduce<Subscription | undefined>(
        (old, one) => (old === undefined || since(one) < since(old) ? one : old),
        undefined,
      );
      return oldest !== undefined && now - since(oldest) > this.patience(oldest) ? [oldest] : [];
    }
    return holders.filter((one) => now - since(one) >= this.patience(one));
  }

  /** There has been a look; there is another one while anything is held. */
  looked(): void {
    if (this.nextLook > this.kernel.now) return;
    this.nextLook = Infinity;
    this.schedule();
  }

  private watch(subscription: Subscription): Unsettled {
    this.holders.push(subscription);
    return (subscription.unsettled = new Unsettled());
  }

  private schedule(): void {
    const holders = this.holding;
    if (holders.length === 0) return;
    this.lookAt(this.ofChannel ? this.nextTick : Math.min(...holders.map((one) => this.endOf(one))));
  }

  private lookAt(time: number): void {
    if (time >= this.nextLook) return;
    this.nextLook = time;
    this.looks.at(time, this.connection);
  }

  /** Those that hold something, in the order in which they began to. */
  private get holding(): Subscription[] {
    return this.holders
      .filter(({ unsettled }) => !unsettled!.empty)
      .sort((a, b) => a.unsettled!.began - b.unsettled!.began);
  }

  private get nextTick(): number {
    const { openedAt, kernel } = this;
    return openedAt + (Math.floor((kernel.now - openedAt) / tickInterval) + 1) * tickInterval;
  }

  /** Of the broker's patience with what it holds. */
  private endOf(subscription: Subscription): number {
    return since(subscription) + this.patience(subscription);
  }

  private patience(subscription: Subscription): number {
    return this.queues[subscription.queue]!.rules.consumerTimeout;
  }
}

/** When the oldest delivery that it holds went out. */
function since(subscription: Subscription): number {
  return subscription.unsettled!.since;
}
