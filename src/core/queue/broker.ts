import type { World } from "../sim/world.ts";
import { ClassicQueue } from "./classic-queue.ts";
import type { BrokerNode } from "./cluster.ts";
import type { Content } from "./content.ts";
import { CopyState } from "./copies.ts";
import { CountedSteps } from "./counted-steps.ts";
import { countRoute } from "./coverage.ts";
import { publishDeath, type PublishedDeath } from "./death-publish.ts";
import type { DeadLetterTarget, DeathReason } from "./death.ts";
import { DelayedMessages } from "./delayed-messages.ts";
import { ExclusiveQueues } from "./exclusive-queues.ts";
import type { PolicySettings } from "./policies.ts";
import { unwatched } from "./publishes.ts";
import { queueTypeOf } from "./queue-arguments.ts";
import { deliveryOverhead, QueueContext, tell, type QueueSetting } from "./queue-context.ts";
import { QueueEvent, subscriptionOf } from "./queue-event.ts";
import { QuorumQueue } from "./quorum-queue.ts";
import { RecentHistory, type Kept } from "./recent-history.ts";
import { internalError, type Refusal } from "./refusal.ts";
import { queueOf, type Replicas } from "./replicas.ts";
import type { Subscription } from "./rotation.ts";
import { routeContent, type Route } from "./routing.ts";
import { StreamQueue } from "./stream-queue.ts";
import type { BindingSettings, QueueSettings, VirtualHost } from "./virtual-host.ts";

export type BrokerQueue = ClassicQueue | StreamQueue;

/** ns that a message is on its way from a channel or a queue to a queue; a message never overtakes others of the same way. */
export type Hop = (from: string, to: number) => number;

const types = { classic: ClassicQueue, quorum: QuorumQueue, stream: StreamQueue };
const nowhere: Route = { queues: [], steps: [], exchanges: [] };

/**
 * One broker: what is declared, and the queues with their messages. Its rules are the same whatever drives it: the timed
 * engine's clients, or a script's.
 */
export class Broker {
  readonly host: VirtualHost;
  readonly context: QueueContext;
  /** By handle; a deleted one keeps its place. */
  readonly queues: BrokerQueue[] = [];
  /** Told when the broker cancels a consumer, since its queue has gone. */
  onCancel: (subscription: Subscription) => void = () => undefined;
  readonly hop: Hop | undefined;
  readonly exclusives = new ExclusiveQueues(this);
  /** The ways of dead letters, inside the window. */
  readonly deathSteps = new CountedSteps();
  private expirations = false;
  private readonly histories = new Map<number, RecentHistory>();
  private readonly delayedMessages: DelayedMessages;

  constructor(world: World, host: VirtualHost, of: QueueSetting & { readonly hop?: Hop | undefined }) {
    this.host = host;
    this.hop = of.hop;
    this.context = new QueueContext(this, world, of);
    this.delayedMessages = new DelayedMessages(this.context);
    for (const [number, settings] of host.queues.entries())
      this.queues[number] = this.process(number, settings);
  }

  queue(name: string): BrokerQueue | undefined {
    const number = this.host.queue(name);
    return number === undefined ? undefined : this.queues[number];
  }

  /** A queue that the host has taken up is there; declaring it again is using it. */
  declared(name: string): BrokerQueue {
    const number = this.host.queue(name)!;
    const queue = (this.queues[number] ??= this.process(number, this.host.queues[number]!));
    if (queue instanceof ClassicQueue) queue.used();
    return queue;
  }

  /** Messages may carry an `expiration` of their own from now on. */
  expectExpirations(): void {
    this.expirations = true;
    for (const queue of this.queues) if (queue instanceof ClassicQueue) queue.expectExpirations();
  }

  /**
   * A queue that is bound to a recent-history exchange gets what that has kept, the oldest first. To an exchange goes the
   * newest first, and the first that reaches no queue there ends the binding, and the connection. (`add_binding` of
   * `rabbit_exchange_type_recent_history`)
   */
  bind(binding: BindingSettings): Refusal | undefined {
    const { source, destination, destinationType } = binding;
    return this.host.bind(binding, () => {
      const history = this.histories.get(this.host.exchange(source)!.handle);
      if (destinationType === "queue") {
        for (const kept of history?.messages ?? [])
          this.tellAgain(history!, kept, [this.host.queue(destination)!]);
        return undefined;
      }
      const { handle } = this.host.exchange(destination)!;
      const passed: [RecentHistory, Kept][] = [];
      for (const kept of history?.messages.toReversed() ?? []) {
        const { content } = kept;
        const { queues, exchanges } = routeContent(this.host, handle, content);
        if (queues.length === 0) return internalError;
        this.tellAgain(history!, kept, queues);
        for (const exchange of exchanges) {
          const other = this.historyOf(exchange, content);
          if (other !== undefined) passed.push([other, kept]);
        }
      }
      for (const [other, kept] of passed) other.take(kept);
      return undefined;
    });
  }

  private tellAgain(history: RecentHistory, kept: Kept, queues: readonly number[]): void {
    const taking = queues.filter((queue) => this.takesFromBroker(queue));
    if (taking.length > 0) this.spread(history.again(this.context.copies, kept), taking, unwatched);
  }

  /** Publishes a copy's death to the dead-letter exchange of its queue, of this name. */
  deadLetter(
    copy: number,
    queue: string,
    reason: DeathReason,
    target: DeadLetterTarget,
    publish = unwatched,
  ): PublishedDeath {
    return publishDeath(this, copy, { queue, reason, target, publish });
  }

  /** What has become of a dead letter that its queue waits for. */
  deathTold(queue: number, publish: number): void {
    (this.queues[queue] as QuorumQueue).deathTold(publish);
  }

  setPolicy(settings: PolicySettings, byOperator: boolean): void {
    this.policiesChanged(this.host.setPolicy(settings, byOperator));
  }

  clearPolicy(name: string, byOperator: boolean): void {
    this.policiesChanged(this.host.clearPolicy(name, byOperator));
  }

  /** Its messages go with it; a consumer of it is told so. */
  deleteQueue(number: number): void {
    const queue = this.queues[number]!;
    if (queue.deleted) return;
    this.context.rules?.count("Q5");
    queue.deleted = true;
    if (queue instanceof ClassicQueue) queue.owner = undefined;
    queue.purge();
    this.host.deleteQueue(queue.name);
    for (const subscription of queue.subscriptions) {
      if (!subscription.active) continue;
      queue.forgetConsumer(subscription);
      this.onCancel(subscription);
    }
  }

  /** No node runs any more: what was not durable is gone. */
  forgetTransient(): void {
    this.host.restart();
  }

  /** Stopped and started: transient queues and exchanges are gone, and what was not persistent in classic queues. */
  restart(): void {
    this.context.rules?.count("S1");
    this.host.restart();
    for (const queue of this.queues) if (!queue.deleted && !queue.durable) this.deleteQueue(queue.number);
    for (const queue of this.queues) {
      if (queue.deleted || !(queue instanceof ClassicQueue)) continue;
      queue.lostSequence?.restarted(queue.ready, queue.rules.lazy === true);
      queue.restarted(this.host.queueRules(queue.number));
    }
  }

  /**
   * Routes a message by its content and hands a copy to each queue; `published` gets the number of queues first. A delayed
   * message goes nowhere yet.
   */
  take(message: number, content: Content, published: (queues: number) => number): void {
    const { host } = this;
    const exchange = host.exchange(content.exchange)!;
    const delay = this.delayedMessages.delayOf(exchange, content);
    const found = delay > 0 ? nowhere : routeContent(host, exchange.handle, content);
    const { queues, exchanges } = found;
    const { rules } = this.context;
    if (rules !== undefined && delay === 0) countRoute(rules, host, content, found);
    const publish = published(queues.length);
    for (const handle of exchanges)
      this.historyOf(handle, content)?.keep(this.context.copies, message, content);
    if (delay > 0) this.delay(message, delay);
    else if (queues.length === 0) this.context.copies.end(message);
    else this.spread(message, queues, publish);
  }

  /** Holds a message back for so long, ns. */
  delay(message: number, delay: number): void {
    this.delayedMessages.delay(message, delay);
  }

  /** A copy for each queue, the last one the message itself. */
  spread(
    message: number,
    queues: ArrayLike<number>,
    publish: number,
    from = this.context.cluster.nodes[0]!,
  ): void {
    const { copies } = this.context;
    copies.move(message, CopyState.arriving);
    for (let i = 0; i < queues.length; i++) {
      const copy = i === queues.length - 1 ? message : copies.clone(message);
      copies.messages.next[copy] = publish;
      copies.at[copy] = queues[i]!;
      if (this.hop === undefined) this.forward(copy, from);
      else this.send(copy, from, this.hop(`source ${copies.messages.source[copy]!}`, queues[i]!));
    }
  }

  /** A copy goes from the node where it was routed to that of its queue's process. */
  private forward(copy: number, from: BrokerNode): void {
    const { copies, cluster } = this.context;
    const queue = this.queues[copies.at[copy]!]!;
    const bytes = copies.messages.bytes[copy]! + deliveryOverhead;
    if (
      cluster.partitions.any &&
      queue instanceof ClassicQueue &&
      queue.rules.type === "classic" &&
      cluster.pairOf(from, queue.node)?.down === true
    ) {
      queue.turnAway(copy);
      return;
    }
    if (from !== queue.node) queue.network.add(this.context.world.kernel.now, bytes);
    if (!cluster.delays(from, queue.node, bytes, QueueEvent.forwarded, copy, 0)) queue.publish(copy);
  }

  /** What happens in queues; events of clients are for whoever drives the broker. */
  handle(kind: number, a: number, b: number): void {
    const { copies, subscriptions } = this.context;
    const { queues } = this;
    switch (kind as QueueEvent) {
      case QueueEvent.enqueued:
        return queues[copies.at[a]!]!.enqueued(a);
      case QueueEvent.written:
        return queues[b]!.written(a);
      case QueueEvent.told:
        return tell(this.context, a);
      case QueueEvent.forwarded:
        return queues[copies.at[a]!]!.publish(a);
      case QueueEvent.settling:
        return queues[subscriptions[subscriptionOf(b)]!.queue]!.settle(a, b);
      case QueueEvent.deathAgain:
        return (queues[b] as QuorumQueue).deathAgain(a);
      case QueueEvent.retryDue:
        return (queues[b] as QuorumQueue).retryDue(a);
      case QueueEvent.closing:
        return queues[subscriptions[a]!.queue]!.closed(subscriptions[a]!);
      case QueueEvent.dispatched:
        return queues[subscriptions[b]!.queue]!.dispatched(a, subscriptions[b]!);
      case QueueEvent.settled:
        return queues[subscriptions[subscriptionOf(b)]!.queue]!.settled(a, b);
      case QueueEvent.expires:
        return queues[a]!.headExpires();
      case QueueEvent.unused:
        return this.classic(a).unused();
      case QueueEvent.deadLettered:
        return this.deadLettered(a, this.context.cluster.nodes[b]!);
      case QueueEvent.delayed:
        return this.passOn(a);
      case QueueEvent.logged:
        return (queues[copies.at[a]!] as QuorumQueue).logged(a);
      case QueueEvent.replicated:
        return this.replicasOf(queueOf(a)).arrived(a, b);
      case QueueEvent.replicaWritten:
        return this.replicasOf(queueOf(a)).written(a, b);
      case QueueEvent.replicaFlushed:
        return this.replicasOf(queueOf(a)).flushed(a, b);
      case QueueEvent.replicaAcked:
        return this.replicasOf(queueOf(a)).acked(a, b);
      case QueueEvent.caughtUp:
        return this.replicasOf(queueOf(a)).caughtUp(a, b);
      case QueueEvent.election:
        return this.replicasOf(a).elect(b);
      case QueueEvent.flushing:
        return (queues[copies.at[a]!] as QuorumQueue).flushing(a);
      default:
        return undefined;
    }
  }

  /** The delay of a message is over. */
  private passOn(message: number): void {
    const { copies } = this.context;
    const queues = this.delayedMessages.queuesOf(message, this.host);
    const bytes = copies.messages.bytes[message]! + deliveryOverhead;
    for (const queue of queues) this.queues[queue]!.network.add(this.context.world.kernel.now, bytes);
    if (queues.length === 0) copies.end(message);
    else this.spread(message, queues, unwatched);
  }

  private policiesChanged(queues: readonly number[]): void {
    for (const number of queues) this.queues[number]?.ruledBy(this.host.queueRules(number));
  }

  private replicasOf(queue: number): Replicas {
    return this.queues[queue]!.replicas!;
  }

  private classic(number: number): ClassicQueue {
    return this.queues[number] as ClassicQueue;
  }

  private process(number: number, settings: QueueSettings): BrokerQueue {
    const Type = types[queueTypeOf(settings.arguments)];
    const rules = this.host.queueRules(number);
    const queue = new Type(this.context, number, settings, rules, this.context.cluster.nodes[0]!);
    if (this.expirations && queue instanceof ClassicQueue) queue.expectExpirations();
    return queue;
  }

  /** From this node to that of its queue, so many ns later. */
  send(copy: number, from: BrokerNode, after: number): void {
    const { world, base } = this.context;
    world.kernel.at(world.kernel.now + after, base | QueueEvent.deadLettered, copy, from.number);
  }

  private deadLettered(copy: number, from: BrokerNode): void {
    const { copies } = this.context;
    const queue = this.queues[copies.at[copy]!]!;
    if (queue.deleted && copies.messages.next[copy] === unwatched) copies.end(copy);
    else this.forward(copy, from);
  }

  takesFromBroker(queue: number): boolean {
    return this.context.release.streamsTakeDeadLetters || !(this.queues[queue] instanceof StreamQueue);
  }

  /** A limit that these consumers share has room again. */
  resume(subscriptions: readonly Subscription[]): void {
    for (const number of new Set(subscriptions.map(({ queue }) => queue))) {
      const queue = this.queues[number]!;
      if (queue instanceof ClassicQueue && !queue.deleted) queue.resume(subscriptions);
    }
  }

  /** What an exchange keeps of the messages that it routes, where it is to keep this one. */
  private historyOf(handle: number, content: Content): RecentHistory | undefined {
    const { settings } = this.host.exchanges[handle]!;
    if (settings.type !== "x-recent-history" || content.headers.get("x-recent-history-no-store") === true)
      return undefined;
    let history = this.histories.get(handle);
    if (history === undefined) this.histories.set(handle, (history = new RecentHistory(settings)));
    return history;
  }
}
