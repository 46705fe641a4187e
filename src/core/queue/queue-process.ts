import type { Kernel } from "../sim/kernel.ts";
import type { QueueSummary } from "../stats/result.ts";
import { LevelSeries } from "../stats/series.ts";
import { Station } from "../stats/trace.ts";
import { CopyState, type Copies } from "./copies.ts";
import { deathReasons, type DeathReason } from "./death.ts";
import { Departures } from "./departures.ts";
import { FinishOrder } from "./finish-order.ts";
import { Server } from "./passage.ts";
import { Outcome } from "./publishes.ts";
import type { QueueRules } from "./queue-arguments.ts";
import { QueueEvent, type QueueContext } from "./queue-context.ts";
import type { Subscription } from "./rotation.ts";
import type { QueueSettings } from "./virtual-host.ts";

/** What all types of queue are: one process that does one thing after the other, with its figures. */
export abstract class QueueProcess {
  readonly number: number;
  readonly name: string;
  rules: QueueRules;
  readonly depth: LevelSeries;
  readonly unacked: LevelSeries;
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
  protected readonly place: number;
  protected readonly server: Server;
  /** A delivery is with the process; the next consumer is chosen when it has left. */
  protected delivering = false;
  private readonly order: FinishOrder;
  /** Whether order is kept account of from the entry on: what goes out first was not always published first. */
  private readonly ordersAtEntry: boolean;
  private readonly windowFrom: number;
  private published = 0;
  private enqueuedInWindow = 0;

  constructor(context: QueueContext, number: number, settings: QueueSettings, rules: QueueRules) {
    const { kernel, horizon, window, ranges, places, occurrences, keys } = context.world;
    this.context = context;
    this.kernel = kernel;
    this.copies = context.copies;
    this.number = number;
    this.name = settings.name;
    this.durable = settings.durable;
    this.autoDelete = settings.autoDelete;
    this.rules = rules;
    this.place = places.add("queue", this.name, null);
    this.windowFrom = window.from;
    this.server = new Server(context, context.cores);
    this.order = new FinishOrder(context.copies);
    this.ordersAtEntry = this.rules.type === "quorum" || this.rules.maxPriority > 0;
    this.depth = new LevelSeries(horizon, undefined, window.from, ranges);
    this.unacked = new LevelSeries(horizon, undefined, window.from, ranges);
    this.reasonTexts = deathReasons.map((reason) => keys.idOf(reason));
    this.departures = new Departures(occurrences, this.place, this.rules, window.from);
  }

  /** A routed copy; its `next` names the publish, or is −1 where nobody waits for one. */
  publish(copy: number): void {
    const cost = this.context.costs.queuePublish;
    if (!this.server.delays(cost, QueueEvent.enqueued, copy, 0)) this.enqueued(copy);
  }

  abstract enqueued(copy: number): void;

  /** Its policies have changed. */
  ruledBy(rules: QueueRules): void {
    this.rules = rules;
    this.departures.ruledBy(rules);
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

  /** The copy is finished; answers whether an earlier one of its key is not. */
  finish(copy: number): boolean {
    return this.ordered(copy) && this.order.remove(copy);
  }

  /** The copy has a final state without being finished. */
  leave(copy: number, final: CopyState): void {
    if (this.inOrder(copy)) this.order.remove(copy);
    this.copies.end(copy, final);
  }

  /** Carries the levels to the end of the run. */
  close(now: number): void {
    this.depth.finish(now);
    this.unacked.finish(now);
  }

  summary(): QueueSummary {
    return {
      enqueued: this.enqueuedInWindow,
      depth: levelSummary(this.depth),
      unacked: levelSummary(this.unacked),
      ...this.departures.summary(),
    };
  }

  protected abstract dispatch(): void;

  /** The copy has its place in the order of publishing. */
  protected enter(copy: number, waiting: number): void {
    this.copies.sequence[copy] = this.published++;
    if (this.kernel.now >= this.windowFrom) this.enqueuedInWindow++;
    this.context.stamp(copy, Station.enqueued, this.place, waiting);
    if (this.ordersAtEntry && this.ordered(copy)) this.order.append(copy);
  }

  /** It has no use any more, by this rule. */
  protected deleteItself(rule: string): void {
    const { world, rules } = this.context;
    if (rule === "auto_delete") rules?.count("D4");
    world.occurrences.add(this.kernel.now, "queueDeleted", this.place, 0, rule);
    this.context.deleteQueue(this.number);
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
  protected discard(copy: number, reason: DeathReason): void {
    const { deadLetters } = this.rules;
    const { context } = this;
    const reached = deadLetters !== undefined && context.deadLetter(copy, this.name, reason, deadLetters) > 0;
    if (reason === "rejected") context.stamp(copy, Station.rejected, this.place, 0);
    context.stamp(
      copy,
      reached ? Station.deadLettered : Station.dropped,
      this.place,
      this.reasonTexts[deathReasons.indexOf(reason)]!,
    );
    this.departures.book(this.kernel.now, reason, reached);
    const final = reason === "expired" ? CopyState.expired : CopyState.dropped;
    this.leave(copy, reached ? CopyState.deadLettered : final);
  }

  /** The publisher is told so, whatever other queues do with it. */
  protected refuse(copy: number): void {
    const { publishes, publishers } = this.context;
    const publish = this.copies.messages.next[copy]!;
    const source = this.copies.messages.source[copy]!;
    this.copies.end(copy, CopyState.refused);
    if (publish < 0) return;
    publishes.outcome[publish] = Outcome.refused;
    if (--publishes.left[publish]! === 0) publishers[source]!.stored(publish);
  }

  /** A persistent message in a durable queue is safe once it is written; nobody waits for that without confirms. */
  protected store(publish: number, source: number, bytes: number): void {
    const { context } = this;
    const publisher = context.publishers[source]!;
    if (this.durable && publisher.persistent) {
      if (publish < 0 || !publisher.confirms) context.disk.send(bytes);
      else if (context.disk.delays(bytes, QueueEvent.written, publish, 0)) return;
    }
    if (publish >= 0 && --context.publishes.left[publish]! === 0) publisher.stored(publish);
  }

  /** It is on disk alone, and read from there. */
  protected toDisk(copy: number): void {
    const { contentOf, release } = this.context;
    const content = contentOf(copy);
    if (release.diskHidesExpiration && content.expiration !== undefined)
      this.copies.contents.set(copy, { ...content, fromDisk: true });
  }

  private sendOut(copy: number, subscription: Subscription): void {
    this.context.stamp(copy, Station.dispatched, this.place, this.copies.redelivered[copy]!);
    subscription.receiver.deliver(copy);
  }

  private inOrder(copy: number): boolean {
    const { state, redelivered } = this.copies;
    const known = this.ordersAtEntry || state[copy] !== CopyState.ready || redelivered[copy] === 1;
    return known && this.ordered(copy);
  }

  /** A stream keeps account of the order for each of its readers. */
  private ordered(copy: number): boolean {
    if (this.rules.type === "stream") return false;
    return !this.context.publishers[this.copies.messages.source[copy]!]!.uniqueKeys;
  }
}

function levelSummary(level: LevelSeries): QueueSummary["depth"] {
  return { max: level.max, mean: level.mean(), end: level.level };
}
