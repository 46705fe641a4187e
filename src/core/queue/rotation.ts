import { assert } from "../sim/invariant.ts";

/** Where a consumer's deliveries go. */
export interface Receiver {
  deliver(copy: number): void;
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
  unacked = 0;
  /** Of those the ones that its handlers have acked early. */
  acksUnderWay = 0;
  active = false;
  /** Its place in the rotation, while it has one. */
  inRotation = false;
  next: Subscription | undefined;

  constructor(number: number, queue: number, receiver: Receiver, prefetch: number, noAck: boolean) {
    assert(prefetch >= 1, "a consumer may hold one message or more");
    this.number = number;
    this.queue = queue;
    this.receiver = receiver;
    this.prefetch = prefetch;
    this.noAck = noAck;
  }
}

/**
 * The consumers of one queue in the order in which they are served: the head gets the message and goes to the tail. One
 * that is full when its turn comes leaves, and enters again at the tail when an ack gives it credit. (Recorded from RabbitMQ 3.10)
 */
export class Rotation {
  private head: Subscription | undefined;
  private tail: Subscription | undefined;

  enter(subscription: Subscription): void {
    subscription.active = true;
    this.append(subscription);
  }

  /** `basic.cancel`: what it holds stays with it. */
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

  /** The one that gets the next message, which is unacked from now on; undefined when none has credit. */
  take(): Subscription | undefined {
    for (let head = this.head; head !== undefined; head = this.head) {
      if (head.unacked < head.prefetch) {
        if (!head.noAck) head.unacked++;
        if (head !== this.tail) {
          this.head = head.next;
          head.next = undefined;
          this.tail!.next = head;
          this.tail = head;
        }
        return head;
      }
      this.head = head.next;
      if (this.head === undefined) this.tail = undefined;
      head.next = undefined;
      head.inRotation = false;
    }
    return undefined;
  }

  /** One of its deliveries is settled. */
  credit(subscription: Subscription): void {
    assert(subscription.unacked > 0, "only a delivery that is unacked is settled");
    subscription.unacked--;
    if (subscription.active && !subscription.inRotation) this.append(subscription);
  }

  private append(subscription: Subscription): void {
    if (subscription.inRotation) return;
    subscription.inRotation = true;
    if (this.tail === undefined) this.head = subscription;
    else this.tail.next = subscription;
    this.tail = subscription;
  }
}
