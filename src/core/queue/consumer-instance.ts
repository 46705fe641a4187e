import { ConsumerLink } from "./consumer-link.ts";
import { DeliveryHandling } from "./delivery-handling.ts";
import type { BrokerQueue } from "./broker.ts";
import type { BrokerNode } from "./cluster.ts";
import type { ConsumerConnection } from "./consumer-connection.ts";
import { recoveryInterval, type QueueContext } from "./queue-context.ts";
import { ClientEvent, Verdict } from "./queue-event.ts";
import { isOwned } from "./exclusive-queues.ts";
import { isAtHand } from "./known-queues.ts";
import type { Ends, Lifeline } from "./lifeline.ts";
import type { Subscription } from "./rotation.ts";
import { streamStart, StreamQueue } from "./stream-queue.ts";

const nanosPerSecond = 1e9;

/** One connection of an instance of a consumer: how it comes, goes, and comes back. */
export class ConsumerInstance extends DeliveryHandling implements Ends {
  readonly subscriptions: Subscription[] = [];
  /** It has not subscribed yet. */
  fresh = true;
  /** It will try again to connect, or to subscribe to what it lost. */
  private recovering = false;
  private readonly subscription: (queue: number) => Subscription;

  constructor(context: QueueContext, queues: readonly BrokerQueue[], of: ConsumerConnection) {
    super(context, queues, of);
    this.subscription = of.subscription;
  }

  get connected(): boolean {
    return this.link.open && !this.fresh && !this.stopped;
  }

  start(): void {
    if (this.join()) for (const subscription of this.subscriptions) this.subscribe(subscription, true);
  }

  /** Opens its connection; whether it can subscribe now. */
  join(): boolean {
    this.fresh = false;
    this.link.timeout?.opened();
    this.stats.join(this.kernel.now, this.instance);
    if (this.link.open && this.link.reachable) return true;
    this.link.open = false;
    this.recoverLater();
    return false;
  }

  /** `basic.consume`; what the broker refuses stays idle. `anew`: on a connection that has just been opened. */
  subscribe(subscription: Subscription, anew: boolean): void {
    const { exclusive, streamOffset } = this.settings;
    this.link.line?.subscriptions.push(subscription);
    const queue = this.queues[subscription.queue]!;
    if (!this.context.broker.exclusives.declare(queue, subscription, this.link.node, anew)) {
      this.refused("resource locked");
      return;
    }
    const apart = !isAtHand(queue, this.link.node, this.context);
    if (apart || (queue.stalled && !queue.deleted && queue.replicas === undefined)) {
      subscription.closed = true;
      this.recoverLater();
      return;
    }
    const rule = queue.deleted ? "no queue" : queue.subscribeRefusal(exclusive) && "exclusive";
    if (rule !== undefined) this.refused(rule);
    else if (queue instanceof StreamQueue)
      queue.subscribe(subscription, streamStart(streamOffset, this.kernel.now));
    else queue.subscribe(subscription, exclusive);
  }

  private refused(rule: string): void {
    this.context.world.occurrences.add(this.kernel.now, "consumerRefused", this.place, 0, rule);
  }

  /** A clean leave: it cancels, hands back what no handler has taken up, and lets its handlers end. */
  stop(): void {
    this.stopped = true;
    for (const subscription of this.subscriptions) this.queues[subscription.queue]!.cancel(subscription);
    while (this.buffer.length > 0) this.handBack(this.buffer.shift());
    if (this.busy === 0) this.left();
  }

  /** No handler is busy any more: it closes its connection, and with that go the queues that this owns. */
  protected override left(): void {
    this.stats.leave(this.kernel.now, this.instance);
    this.onward?.keep([], "stop");
    for (const subscription of this.subscriptions) {
      if (!isOwned(this.queues[subscription.queue]!, subscription)) continue;
      subscription.abandoned = true;
      this.link.say(-1, Verdict.closed, subscription.number);
    }
  }

  /**
   * The process dies. The operating system still sends what it has said, then closes the connection: only then does the
   * broker take back what is unacked.
   */
  crash(): void {
    const { handlers } = this.context;
    const { now } = this.kernel;
    this.stopped = this.crashed = true;
    this.onward?.forget(this);
    this.stats.leave(now, this.instance);
    while (this.buffer.length > 0) this.dropDead(this.buffer.shift());
    for (const handler of handlers)
      if (handlers.consumer[handler] === this.number) {
        const copy = handlers.copy[handler]!;
        this.bookOpen(handler);
        handlers.breakOff(handler);
        if (this.orphans.has(copy)) this.orphans.end(copy);
        else if (this.settings.ack === "early") this.lose(copy);
        else this.dropDead(copy);
      }
    this.busy = 0;
    for (const subscription of this.subscriptions)
      if (this.isAttached(subscription)) this.link.say(-1, Verdict.closed, subscription.number);
  }

  /** Its node has gone: the broker takes back what it holds, and its client looks for another node. */
  disconnect(): void {
    const { link } = this;
    if (!link.open || this.crashed || this.fresh) return;
    link.open = false;
    this.tell("connectionLost");
    this.end(this.subscriptions, true);
  }

  /**
   * The broker has missed its heartbeats: it takes back what the client has not settled. That goes on with what it has in
   * work, and is taken to drop the rest.
   */
  brokerGivesUp(line: Lifeline): void {
    const { occurrences } = this.context.world;
    const left = line.subscriptions.filter((one) => this.isAttached(one));
    if (left.length > 0)
      occurrences.add(this.kernel.now, "heartbeatsMissed", this.place, line.node.number + 1, "heartbeat");
    for (const subscription of left) {
      if (this.crashed || subscription.abandoned) subscription.closed = true;
      else this.letGo(subscription);
      const queue = this.queues[subscription.queue]!;
      if (isOwned(queue, subscription)) queue.connectionEnded(subscription);
      else queue.disconnected(subscription);
    }
    line.up.drop();
    for (const { kind, a, b } of line.down.drop()) if (kind === ClientEvent.received) this.received(a, b);
  }

  /** The client has missed those of the broker, or hears that its connection is not known any more. */
  clientGivesUp(line: Lifeline): void {
    const { link } = this;
    if (this.crashed || link.line !== line || !link.open) return;
    this.tell("connectionLost");
    for (const subscription of line.subscriptions) {
      if (!this.isAttached(subscription)) continue;
      this.drop(subscription);
      subscription.abandoned = true;
      link.say(-1, Verdict.closed, subscription.number);
    }
    link.open = false;
    this.recoverLater();
  }

  /**
   * A delivery of these was not acknowledged in time. The broker closes the channel with all its consumers, or cancels
   * these alone, whose client gives up what else they hold.
   */
  timedOut(overdue: readonly Subscription[]): void {
    if (this.crashed || overdue.length === 0) return;
    const { occurrences } = this.context.world;
    const ofChannel = this.context.release.consumerTimeout === "channel";
    for (const { queue } of overdue) {
      const { rules } = this.queues[queue]!;
      const kind = ofChannel ? "channelTimedOut" : "consumerTimedOut";
      const seconds = rules.consumerTimeout / nanosPerSecond;
      occurrences.add(this.kernel.now, kind, this.place, seconds, rules.source("consumer-timeout"));
    }
    this.end(ofChannel ? this.subscriptions : overdue, ofChannel);
  }

  /** The broker takes back what they hold, `failed` or not, and the client tries again later. */
  private end(subscriptions: readonly Subscription[], failed: boolean): void {
    for (const subscription of subscriptions) {
      if (subscription.closed) continue;
      this.letGo(subscription);
      this.queues[subscription.queue]!.disconnected(subscription, failed);
    }
    this.recoverLater();
  }

  /** Its node takes this one, where its queues are, for down: the broker cancels its consumers there. */
  cutOff(node: BrokerNode): void {
    if (this.crashed || this.fresh) return;
    const theirs = this.subscriptions.filter(
      ({ queue, closed }) => !closed && this.queues[queue]!.node === node,
    );
    this.end(theirs, this.context.release.consumerTimeout === "channel");
  }

  /** A queue is gone with its node: the broker cancels its consumer. */
  cancelled(subscription: Subscription): void {
    this.letGo(subscription);
    this.recoverLater();
  }

  /** The time to try again has come. */
  recover(): void {
    const { link } = this;
    const anew = !link.open;
    this.recovering = false;
    if (this.stopped) return;
    if (anew) {
      if (!link.reopen()) return this.recoverLater();
      this.tell("connectionRecovered");
    }
    if (this.subscriptions.every((one) => one.closed || one.abandoned)) link.timeout?.opened();
    for (const queue of this.queueNumbers) {
      if (
        this.subscriptions.some((one) => one.queue === queue && one.active && !one.closed && !one.abandoned)
      )
        continue;
      this.subscribe(this.subscription(queue), anew);
    }
  }

  /** Whether the broker has anything of it: its consumer, or a queue that its connection owns. */
  private isAttached(subscription: Subscription): boolean {
    return !subscription.closed || isOwned(this.queues[subscription.queue]!, subscription);
  }

  private tell(kind: "connectionLost" | "connectionRecovered"): void {
    const { occurrences } = this.context.world;
    occurrences.add(this.kernel.now, kind, this.place, this.link.node.number + 1);
  }

  private recoverLater(): void {
    if (this.recovering || this.stopped) return;
    this.recovering = true;
    const { base } = this.context;
    this.kernel.at(this.kernel.now + recoveryInterval, base | ClientEvent.recovers, this.number, 0);
  }

  /**
   * Nothing that it says about these deliveries is heard any more. Those in its buffer are dropped; a handler goes on with
   * what it has in work, while the message is delivered again elsewhere.
   */
  private letGo(subscription: Subscription): void {
    subscription.closed = true;
    this.drop(subscription);
  }

  /** Likewise, while the broker may still hear what it said. */
  private drop(subscription: Subscription): void {
    const { copies } = this;
    for (const copy of this.buffer.extract((one) => copies.at[one] === subscription.number))
      this.dropDead(copy);
    if (this.settings.ack !== "manual") return;
    this.orphans.take(this.number, subscription.number);
  }

  protected override newLink(): ConsumerLink {
    return new ConsumerLink(this.context, this.queues, this);
  }
}
