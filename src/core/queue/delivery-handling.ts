import type { QueueConsumerSettings } from "../model/topology.ts";
import { idleFailures } from "../sim/idle-failures.ts";
import type { Kernel } from "../sim/kernel.ts";
import { blankEnd, Sent, type Onward, type OnwardListener, type Work } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";
import { Station } from "../stats/trace.ts";
import type { BrokerQueue } from "./broker.ts";
import type { ConsumerConnection } from "./consumer-connection.ts";
import type { ConsumerLink } from "./consumer-link.ts";
import { CopyState, type Copies } from "./copies.ts";
import { settledEarly } from "./loss-rules.ts";
import { Orphans } from "./orphans.ts";
import { PrefetchBuffer } from "./prefetch-buffer.ts";
import type { QueueContext } from "./queue-context.ts";
import { ClientEvent, Verdict } from "./queue-event.ts";
import { filterValueOf } from "./stream-filter.ts";
import type { Receiver } from "./rotation.ts";

const noPlaces: readonly number[] = [];

/** What an instance of a consumer does with deliveries: a prefetch buffer, handlers, and what they say to the broker. */
export abstract class DeliveryHandling implements Receiver, OnwardListener {
  readonly number: number;
  readonly buffer = new PrefetchBuffer();
  readonly stats: ConsumerStats;
  readonly instance: number;
  readonly queueNumbers: readonly number[];
  readonly link: ConsumerLink;
  busy = 0;
  protected stopped = false;
  protected crashed = false;
  protected readonly context: QueueContext;
  protected readonly kernel: Kernel;
  protected readonly copies: Copies;
  protected readonly queues: readonly BrokerQueue[];
  protected readonly settings: QueueConsumerSettings;
  protected readonly onward: Onward | undefined;
  readonly place: number;
  protected readonly orphans: Orphans;
  private readonly concurrency: number;
  private readonly work: Work;
  private readonly failures = idleFailures();
  private readonly onwardEnd = blankEnd();
  /** Handlers by the number of the delivery whose messages they wait for, and whether that failed. */
  private readonly sending: { readonly handler: number; readonly failed: boolean }[] = [];

  constructor(context: QueueContext, queues: readonly BrokerQueue[], of: ConsumerConnection) {
    this.context = context;
    this.orphans = new Orphans(context);
    this.kernel = context.world.kernel;
    this.copies = context.copies;
    this.queues = queues;
    this.number = of.number;
    this.instance = of.instance;
    this.queueNumbers = of.queueNumbers;
    this.settings = of.settings;
    this.concurrency = of.concurrency;
    this.stats = of.stats;
    this.work = of.work;
    this.onward = of.onward;
    this.place = of.place;
    this.link = this.newLink();
  }

  /** Its connection. */
  protected abstract newLink(): ConsumerLink;

  deliver(copy: number): void {
    this.link.deliver(copy);
  }

  received(copy: number, subscription: number): void {
    const { copies } = this;
    const { now } = this.kernel;
    const { world, subscriptions } = this.context;
    const of = subscriptions[subscription]!;
    if (this.crashed || of.closed || of.abandoned) {
      // The broker may have taken it back meanwhile.
      const held = copies.at[copy] === subscription && copies.state[copy] === CopyState.delivering;
      if (held && (this.crashed || of.abandoned || of.noAck)) this.dropDead(copy);
      return;
    }
    const redelivered = copies.redelivered[copy]! & 1;
    this.stats.deliver(now, 1, redelivered === 1);
    if (now >= world.window.from) of.delivered++;
    this.context.stamp(copy, Station.received, this.place, redelivered);
    if (this.stopped) this.handBack(copy);
    else if (this.isUnwanted(copy, subscription)) this.passOver(copy);
    else if (this.busy < this.concurrency && this.buffer.length === 0) this.takeUp(copy, now);
    else {
      copies.move(copy, CopyState.buffered);
      this.buffer.push(copy, now);
    }
  }

  /** It came with its chunk of a stream, which holds, or seems to hold, what was asked for. */
  private isUnwanted(copy: number, subscription: number): boolean {
    const { filter } = this.context.subscriptions[subscription]!;
    return filter !== undefined && !filter.wants(filterValueOf(this.context.contentOf(copy)));
  }

  /** The application looks at its value alone, and acks. */
  private passOver(copy: number): void {
    const { copies } = this;
    if (this.settings.ack === "early") this.ackEarly(copies.at[copy]!);
    this.queueOf(copy).finish(copy);
    if (this.settings.ack === "manual") {
      copies.move(copy, CopyState.acking);
      this.link.say(copy, Verdict.ack);
    } else copies.end(copy);
  }

  /** A handler comes to the end of its work. */
  worked(handler: number): void {
    const { messages } = this.copies;
    const { handlers } = this.context;
    const copy = handlers.copy[handler]!;
    const fails = this.work.fails(messages.sentAt[copy]!, messages.key[copy]!);
    const { onward } = this;
    if (fails) this.failures.happens(this.kernel.now);
    if (fails && handlers.failed[handler]! < this.settings.retries.length) {
      this.attempted(handler);
      if (onward !== undefined) this.sendOn(onward, copy, fails, undefined);
      this.retry(handler, copy);
    } else if (onward === undefined) this.conclude(handler, fails);
    else {
      const delivery = this.sendOn(onward, copy, fails, this);
      if (delivery >= 0) {
        this.stats.stillBusy(this.kernel.now, this.instance, handlers.takenUpAt[handler]!);
        handlers.waitsSince[handler] = this.kernel.now;
        this.sending[delivery] = { handler, failed: fails };
      } else this.conclude(handler, fails || delivery === Sent.refused);
    }
  }

  /** The handler has kept its message until what it sent on was confirmed; one that was refused fails the delivery. */
  confirmed(delivery: number, accepted: boolean): void {
    const { handler, failed } = this.sending[delivery]!;
    this.conclude(handler, failed || !accepted);
  }

  /** A delivery ends, in success or not. */
  private conclude(handler: number, fails: boolean): void {
    const { handlers } = this.context;
    const { now } = this.kernel;
    const copy = handlers.copy[handler]!;
    if (fails) this.attempted(handler);
    // Its columns stay as they are until it takes up the next.
    handlers.release(handler);
    this.busy--;
    if (this.orphans.has(copy)) this.endOrphan(copy, fails, handler);
    else if (fails) this.failed(copy, now);
    else this.finished(copy, handler);
    while (!this.stopped && this.busy < this.concurrency && this.buffer.length > 0) {
      const { firstReceivedAt } = this.buffer;
      this.takeUp(this.buffer.shift(), firstReceivedAt);
    }
    if (this.stopped && this.busy === 0) this.left();
  }

  /** It was stopped, and its last handler has come to an end. */
  protected abstract left(): void;

  private attempted(handler: number): void {
    const { stats, instance } = this;
    const { now } = this.kernel;
    const { receivedAt, takenUpAt, waitsSince } = this.context.handlers;
    const since = waitsSince[handler]!;
    if (since >= 0) {
      stats.block(now, instance, since);
      stats.settle(now, receivedAt[handler]!);
    } else stats.attempt(now, instance, receivedAt[handler]!, takenUpAt[handler]!);
  }

  /** Books what a handler has done until now, whose delivery comes to no end. */
  bookOpen(handler: number): void {
    const { now } = this.kernel;
    const { takenUpAt, waitsSince } = this.context.handlers;
    const since = waitsSince[handler]!;
    if (since >= 0) this.stats.block(now, this.instance, since);
    else this.stats.stillBusy(now, this.instance, takenUpAt[handler]!);
  }

  private sendOn(
    onward: Onward,
    copy: number,
    failed: boolean,
    listener: OnwardListener | undefined,
  ): number {
    const { onwardEnd: end } = this;
    const { lineage } = this.context.world;
    end.when = failed ? "failure" : "success";
    end.key = this.copies.messages.key[copy]!;
    end.sentAt = this.copies.messages.sentAt[copy]!;
    end.rootAt = this.rootOf(copy);
    end.from = this.queueNumbers.length === 1 ? 0 : this.queueNumbers.indexOf(this.queueOf(copy).number);
    end.source = this.copies.messages.source[copy]!;
    end.id = this.copies.messages.id[copy]!;
    if (lineage.numbered) end.rootId = lineage.rootIdOf(end.source, end.id);
    end.connection = this.copies.correlations?.connection[copy] ?? 0;
    if (onward.keepsRoutingKey) end.routingKey = this.context.contentOf(copy).routingKeys[0]!;
    return onward.send(end, listener);
  }

  /** The wait before a further attempt is over. */
  retried(handler: number): void {
    const { handlers } = this.context;
    const copy = handlers.copy[handler]!;
    const { now } = this.kernel;
    this.stats.block(now, this.instance, handlers.waitsSince[handler]!);
    handlers.worksFrom(handler, now);
    this.context.stamp(copy, Station.takenUp, this.place, handlers.failed[handler]!);
    this.begin(handler, copy);
  }

  private takeUp(copy: number, receivedAt: number): void {
    const { copies, context, kernel } = this;
    const { now } = kernel;
    const handler = context.handlers.takeUp(copy, this.number, receivedAt, now);
    this.busy++;
    copies.move(copy, CopyState.inWork);
    context.stamp(copy, Station.takenUp, this.place, 0);
    this.begin(handler, copy);
    if (this.settings.ack === "early") this.ackEarly(copies.at[copy]!);
  }

  private begin(handler: number, copy: number): void {
    const { context, kernel, work } = this;
    const { source, key } = this.copies.messages;
    const duration = work.perBatch() + work.duration(source[copy]!, key[copy]!);
    const { base, handlers } = context;
    kernel.at(kernel.now + duration, base | ClientEvent.worked, handler, handlers.generation[handler]!);
  }

  /** The handler keeps the message, and waits. */
  private retry(handler: number, copy: number): void {
    const { handlers, base } = this.context;
    const { now } = this.kernel;
    this.stats.fail(now);
    this.context.stamp(copy, Station.failed, this.place, 0);
    handlers.waitsSince[handler] = now;
    const wait = this.settings.retries[handlers.failed[handler]!++]!;
    this.kernel.at(now + wait, base | ClientEvent.retries, handler, handlers.generation[handler]!);
  }

  private finished(copy: number, handler: number): void {
    const { copies } = this;
    const queue = this.queueOf(copy);
    if (queue.finish(copy)) this.stats.violate(this.kernel.now);
    this.countFinish(copy, queue.number, handler);
    this.context.stamp(copy, Station.finished, this.place, 0);
    if (this.settings.ack === "manual") {
      copies.move(copy, CopyState.acking);
      this.link.say(copy, Verdict.ack);
    } else copies.end(copy);
  }

  private countFinish(copy: number, queue: number, handler: number): void {
    const { doubles, handlers } = this.context;
    const { receivedAt, takenUpAt, waitsSince } = handlers;
    const { id, sentAt } = this.copies.messages;
    const { stats, instance } = this;
    const { now } = this.kernel;
    if (!doubles.none && doubles.finishes(id[copy]!, queue)) {
      this.attempted(handler);
      stats.finishAgain(now);
      return;
    }
    if (waitsSince[handler]! >= 0) {
      this.attempted(handler);
      stats.finish(now, instance, sentAt[copy]!, takenUpAt[handler]!);
    } else stats.ended.add(now, instance, receivedAt[handler]!, takenUpAt[handler]!, sentAt[copy]!);
    if (this.context.world.lineage.kept) stats.finishJourney(now, this.rootOf(copy));
  }

  /** A handler is done with a message that the broker has taken back: nobody hears of it. */
  private endOrphan(orphan: number, fails: boolean, handler: number): void {
    const { now } = this.kernel;
    const queue = this.queueOf(orphan);
    if (fails) this.stats.fail(now);
    else {
      if (this.orphans.finish(orphan, queue)) this.stats.violate(now);
      this.countFinish(orphan, queue.number, handler);
    }
    this.context.stamp(orphan, fails ? Station.failed : Station.finished, this.place, 0);
    this.orphans.end(orphan);
  }

  /** Without a manual ack the broker has forgotten the message: a failure loses it. */
  private failed(copy: number, now: number): void {
    const { copies } = this;
    this.stats.fail(now);
    this.context.stamp(copy, Station.failed, this.place, 0);
    if (this.settings.ack !== "manual") this.lose(copy, noPlaces);
    else if (this.settings.onFailure === "requeue") {
      copies.move(copy, CopyState.returning);
      this.link.say(copy, Verdict.requeue);
    } else {
      copies.move(copy, CopyState.rejecting);
      this.link.say(copy, Verdict.reject);
    }
  }

  /** No handler has taken it up: unless its ack went out with the delivery, it goes back. */
  protected handBack(copy: number): void {
    if (this.settings.ack === "auto") {
      this.lose(copy);
      return;
    }
    this.copies.move(copy, CopyState.returning);
    this.link.say(copy, Verdict.requeue);
  }

  /** Nobody is there any more who could say anything about it: it returns with the end of the connection. */
  protected dropDead(copy: number): void {
    if (this.settings.ack === "auto") this.lose(copy);
    else this.copies.move(copy, CopyState.returning);
  }

  private ackEarly(subscription: number): void {
    this.context.subscriptions[subscription]!.acksUnderWay++;
    this.link.say(-1, Verdict.early, subscription);
  }

  /** `struck`: where a fault may be behind it. */
  protected lose(copy: number, struck = this.reachedBy(copy)): void {
    const { losses } = this.context.world;
    const rule = settledEarly[this.settings.ack === "early" ? "early" : "auto"];
    losses.add(this.kernel.now, this.copies.messages.id[copy]!, this.place, rule, struck);
    this.stats.lost++;
    this.queueOf(copy).leave(copy);
  }

  /** Itself, and the nodes that a delivery comes by. */
  private reachedBy(copy: number): readonly number[] {
    return [this.place, this.link.node.place, this.queueOf(copy).node.place];
  }

  /** When the message that the copy goes back to was sent. */
  private rootOf(copy: number): number {
    const { source, id, sentAt } = this.copies.messages;
    return this.context.world.lineage.rootOf(source[copy]!, id[copy]!, sentAt[copy]!);
  }

  private queueOf(copy: number): BrokerQueue {
    return this.queues[this.context.subscriptions[this.copies.at[copy]!]!.queue]!;
  }
}
