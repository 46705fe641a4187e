import { assert } from "../sim/invariant.ts";
import type { Kernel } from "../sim/kernel.ts";
import type { QueueSummary } from "../stats/result.ts";
import { LevelSeries } from "../stats/series.ts";
import { Station } from "../stats/trace.ts";
import { CopyState, type Copies } from "./copies.ts";
import { FinishOrder } from "./finish-order.ts";
import { Server } from "./passage.ts";
import { QueueEvent, settledBy, Verdict, type QueueContext } from "./queue-context.ts";
import { ReadyOrder } from "./ready-order.ts";
import { Rotation, type Subscription } from "./rotation.ts";

/** A classic queue: one process that takes publishes, deliveries and settlements one after the other. */
export class ClassicQueue {
  readonly number: number;
  readonly name: string;
  readonly depth: LevelSeries;
  readonly unacked: LevelSeries;
  readonly subscriptions: Subscription[] = [];
  private readonly context: QueueContext;
  private readonly kernel: Kernel;
  private readonly copies: Copies;
  private readonly durable: boolean;
  private readonly place: number;
  private readonly server: Server;
  private readonly ready: ReadyOrder;
  private readonly rotation = new Rotation();
  private readonly order: FinishOrder;
  private readonly windowFrom: number;
  private published = 0;
  /** A delivery is with the process; the next consumer is chosen when it has left. */
  private delivering = false;
  private enqueuedInWindow = 0;
  private rejectedInWindow = 0;
  private purgedInWindow = 0;

  constructor(context: QueueContext, number: number, name: string, durable: boolean) {
    const { kernel, horizon, window, places } = context.world;
    this.context = context;
    this.kernel = kernel;
    this.copies = context.copies;
    this.number = number;
    this.name = name;
    this.durable = durable;
    this.place = places.add("queue", name, null);
    this.windowFrom = window.from;
    this.server = new Server(context, context.cores);
    this.ready = new ReadyOrder(context.copies);
    this.order = new FinishOrder(context.copies);
    this.depth = new LevelSeries(horizon, undefined, window.from);
    this.unacked = new LevelSeries(horizon, undefined, window.from);
  }

  /** A routed copy; its `next` names the publish. */
  publish(copy: number): void {
    const cost = this.context.costs.queuePublish;
    if (!this.server.delays(cost, QueueEvent.enqueued, copy, 0)) this.enqueued(copy);
  }

  enqueued(copy: number): void {
    const { context, copies } = this;
    const { now } = this.kernel;
    const publish = copies.messages.next[copy]!;
    const source = copies.messages.source[copy]!;
    const bytes = copies.messages.bytes[copy]!;
    copies.sequence[copy] = this.published++;
    if (now >= this.windowFrom) this.enqueuedInWindow++;
    context.stamp(copy, Station.enqueued, this.place, this.ready.size);
    this.offer(copy, now);
    this.store(publish, source, bytes);
  }

  subscribe(subscription: Subscription): void {
    this.rotation.enter(subscription);
    this.dispatch();
  }

  cancel(subscription: Subscription): void {
    this.rotation.cancel(subscription);
  }

  /** The process has handled a delivery: it goes out, and the next one may be chosen. */
  dispatched(copy: number, subscription: Subscription): void {
    this.delivering = false;
    const { state, at } = this.copies;
    // Its consumer's connection may have ended, and the copy be ready again, since the process chose it.
    if (state[copy] === CopyState.delivering && at[copy] === subscription.number)
      this.sendOut(copy, subscription);
    this.dispatch();
  }

  /** A channel passes on what a consumer says about a delivery; `about` is the copy, or for `early` the subscription. */
  settle(about: number, verdict: Verdict): void {
    const cost = this.context.costs.queueAck;
    if (!this.server.delays(cost, QueueEvent.settled, about, verdict)) this.settled(about, verdict);
  }

  settled(about: number, verdict: Verdict): void {
    const { copies } = this;
    const { now } = this.kernel;
    const subscription = settledBy(this.context, about, verdict);
    if (verdict === Verdict.closed) {
      const held = copies.heldBy(subscription);
      this.context.world.occurrences.add(now, "connectionClosed", this.place, held.length);
      this.lose([subscription], held);
      return;
    }
    this.unacked.add(now, -1);
    switch (verdict) {
      case Verdict.ack:
        this.context.stamp(about, Station.settled, this.place, 0);
        copies.end(about, CopyState.finished);
        break;
      case Verdict.requeue:
        this.requeue(about, now);
        break;
      case Verdict.reject:
        this.context.stamp(about, Station.rejected, this.place, 0);
        this.context.stamp(about, Station.dropped, this.place, 0);
        if (now >= this.windowFrom) this.rejectedInWindow++;
        this.leave(about, CopyState.dropped);
        break;
      case Verdict.early:
        subscription.acksUnderWay--;
        break;
    }
    this.rotation.credit(subscription);
    this.dispatch();
  }

  /** Their channel has gone: they get no more, and what they hold returns. */
  lose(subscriptions: readonly Subscription[], held: readonly number[]): void {
    const { now } = this.kernel;
    for (const subscription of subscriptions) this.rotation.cancel(subscription);
    for (const copy of held) {
      const subscription = settledBy(this.context, copy, Verdict.requeue);
      this.unacked.add(now, -1);
      this.requeue(copy, now);
      this.rotation.credit(subscription);
    }
    this.dispatch();
  }

  /** Takes all ready copies out; answers how many. */
  purge(): number {
    const { copies } = this;
    const { now } = this.kernel;
    const count = this.ready.size;
    while (this.ready.size > 0) {
      const copy = this.ready.take();
      this.context.stamp(copy, Station.dropped, this.place, 0);
      if (copies.redelivered[copy] === 1) this.leave(copy, CopyState.purged);
      else copies.end(copy, CopyState.purged);
    }
    this.depth.add(now, -count);
    if (now >= this.windowFrom) this.purgedInWindow += count;
    return count;
  }

  /** The copy is finished; answers whether an earlier one of its key is not. */
  finish(copy: number): boolean {
    return this.ordered(copy) && this.order.remove(copy);
  }

  /** The copy has a final state without being finished. */
  leave(copy: number, final: CopyState): void {
    if (this.ordered(copy)) this.order.remove(copy);
    this.copies.end(copy, final);
  }

  /** Recounts what is ready; unacked ones are counted by whoever knows all copies. */
  audit(unackedOf: (subscription: Subscription) => number): void {
    const { copies } = this;
    let count = 0;
    let sequence = -1;
    for (const copy of this.ready) {
      count++;
      assert(
        copies.state[copy] === CopyState.ready && copies.at[copy] === this.number,
        "a ready copy is in its queue",
      );
      assert(copies.sequence[copy]! > sequence, "ready copies are in the order of publishing");
      sequence = copies.sequence[copy]!;
    }
    assert(
      count === this.ready.size && count === this.depth.level,
      "the depth is the number of ready copies",
    );
    let unacked = 0;
    for (const subscription of this.subscriptions) {
      unacked += subscription.unacked;
      assert(subscription.unacked <= subscription.prefetch, "a consumer never holds more than its prefetch");
      assert(unackedOf(subscription) === subscription.unacked, "each unacked delivery is somewhere");
    }
    assert(unacked === this.unacked.level, "the unacked of a queue are those of its consumers");
  }

  /** Carries the levels to the end of the run. */
  close(now: number): void {
    this.depth.finish(now);
    this.unacked.finish(now);
  }

  /** Inside the window. */
  get dropped(): number {
    return this.rejectedInWindow + this.purgedInWindow;
  }

  summary(): QueueSummary {
    return {
      enqueued: this.enqueuedInWindow,
      depth: levelSummary(this.depth),
      unacked: levelSummary(this.unacked),
      deadLettered: {},
      expired: 0,
      dropped: {
        ...(this.rejectedInWindow > 0 && { rejected: this.rejectedInWindow }),
        ...(this.purgedInWindow > 0 && { purged: this.purgedInWindow }),
      },
    };
  }

  /** A copy for which a consumer waits is never ready: it goes out at once. */
  private offer(copy: number, now: number): void {
    const { copies } = this;
    const waiting = this.ready.size === 0 && !this.delivering ? this.rotation.take() : undefined;
    if (waiting !== undefined) {
      this.choose(copy, waiting);
      return;
    }
    copies.move(copy, CopyState.ready);
    this.ready.push(copy);
    this.depth.add(now, 1);
  }

  /** A persistent message in a durable queue is safe once it is written; nobody waits for that without confirms. */
  private store(publish: number, source: number, bytes: number): void {
    const { context } = this;
    const publisher = context.publishers[source]!;
    if (this.durable && publisher.persistent) {
      if (!publisher.confirms) context.disk.send(bytes);
      else if (context.disk.delays(bytes, QueueEvent.written, publish, 0)) return;
    }
    if (--context.publishes.left[publish]! === 0) publisher.stored(publish);
  }

  private dispatch(): void {
    while (!this.delivering && this.ready.size > 0) {
      const subscription = this.rotation.take();
      if (subscription === undefined) return;
      const copy = this.ready.take();
      this.depth.add(this.kernel.now, -1);
      this.choose(copy, subscription);
    }
  }

  /** From here on the copy is unacked, though the process still has to send it. */
  private choose(copy: number, subscription: Subscription): void {
    const { context, copies } = this;
    const { now } = this.kernel;
    if (copies.redelivered[copy] === 0 && this.ordered(copy)) this.order.append(copy);
    copies.move(copy, CopyState.delivering);
    copies.at[copy] = subscription.number;
    if (!subscription.noAck) this.unacked.add(now, 1);
    if (this.server.delays(context.costs.queueDeliver, QueueEvent.dispatched, copy, subscription.number))
      this.delivering = true;
    else this.sendOut(copy, subscription);
  }

  private sendOut(copy: number, subscription: Subscription): void {
    this.context.stamp(copy, Station.dispatched, this.place, this.copies.redelivered[copy]!);
    subscription.receiver.deliver(copy);
  }

  private requeue(copy: number, now: number): void {
    const { copies } = this;
    this.context.stamp(copy, Station.requeued, this.place, 0);
    copies.move(copy, CopyState.ready);
    copies.at[copy] = this.number;
    copies.redelivered[copy] = 1;
    this.ready.putBack(copy);
    this.depth.add(now, 1);
  }

  private ordered(copy: number): boolean {
    return !this.context.publishers[this.copies.messages.source[copy]!]!.uniqueKeys;
  }
}

function levelSummary(level: LevelSeries): QueueSummary["depth"] {
  return { max: level.max, mean: level.mean(), end: level.level };
}
