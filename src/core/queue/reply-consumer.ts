import { Station } from "../stats/trace.ts";
import type { BrokerQueue } from "./broker.ts";
import { ClassicQueue } from "./classic-queue.ts";
import type { Connection } from "./connection.ts";
import { isOwned } from "./exclusive-queues.ts";
import { isAtHand } from "./known-queues.ts";
import { unheard } from "./loss-rules.ts";
import { deliveryOverhead, recoveryInterval, type QueueContext } from "./queue-context.ts";
import { ReplyEvent } from "./queue-event.ts";
import type { Receiver, Subscription } from "./rotation.ts";

/** What a requester's process has of its reply queue: a consumer without acks, on the connection of its requests. */
export class ReplyConsumer implements Receiver {
  readonly number: number;
  readonly connection: Connection;
  readonly queue: BrokerQueue;
  readonly place: number;
  /** Messages that have reached it, inside the window. */
  came = 0;
  private readonly context: QueueContext;
  private readonly newSubscription: (receiver: ReplyConsumer) => Subscription;
  /** Takes each message that has come, which is freed then. */
  private readonly take: (copy: number) => void;
  private subscription: Subscription | undefined = undefined;
  /** The connection, by its number, on which it was there last. */
  private declaredOn = -1;
  private running = true;
  private recovering = false;

  constructor(
    context: QueueContext,
    of: {
      readonly number: number;
      readonly connection: Connection;
      readonly queue: BrokerQueue;
      readonly place: number;
      readonly newSubscription: (receiver: ReplyConsumer) => Subscription;
      readonly take: (copy: number) => void;
    },
  ) {
    this.context = context;
    this.number = of.number;
    this.connection = of.connection;
    this.queue = of.queue;
    this.place = of.place;
    this.newSubscription = of.newSubscription;
    this.take = of.take;
    this.connection.channels.push(this);
  }

  /** Its process is started, or its client tries again: it subscribes, unless it has. */
  start(): void {
    this.running = true;
    const { queue, connection } = this;
    if (this.subscription !== undefined || !connection.open) return;
    const anew = this.declaredOn !== connection.number;
    this.declaredOn = connection.number;
    if (anew && queue instanceof ClassicQueue && queue.isExclusive) {
      this.own();
      return;
    }
    if (queue.deleted) return;
    const apart = !isAtHand(queue, connection.node, this.context);
    if (apart || (queue.stalled && queue.replicas === undefined)) {
      this.recoverLater();
      return;
    }
    this.subscription = this.newSubscription(this);
    queue.subscribe(this.subscription);
  }

  /** It declares its queue, unless another connection has that, and reads it. */
  private own(): void {
    const { context, connection, queue } = this;
    const subscription = this.newSubscription(this);
    if (context.broker.exclusives.declare(queue, subscription, connection.node, true)) {
      this.subscription = subscription;
      queue.subscribe(subscription);
    } else {
      const { kernel, occurrences } = context.world;
      occurrences.add(kernel.now, "consumerRefused", this.place, 0, "resource locked");
    }
  }

  /** The process has gone; the broker hears of it at once. */
  crash(): void {
    this.running = false;
    this.connectionLost();
  }

  renew(): void {
    // It subscribes anew when its process or its connection is there again.
  }

  connectionLost(): void {
    const subscription = this.letGo();
    if (subscription === undefined) return;
    const { queue } = this;
    if (isOwned(queue, subscription)) queue.connectionEnded(subscription);
    else queue.disconnected(subscription);
  }

  connectionRecovered(): void {
    if (this.running) this.start();
  }

  /** The queue's process has gone with its node. */
  cancelled(): void {
    this.letGo();
    this.recoverLater();
  }

  /** Its node and the queue's take each other for down. */
  cutOff(): void {
    this.connectionLost();
    this.recoverLater();
  }

  /** The time to try again has come. */
  recover(): void {
    this.recovering = false;
    if (this.running) this.start();
  }

  deliver(copy: number): void {
    const { cluster, copies, world } = this.context;
    const bytes = copies.messages.bytes[copy]! + deliveryOverhead;
    const subscription = copies.at[copy]!;
    const { node } = this.connection;
    this.queue.network.add(world.kernel.now, this.queue.node === node ? bytes : 2 * bytes);
    if (!cluster.delays(this.queue.node, node, bytes, ReplyEvent.queuedForwarded, copy, subscription))
      this.forwarded(copy, subscription);
  }

  /** It is at the node of the requester's connection. */
  forwarded(copy: number, subscription: number): void {
    const bytes = this.context.copies.messages.bytes[copy]! + deliveryOverhead;
    if (!this.connection.down.delays(bytes, ReplyEvent.queuedReceived, copy, subscription))
      this.received(copy, subscription);
  }

  received(copy: number, subscription: number): void {
    const { queue } = this;
    if (this.subscription?.number !== subscription) {
      this.context.stamp(copy, Station.dropped, queue.place, this.context.world.keys.idOf(unheard));
      queue.leave(copy);
      return;
    }
    const { kernel, window } = this.context.world;
    if (kernel.now >= window.from) this.came++;
    this.context.stamp(copy, Station.received, this.place, this.context.copies.redelivered[copy]! & 1);
    this.context.stamp(copy, Station.finished, this.place, 0);
    queue.finish(copy);
    this.take(copy);
  }

  private letGo(): Subscription | undefined {
    const { subscription } = this;
    this.subscription = undefined;
    if (subscription !== undefined) subscription.closed = true;
    return subscription;
  }

  private recoverLater(): void {
    if (this.recovering) return;
    this.recovering = true;
    const { world, base } = this.context;
    world.kernel.at(world.kernel.now + recoveryInterval, base | ReplyEvent.recovers, this.number, 0);
  }
}
