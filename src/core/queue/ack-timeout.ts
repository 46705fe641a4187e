import type { Kernel, Process } from "../sim/kernel.ts";
import type { BrokerQueue } from "./broker.ts";
import type { Release } from "./release.ts";
import type { Subscription } from "./rotation.ts";

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
  /** By consumer: when each of its deliveries went out, by its copy, the oldest first. */
  private readonly held = new Map<Subscription, Map<number, number>>();
  /** Early acks do not name their delivery: theirs are numbered, and go in their order. */
  private tags = 0;
  private openedAt = 0;
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
    this.held.clear();
    this.openedAt = this.kernel.now;
  }

  delivered(copy: number, subscription: Subscription): void {
    if (subscription.noAck || subscription.closed) return;
    let deliveries = this.held.get(subscription);
    if (deliveries === undefined) this.held.set(subscription, (deliveries = new Map()));
    deliveries.set(subscription.early ? this.tags++ : copy, this.kernel.now);
    this.schedule();
  }

  settled(copy: number, subscription: Subscription): void {
    const deliveries = this.held.get(subscription);
    if (deliveries === undefined) return;
    const [first = copy] = deliveries.keys();
    deliveries.delete(subscription.early && copy < 0 ? first : copy);
    if (deliveries.size === 0) this.held.delete(subscription);
  }

  /** The consumers with which the broker has lost its patience, and of whose delivery; empty while it has some. */
  overdue(): readonly Subscription[] {
    const { now } = this.kernel;
    for (const subscription of this.held.keys()) if (subscription.closed) this.held.delete(subscription);
    if (this.ofChannel) {
      const oldest = this.oldest;
      return oldest !== undefined && now - this.since(oldest) > this.patience(oldest) ? [oldest] : [];
    }
    return [...this.held.keys()].filter((one) => now - this.since(one) >= this.patience(one));
  }

  /** There has been a look; there is another one while anything is held. */
  looked(): void {
    if (this.nextLook > this.kernel.now) return;
    this.nextLook = Infinity;
    this.schedule();
  }

  private schedule(): void {
    if (this.held.size === 0) return;
    const time = this.ofChannel ? this.nextTick : this.nextEnd;
    if (time >= this.nextLook) return;
    this.nextLook = time;
    this.looks.at(time, this.connection);
  }

  private get nextTick(): number {
    const { openedAt, kernel } = this;
    return openedAt + (Math.floor((kernel.now - openedAt) / tickInterval) + 1) * tickInterval;
  }

  private get nextEnd(): number {
    let next = Infinity;
    for (const one of this.held.keys()) next = Math.min(next, this.since(one) + this.patience(one));
    return next;
  }

  private get oldest(): Subscription | undefined {
    let oldest: Subscription | undefined;
    for (const one of this.held.keys())
      if (oldest === undefined || this.since(one) < this.since(oldest)) oldest = one;
    return oldest;
  }

  private since(subscription: Subscription): number {
    const [since = Infinity] = this.held.get(subscription)!.values();
    return since;
  }

  private patience(subscription: Subscription): number {
    return this.queues[subscription.queue]!.rules.consumerTimeout;
  }
}
