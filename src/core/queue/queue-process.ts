import type { Kernel } from "../sim/kernel.ts";
import { MovedBytes } from "../stats/moved-bytes.ts";
import type { QueueSummary } from "../stats/result.ts";
import { LevelSeries } from "../stats/series.ts";
import { Station } from "../stats/trace.ts";
import type { BrokerNode } from "./cluster.ts";
import { CopyState, type Copies } from "./copies.ts";
import { deathReasons, type DeathReason } from "./death.ts";
import { Departures } from "./departures.ts";
import type { DestinationHandle } from "./exchange.ts";
import { FinishOrder } from "./finish-order.ts";
import { goneWithProcess, refusals } from "./loss-rules.ts";
import { ParkedEvents } from "./parked-events.ts";
import { Server, type Waiting } from "./passage.ts";
import { Outcome } from "./publishes.ts";
import type { QueueRules } from "./queue-arguments.ts";
import { channelOf, tellPublisher } from "./publish-channel.ts";
import type { QueueContext } from "./queue-context.ts";
import { QueueEvent, subscriptionOf } from "./queue-event.ts";
import { Replicas } from "./replicas.ts";
import type { Subscription } from "./rotation.ts";
import type { QueueSettings } from "./virtual-host.ts";

const noWays: readonly DestinationHandle[] = [];

/** What all types of queue are: one process that does one thing after the other, with its figures. */
export abstract class QueueProcess {
  readonly number: number;
  readonly name: string;
  rules: QueueRules;
  readonly depth: LevelSeries;
  readonly unacked: LevelSeries;
  readonly network: MovedBytes;
  readonly subscriptions: Subscription[] = [];
  /** What left by a rule. */
  readonly departures: Departures;
  /** Consumers that are subscribed. */
  consumers = 0;
  /** It has gone; what its consumers hold goes with their acks. */
  deleted = false;
  protected readonly context: QueueContext;
  /** Ids of their texts in journeys, in the order of `deathReasons`. */
  private readonly reasonTexts: readonly number[];
  protected readonly kernel: Kernel;
  protected readonly copies: Copies;
  readonly durable: boolean;
  protected readonly autoDelete: boolean;
  readonly place: number;
  /** Where its process runs, or ran last. */
  node: BrokerNode;
  /** Its process does not run, or nothing can be decided since too few of its replicas do. */
  stalled = false;
  /** Messages that were acknowledged, and are gone with their node. */
  lost = 0;
  /** Publishes that wait for their copy to be written, where faults may come before it is. */
  protected readonly unwritten: Set<number> | undefined;
  /** Where it is on several nodes. */
  replicas: Replicas | undefined = undefined;
  private readonly parked = new ParkedEvents();
  protected readonly server: Server;
  /** A delivery is with the process; the next consumer is chosen when it has left. */
  protected delivering = false;
  private readonly order: FinishOrder;
  /** Whether order is kept account of from the entry on: what goes out first was not always published first. */
  private readonly ordersAtEntry: boolean;
  private readonly windowFrom: number;
  private published = 0;
  private enqueuedInWindow = 0;

  constructor(
    context: QueueContext,
    number: number,
    settings: QueueSettings,
    rules: QueueRules,
    node: BrokerNode,
  ) {
    const { kernel, horizon, window, ranges, places, occurrences, keys } = context.world;
    this.context = context;
    this.kernel = kernel;
    this.network = new MovedBytes(window.from);
    this.copies = context.copies;
    this.number = number;
    this.name = settings.name;
    this.durable = settings.durable;
    this.autoDelete = settings.autoDelete;
    this.rules = rules;
    this.place = places.add("queue", this.name, null);
    this.windowFrom = window.from;
    this.node = node;
    this.server = new Server(context, node);
    this.unwritten = context.faulty ? new Set() : undefined;
    this.order = new FinishOrder(context.copies);
    this.ordersAtEntry = this.rules.type === "quorum" || this.rules.maxPriority > 0;
    this.depth = new LevelSeries(horizon, undefined, window.from, ranges);
    this.unacked = new LevelSeries(horizon, undefined, window.from, ranges);
    this.reasonTexts = deathReasons.map((reason) => keys.idOf(reason));
    this.departures = new Departures(occurrences, this.place, this.rules, window.from);
  }

  /** A routed copy; its `next` names the publish, or is −1 where nobody waits for one. */
  publish(copy: number): void {
    if (this.stalled) {
      this.meanwhile(QueueEvent.forwarded, copy, 0);
      return;
    }
    const cost = this.context.costs.queuePublish;
    if (!this.server.delays(cost, QueueEvent.enqueued, copy, 0)) this.enqueued(copy);
  }

  /** Its process is done with a copy that comes in. */
  enqueued(copy: number): void {
    if (this.stalled) this.meanwhile(QueueEvent.forwarded, copy, 0);
    else this.admit(copy);
  }

  /** A copy is in the queue from now on. */
  abstract admit(copy: number): void;

  abstract settle(copy: number, told: number): void;

  /** The channel of a consumer has ended: what it holds comes back. `failed`: as deliveries that failed. */
  abstract closed(subscription: Subscription, failed?: boolean): void;

  /** Likewise, by the broker itself: at once, or as soon as the queue can decide anything. */
  disconnected(subscription: Subscription, failed = true): void {
    if (this.stalled) this.meanwhile(QueueEvent.closing, subscription.number, Number(failed));
    else this.closed(subscription, failed);
  }

  /** Before the run begins: its process, or its leader, is on the first of these nodes. `grows`: replicas may be added. */
  putOn(nodes: readonly BrokerNode[], grows: boolean): void {
    this.moveTo(nodes[0]!);
    if (nodes.length > 1 || grows) this.replicas = new Replicas(this.context, this, nodes);
  }

  nodeLost(node: BrokerNode, clean: boolean): void {
    if (this.replicas !== undefined) this.replicas.lost(node);
    else if (this.node === node) this.breakDown(clean);
  }

  nodeFound(node: BrokerNode): void {
    if (this.replicas !== undefined) this.replicas.joined(node);
    else if (this.node === node) this.revive();
  }

  /** The process alone dies: of replicas that of the leader, which another one follows. */
  crash(clean: boolean): void {
    if (this.replicas !== undefined) this.replicas.loseProcess();
    else this.breakDown(clean);
  }

  /** Its process is started again. */
  start(): void {
    if (this.replicas === undefined && this.node.up) this.revive();
  }

  stall(): void {
    if (this.stalled) return;
    this.stalled = true;
    const rule = this.replicas === undefined ? "no node" : "no majority";
    this.context.world.occurrences.add(this.kernel.now, "queueUnavailable", this.place, 0, rule);
  }

  revive(): void {
    if (!this.stalled) return;
    this.stalled = false;
    this.context.world.occurrences.add(this.kernel.now, "queueAvailable", this.place, this.node.number + 1);
    for (const [kind, a, b] of this.parked.take()) this.goOn(kind, a, b);
    this.dispatch();
  }

  /** What another replica's log lacks is sent again by the channel that it came from, if that is still there. */
  missed(copy: number): void {
    const { publishers } = this.context;
    if (!publishers[this.copies.messages.source[copy]!]!.node.up) this.refuse(copy);
    else if (!this.isHeldBack(copy)) this.publish(copy);
  }

  /** Another replica leads: what waits on the network to the one before is sent to it by those who reach it. */
  followed(): void {
    const { context, copies, number } = this;
    const { forwarded, settling } = QueueEvent;
    const meant = ({ kind, a, b }: Waiting): boolean =>
      (kind === forwarded && copies.at[a] === number) ||
      (kind === settling && context.subscriptions[subscriptionOf(b)]!.queue === number);
    for (const { kind, a, b } of context.cluster.waiting(meant))
      if (kind === settling) this.settle(a, b);
      else this.missed(a);
  }

  /** Its policies have changed. */
  ruledBy(rules: QueueRules): void {
    this.rules = rules;
    this.departures.ruledBy(rules);
  }

  /** The process has handled a delivery: it goes out, and the next one may be chosen. */
  dispatched(copy: number, subscription: Subscription): void {
    this.delivering = false;
    if (this.stalled) {
      this.meanwhile(QueueEvent.dispatched, copy, subscription.number);
      return;
    }
    const { state, at } = this.copies;
    // Its consumer's connection may have ended, and the copy be ready again, since the process chose it.
    if (state[copy] === CopyState.delivering && at[copy] === subscription.number)
      this.sendOut(copy, subscription);
    this.dispatch();
  }

  /** The copy is finished; answers whether an earlier one of its key is not. */
  finish(copy: number): boolean {
    return this.copies.redelivered[copy]! <= 1 && this.ordered(copy) && this.order.remove(copy);
  }

  /** The copy ends without being finished. */
  leave(copy: number): void {
    if (this.inOrder(copy)) this.order.remove(copy);
    this.copies.end(copy);
  }

  /** Carries the levels to the end of the run. */
  close(now: number): void {
    this.depth.finish(now);
    this.unacked.finish(now);
  }

  summary(): QueueSummary {
    return {
      enqueued: this.enqueuedInWindow,
      depth: this.depth.summary(),
      unacked: this.unacked.summary(),
      network: this.network.total,
      ...this.departures.summary(),
    };
  }

  /** It takes so many times as long as its costs say. */
  slow(factor: number): void {
    this.server.slowness = factor;
  }

  /** Before anything is in it, or when another replica leads. */
  moveTo(node: BrokerNode): void {
    this.node = node;
    this.server.moveTo(node);
  }

  protected abstract dispatch(): void;

  /** Its only process stops; `clean`: with everything on disk. */
  protected breakDown(_clean: boolean): void {
    this.stall();
  }

  /** What comes to its process while that is stalled: it is handled when the queue goes on. */
  protected meanwhile(kind: QueueEvent, a: number, b: number): void {
    this.parked.add(kind, a, b);
  }

  private goOn(kind: QueueEvent, a: number, b: number): void {
    if (kind === QueueEvent.closing) this.closed(this.context.subscriptions[a]!, b === 1);
    else if (kind === QueueEvent.forwarded) {
      if (!this.isHeldBack(a)) this.publish(a);
    } else if (kind === QueueEvent.settling) this.settle(a, b);
    else this.dispatched(a, this.context.subscriptions[b]!);
  }

  /** Whether a publish has to wait at the node of its channel, which does not reach the one that leads now. */
  private isHeldBack(copy: number): boolean {
    const { cluster, publishers } = this.context;
    const { source, bytes } = this.copies.messages;
    const { node } = publishers[source[copy]!]!;
    const cut = cluster.partitions.any && (cluster.pairOf(node, this.node)?.cut ?? 0) > 0;
    return cut && cluster.delays(node, this.node, bytes[copy]!, QueueEvent.forwarded, copy, 0);
  }

  /** A copy is gone with its node, by no rule of the file, unless its publisher will send it again. */
  protected loseCopy(copy: number, persistent: boolean): void {
    const { source, id } = this.copies.messages;
    const { publishers, world } = this.context;
    if (publishers[source[copy]!]!.awaits(id[copy]!)) this.leave(copy);
    else {
      this.lost++;
      const rule = goneWithProcess(this.durable, persistent);
      world.losses.add(this.kernel.now, id[copy]!, this.place, rule, [this.place, this.node.place]);
      this.leave(copy);
    }
  }

  /** The copy has its place in the order of publishing. */
  protected enter(copy: number, waiting: number): void {
    this.copies.sequence[copy] = this.published++;
    if (this.kernel.now >= this.windowFrom) this.enqueuedInWindow++;
    this.context.stamp(copy, Station.enqueued, this.place, waiting);
    if (this.ordersAtEntry && this.ordered(copy)) this.order.append(copy);
  }

  /** The process takes what a channel has sent, which gives the channel credit; dead letters have none. */
  protected takes(publish: number): void {
    if (publish >= 0) channelOf(this.context, publish)?.credit?.taken(this.number);
  }

  /** It has no use any more, by this rule. */
  protected deleteItself(rule: string): void {
    const { world, rules } = this.context;
    if (rule === "auto_delete") rules?.count("D4");
    world.occurrences.add(this.kernel.now, "queueDeleted", this.place, 0, rule);
    this.context.broker.deleteQueue(this.number);
  }

  /** From here on the copy is unacked. */
  protected hold(copy: number, subscription: Subscription): void {
    const { copies } = this;
    if (!this.ordersAtEntry && copies.redelivered[copy] === 0 && this.ordered(copy)) this.order.append(copy);
    copies.move(copy, CopyState.delivering);
    copies.at[copy] = subscription.number;
    if (!subscription.noAck) this.unacked.add(this.kernel.now, 1);
  }

  /** The process still has to send it. */
  protected choose(copy: number, subscription: Subscription): void {
    this.hold(copy, subscription);
    if (this.server.delays(this.context.costs.queueDeliver, QueueEvent.dispatched, copy, subscription.number))
      this.delivering = true;
    else this.sendOut(copy, subscription);
  }

  /** To the dead-letter exchange, if the queue has one that leads somewhere. */
  discard(copy: number, reason: DeathReason): void {
    const { deadLetters } = this.rules;
    const { context } = this;
    const ways = deadLetters && context.broker.deadLetter(copy, this.name, reason, deadLetters).ways;
    if (reason === "rejected") context.stamp(copy, Station.rejected, this.place, 0);
    this.bookDeath(copy, reason, ways);
  }

  /** It is in other queues, by these ways, or nowhere. */
  protected bookDeath(copy: number, reason: DeathReason, ways: readonly DestinationHandle[] = noWays): void {
    const reached = ways.length > 0;
    const station = reached ? Station.deadLettered : Station.dropped;
    this.context.stamp(copy, station, this.place, this.reasonTexts[deathReasons.indexOf(reason)]!);
    this.departures.book(this.kernel.now, reason, ways);
    this.leave(copy);
  }

  /** The publisher is told so, whatever other queues do with it. No reason is told of what is sent again. */
  protected refuse(copy: number, why?: keyof typeof refusals): void {
    const { context } = this;
    const publish = this.copies.messages.next[copy]!;
    if (why !== undefined && !(publish >= 0 && context.publishes.source[publish]! < 0))
      context.stamp(copy, Station.dropped, this.place, context.world.keys.idOf(refusals[why]));
    this.copies.end(copy);
    if (publish < 0) return;
    context.publishes.outcome[publish] = Outcome.refused;
    this.tell(publish);
  }

  /** A persistent message in a durable queue is safe once it is written; nobody waits for that without confirms. */
  protected store(publish: number, source: number, bytes: number): void {
    const { context } = this;
    const { disk } = this.node;
    if (disk.takesTime && this.durable && context.publishers[source]!.persistent) {
      if (publish < 0 || channelOf(context, publish)?.confirms === false) disk.send(bytes);
      else if (disk.delays(bytes, QueueEvent.written, publish, this.number)) {
        this.unwritten?.add(publish);
        return;
      }
    }
    if (publish >= 0) this.tell(publish);
  }

  /** Its copy for the disk is written. */
  written(publish: number): void {
    this.unwritten?.delete(publish);
    this.tell(publish);
  }

  protected tell(publish: number): void {
    tellPublisher(this.context, publish, this.number, this.node);
  }

  private sendOut(copy: number, subscription: Subscription): void {
    this.context.stamp(copy, Station.dispatched, this.place, this.copies.redelivered[copy]! & 1);
    subscription.receiver.deliver(copy);
  }

  private inOrder(copy: number): boolean {
    const { state, redelivered } = this.copies;
    const known = this.ordersAtEntry || state[copy] !== CopyState.ready || redelivered[copy] !== 0;
    return known && redelivered[copy]! <= 1 && this.ordered(copy);
  }

  /** A stream keeps account of the order for each of its readers. */
  private ordered(copy: number): boolean {
    if (this.rules.type === "stream") return false;
    return !this.context.publishers[this.copies.messages.source[copy]!]!.uniqueKeys;
  }
}
