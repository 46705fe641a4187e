import { assert } from "../sim/invariant.ts";
import type { StreamFilter } from "./stream-filter.ts";
import type { Unsettled } from "./unsettled.ts";

/** Where a consumer's deliveries go. */
export interface Receiver {
  deliver(copy: number): void;
}

/** One limit on the unacked deliveries of all consumers of a channel: `basic.qos` with `global`. */
export class ChannelLimit {
  limit: number;
  unacked = 0;
  readonly subscriptions: Subscription[] = [];

  constructor(limit = Infinity) {
    this.limit = limit;
  }

  get full(): boolean {
    return this.unacked >= this.limit;
  }
}

/** One consumer of one queue: `basic.consume` of an instance. Prefetch counts for each on its own. */
export class Subscription {
  readonly number: number;
  readonly queue: number;
  readonly receiver: Receiver;
  /** Unacked deliveries at a time; Infinity without a limit. */
  readonly prefetch: number;
  /** Deliveries are settled by being sent: they are never unacked and need no credit. */
  readonly noAck: boolean;
  /** `x-priority`: those of the highest are served while they have credit. */
  readonly priority: number;
  readonly channel: ChannelLimit | undefined;
  /** Its deliveries are acked as soon as a handler takes them up. */
  readonly early: boolean;
  /** What it asks for of a stream. */
  readonly filter: StreamFilter | undefined;
  unacked = 0;
  /** The consumer that has taken its tag after it, to which what it holds gives credit when it is settled. (`rabbit_limiter`) */
  successor: Subscription | undefined = undefined;
  /** Deliveries that have reached its consumer, inside the window. */
  delivered = 0;
  /** Deliveries that it may hold beyond its prefetch. */
  extraCredit = 0;
  /** Of those the ones that its handlers have acked early. */
  acksUnderWay = 0;
  active = false;
  /** Its connection, or its queue, has gone: nothing that it still says is heard. */
  closed = false;
  /** Its client has given it up, which the broker does not know. */
  abandoned = false;
  /** What it holds, where the broker may lose its patience with that. */
  unsettled: Unsettled | undefined = undefined;
  /** Its place in the rotation, while it has one. */
  inRotation = false;
  next: Subscription | undefined = undefined;
  /** Which of those that left the rotation it was, the last time that it was full. */
  leftAs = 0;

  constructor(
    number: number,
    queue: number,
    receiver: Receiver,
    of: {
      readonly prefetch: number;
      readonly noAck: boolean;
      readonly priority?: number;
      readonly channel?: ChannelLimit | undefined;
      readonly early?: boolean;
      readonly filter?: StreamFilter | undefined;
    },
  ) {
    assert(of.prefetch >= 1, "a consumer may hold one message or more");
    this.number = number;
    this.queue = queue;
    this.receiver = receiver;
    this.prefetch = of.prefetch;
    this.noAck = of.noAck;
    this.priority = of.priority ?? 0;
    this.channel = of.channel;
    this.early = of.early ?? false;
    this.filter = of.filter;
    of.channel?.subscriptions.push(this);
  }

  /** Whether it may get one more. */
  get hasCredit(): boolean {
    return this.unacked < this.prefetch + this.extraCredit && this.channel?.full !== true;
  }

  /** One delivery more is unacked. */
  hold(): void {
    if (this.noAck) return;
    this.unacked++;
    if (this.channel !== undefined) this.channel.unacked++;
  }

  /** The acks that were under way from it are lost with its connection; answers how many. */
  loseAcks(): number {
    const count = this.acksUnderWay;
    for (let i = 0; i < count; i++) this.release();
    this.acksUnderWay = 0;
    return count;
  }

  /** One of its deliveries is settled. */
  release(): void {
    assert(this.unacked > 0, "only a delivery that is unacked is settled");
    this.unacked--;
    if (this.channel !== undefined) this.channel.unacked--;
  }
}

/** In the order in which they left the rotation. */
export function byLeave(subscriptions: Iterable<Subscription>): Subscription[] {
  return [...subscriptions].sort((a, b) => a.leftAs - b.leftAs);
}

/** Who of a queue's consumers gets the next message. */
export interface Turns {
  enter(subscription: Subscription): void;
  /** `basic.cancel`: what it holds stays with it. */
  cancel(subscription: Subscription): void;
  /** The one that gets the next message, which is unacked from now on; undefined when none has credit. */
  take(): Subscription | undefined;
  /** It may have credit again. */
  enterAgain(subscription: Subscription): void;
}

/**
 * The consumers of one queue in the order in which they are served: those of the highest priority first, among them the
 * head gets the message and goes to the tail. One that is full when its turn comes leaves, and enters again at the tail
 * when an ack gives it credit; one of a quorum queue leaves as soon as it is full. (Recorded from RabbitMQ 3.10)
 */
export class Rotation implements Turns {
  private head: Subscription | undefined = undefined;
  private tail: Subscription | undefined = undefined;
  private left = 0;
  private readonly leavesWhenFull: boolean;

  constructor(leavesWhenFull = false) {
    this.leavesWhenFull = leavesWhenFull;
  }

  enter(subscription: Subscription): void {
    subscription.active = true;
    this.enterAgain(subscription);
  }

  cancel(subscription: Subscription): void {
    subscription.active = false;
    if (!subscription.inRotation) return;
    subscription.inRotation = false;
    let before: Subscription | undefined;
    for (let one = this.head; one !== subscription; one = one!.next) before = one;
    if (before === undefined) this.head = subscription.next;
    else before.next = subscription.next;
    if (this.tail === subscription) this.tail = before;
    subscription.next = undefined;
  }

  take(): Subscription | undefined {
    for (let head = this.head; head !== undefined; head = this.head) {
      if (!head.hasCredit) {
        this.leave(head);
        continue;
      }
      head.hold();
      if (this.leavesWhenFull && !head.hasCredit) this.leave(head);
      else if (head !== this.tail) {
        this.dropHead(head);
        this.append(head);
      }
      return head;
    }
    return undefined;
  }

  enterAgain(subscription: Subscription): void {
    if (subscription.active && !subscription.inRotation) this.append(subscription);
  }

  private leave(head: Subscription): void {
    this.dropHead(head);
    head.leftAs = this.left++;
  }

  private dropHead(head: Subscription): void {
    this.head = head.next;
    if (this.head === undefined) this.tail = undefined;
    head.next = undefined;
    head.inRotation = false;
  }

  /** Behind all that have its priority or a higher one. */
  private append(subscription: Subscription): void {
    subscription.inRotation = true;
    const { tail } = this;
    if (tail === undefined) this.head = this.tail = subscription;
    else if (tail.priority >= subscription.priority) {
      tail.next = subscription;
      this.tail = subscription;
    } else this.insert(subscription);
  }

  private insert(subscription: Subscription): void {
    let before: Subscription | undefined;
    let after = this.head;
    for (; after!.priority >= subscription.priority; after = after!.next) before = after;
    subscription.next = after;
    if (before === undefined) this.head = subscription;
    else before.next = subscription;
  }
}
