import { CopyState } from "./copies.ts";
import type { DeathReason } from "./death.ts";
import { idleExpiry, type IdleExpiry } from "./idle-expiry.ts";
import { NotSimulated } from "./not-simulated.ts";
import { PriorityOrder } from "./priority-order.ts";
import { QueueEvent, settledBy, Verdict, type QueueContext } from "./queue-context.ts";
import type { QueueRules } from "./queue-arguments.ts";
import { QueueProcess } from "./queue-process.ts";
import { ReadyOrder, type Ready } from "./ready-order.ts";
import { accessRefused, type Refusal } from "./refusal.ts";
import { Retention, retentionOf } from "./retention.ts";
import { byLeave, Rotation, type ChannelLimit, type Subscription, type Turns } from "./rotation.ts";
import { SingleActive } from "./single-active.ts";
import { Station } from "../stats/trace.ts";
import type { QueueSettings } from "./virtual-host.ts";

/** A classic queue: publishes, deliveries and settlements one after the other. */
export class ClassicQueue extends QueueProcess {
  readonly ready: Ready;
  protected readonly turns: Turns;
  /** undefined where nothing but a consumer takes a message out. */
  protected retention: Retention | undefined = undefined;
  /** Holds the queue alone. */
  private exclusive: Subscription | undefined = undefined;
  private hadConsumers = false;
  private idle: IdleExpiry | undefined = undefined;

  constructor(context: QueueContext, number: number, settings: QueueSettings, rules: QueueRules) {
    super(context, number, settings, rules);
    this.ready = this.readyOrder();
    this.turns = this.rules.singleActiveConsumer
      ? new SingleActive(this.rules.type === "classic")
      : new Rotation(this.rules.type === "quorum");
    this.idle = idleExpiry(context, number, rules.expires);
    this.retention = retentionOf(context, this);
  }

  /** What is too many by the new limits goes by the old overflow, then by the new one. (`process_args_policy` of 3.10) */
  override ruledBy(rules: QueueRules): void {
    this.obey({ ...rules, overflow: this.rules.overflow });
    this.retention?.shed();
    this.obey(rules);
    this.retention?.shed();
  }

  /** Messages may have a time to live of their own from now on. */
  expectExpirations(): void {
    this.retention ??= new Retention(this.context, this);
    this.retention.expectExpirations();
  }

  /** Consumers that the broker reports. */
  get consumersShown(): number {
    return this.consumers;
  }

  override enqueued(copy: number): void {
    const { messages } = this.copies;
    const publish = messages.next[copy]!;
    const source = messages.source[copy]!;
    const bytes = messages.bytes[copy]!;
    const { retention } = this;
    if (this.deleted) {
      this.refuse(copy);
      return;
    }
    if (retention !== undefined) {
      if (this.refuses(copy, retention)) {
        this.departures.refused(this.kernel.now);
        this.refuse(copy);
        return;
      }
      retention.entered(copy);
    }
    this.enter(copy, this.ready.size);
    this.offer(copy);
    this.store(publish, source, bytes);
  }

  /** A second consumer beside an exclusive one is refused, whichever of them came first. */
  subscribeRefusal(exclusive: boolean): Refusal | undefined {
    const refused =
      this.exclusive !== undefined || (exclusive && (this.consumers > 0 || this.rules.singleActiveConsumer));
    if (!refused) return undefined;
    this.context.rules?.count("D3");
    return accessRefused;
  }

  subscribe(subscription: Subscription, exclusive = false): void {
    if (exclusive) this.exclusive = subscription;
    this.consumers++;
    this.hadConsumers = true;
    this.turns.enter(subscription);
    this.dispatch();
  }

  /** `basic.cancel`: what it holds stays with it. */
  cancel(subscription: Subscription): void {
    if (!subscription.active) return;
    if (subscription.unacked > 0) this.context.rules?.count("Q4");
    if (this.rules.singleActiveConsumer) this.context.rules?.count("D5");
    this.leaveTurns(subscription);
    if (this.leftAlone) {
      this.deleteItself("auto_delete");
      return;
    }
    this.idle?.used();
    if (this.successorStartsAtOnce) this.dispatch();
  }

  /** The connection of a consumer has ended. */
  private closed(subscription: Subscription): void {
    const held = this.copies.heldBy(subscription);
    this.context.world.occurrences.add(this.kernel.now, "connectionClosed", this.place, held.length);
    this.lose([subscription], held);
  }

  /** The queue has gone: so has its consumer. */
  forgetConsumer(subscription: Subscription): void {
    this.leaveTurns(subscription);
  }

  /** The queue was declared again or asked for. */
  used(): void {
    this.idle?.used();
  }

  /** The timer of `x-expires` rang. */
  unused(): void {
    if (this.deleted || this.consumers > 0 || this.idle?.over !== true) return;
    this.context.rules?.count("X9");
    this.deleteItself(this.rules.source("expires"));
  }

  /** The timer of the head's time to live rang. */
  headExpires(): void {
    this.retention?.rang();
  }

  /** `basic.get`: the head, which is the holder's from now on; −1 from an empty queue. */
  fetch(holder: Subscription): number {
    this.used();
    if (this.ready.size === 0) return -1;
    const copy = this.takeHead();
    holder.hold();
    this.hold(copy, holder);
    this.retention?.expire();
    return copy;
  }

  /** A channel passes on what a consumer says about a delivery; `about` is the copy, or for `early` the subscription. */
  settle(about: number, verdict: Verdict): void {
    const cost = this.context.costs.queueAck;
    if (!this.server.delays(cost, QueueEvent.settled, about, verdict)) this.settled(about, verdict);
  }

  settled(about: number, verdict: Verdict): void {
    const subscription = settledBy(this.context, about, verdict);
    if (verdict === Verdict.closed) {
      this.closed(subscription);
      return;
    }
    const { channel } = subscription;
    const shared = channel?.full === true;
    this.decide(about, verdict, subscription);
    subscription.release();
    if (!shared) this.turns.enterAgain(subscription);
    this.afterSettlement(verdict, subscription.active);
    if (shared && !channel.full) this.context.resume(channel.subscriptions);
  }

  /** One frame about several deliveries, the oldest first: all are settled before the next goes out. */
  settledTogether(copies: readonly number[], verdict: Verdict): void {
    const free = new Set<Subscription>();
    const shared = new Set<ChannelLimit>();
    for (const copy of copies) {
      const subscription = settledBy(this.context, copy, verdict);
      if (subscription.channel?.full === true) shared.add(subscription.channel);
      else free.add(subscription);
      this.decide(copy, verdict, subscription);
      subscription.release();
    }
    for (const subscription of byLeave(free)) this.turns.enterAgain(subscription);
    this.afterSettlement(
      verdict,
      [...free].some(({ active }) => active),
    );
    for (const { full, subscriptions } of shared) if (!full) this.context.resume(subscriptions);
  }

  /** Their channel has gone: they get no more, and what they hold returns. */
  lose(subscriptions: readonly Subscription[], held: readonly number[]): void {
    for (const subscription of subscriptions) if (subscription.active) this.leaveTurns(subscription);
    if (this.leftAlone) {
      for (const copy of held) {
        const subscription = settledBy(this.context, copy, Verdict.requeue);
        this.unacked.add(this.kernel.now, -1);
        subscription.release();
        this.leave(copy, CopyState.purged);
      }
      this.deleteItself("auto_delete");
      return;
    }
    this.idle?.used();
    this.returnLost(held);
    this.afterSettlement(Verdict.requeue, true);
  }

  /** A limit that these share has room again. */
  resume(subscriptions: Iterable<Subscription>): void {
    for (const one of byLeave(subscriptions)) if (one.queue === this.number) this.turns.enterAgain(one);
    this.dispatch();
  }

  /** Takes all ready copies out; answers how many. */
  purge(): number {
    const count = this.ready.size;
    const purged = this.context.world.keys.idOf("purged");
    while (this.ready.size > 0) {
      const copy = this.takeHead();
      this.context.stamp(copy, Station.dropped, this.place, purged);
      this.leave(copy, CopyState.purged);
    }
    this.departures.purged(this.kernel.now, count);
    return count;
  }

  /** The broker has started again: of a durable queue what was persistent is there. */
  restarted(): void {
    const kept: number[] = [];
    while (this.ready.size > 0) {
      const copy = this.takeHead();
      if (this.survives(copy)) kept.push(copy);
      else this.leave(copy, CopyState.purged);
    }
    for (const copy of kept) {
      this.ready.putBack(copy);
      this.toDisk(copy);
      this.depth.add(this.kernel.now, 1);
      this.retention?.joined(copy);
    }
    this.idle?.used();
    this.retention?.expire();
  }

  /** The head goes by a rule. */
  discardHead(reason: DeathReason): void {
    this.discard(this.takeHead(), reason);
  }

  /** Whatever it was that changed, the time without use begins again. */
  protected obey(rules: QueueRules): void {
    super.ruledBy(rules);
    this.idle = idleExpiry(this.context, this.number, rules.expires);
  }

  /** Its last consumer has left an auto-delete queue. */
  private get leftAlone(): boolean {
    return this.autoDelete && this.hadConsumers && this.consumers === 0;
  }

  protected get successorStartsAtOnce(): boolean {
    return this.context.release.successorStartsAtOnce;
  }

  /** The single active consumer was cancelled, and the backlog has not gone to the next one. (3.10) */
  private get stuck(): boolean {
    const { turns } = this;
    return turns instanceof SingleActive && this.ready.size > 0 && !this.delivering && turns.open;
  }

  protected survives(copy: number): boolean {
    return this.context.contentOf(copy).persistent;
  }

  protected readyOrder(): Ready {
    const { copies, context } = this;
    const { maxPriority } = this.rules;
    if (maxPriority === 0) return new ReadyOrder(copies);
    return new PriorityOrder(copies, (copy) => Math.min(context.priorityOf(copy) ?? 0, maxPriority));
  }

  /** Whether a publish is refused; with `reject-publish-dlx` its death is published all the same. */
  protected refuses(copy: number, retention: Retention): boolean {
    if (!retention.overflows(this.copies.messages.bytes[copy]!)) return false;
    const { overflow, deadLetters } = this.rules;
    this.context.rules?.count("X8");
    if (overflow === "reject-publish-dlx" && deadLetters !== undefined)
      this.context.deadLetter(copy, this.name, "maxlen", deadLetters);
    return true;
  }

  /** One delivery returns to the queue, at its original place. */
  protected requeue(copy: number): void {
    this.context.rules?.count("Q1");
    this.makeReady(copy);
    this.ready.putBack(copy);
  }

  /** Deliveries return because their channel has gone. */
  protected returnLost(held: readonly number[]): void {
    for (const copy of held) {
      const subscription = settledBy(this.context, copy, Verdict.requeue);
      this.decide(copy, Verdict.requeue, subscription);
      subscription.release();
    }
  }

  /** What was requeued may be over the limit or out of time before anybody gets it. */
  protected afterSettlement(verdict: Verdict, credited: boolean): void {
    if (verdict === Verdict.requeue) this.retention?.shed();
    if (credited || verdict === Verdict.requeue) this.dispatch();
  }

  protected leaveTurns(subscription: Subscription): void {
    this.consumers--;
    if (this.exclusive === subscription) this.exclusive = undefined;
    this.turns.cancel(subscription);
  }

  /** A copy for which a consumer waits is never ready: it goes out at once. */
  private offer(copy: number): void {
    if (this.stuck)
      throw new NotSimulated(
        "RabbitMQ 3.10's queue process crashes at a publish while a single active consumer's successor waits for the backlog",
      );
    const waiting = this.ready.size === 0 && !this.delivering ? this.turns.take() : undefined;
    if (waiting !== undefined) {
      this.choose(copy, waiting);
      return;
    }
    this.join(copy);
    this.afterJoin(copy);
  }

  protected afterJoin(_copy: number): void {
    this.retention?.shedAfterPublish();
  }

  private join(copy: number): void {
    this.copies.move(copy, CopyState.ready);
    this.ready.push(copy);
    this.depth.add(this.kernel.now, 1);
    this.retention?.joined(copy);
    if (this.rules.lazy) this.toDisk(copy);
  }

  /** A copy that was unacked is ready, but for its place. */
  protected makeReady(copy: number): void {
    const { copies } = this;
    this.context.stamp(copy, Station.requeued, this.place, 0);
    this.departures.requeued(this.kernel.now);
    copies.move(copy, CopyState.ready);
    copies.at[copy] = this.number;
    copies.redelivered[copy] = 1;
    this.depth.add(this.kernel.now, 1);
    this.retention?.joined(copy);
    if (this.rules.lazy) this.toDisk(copy);
  }

  protected override dispatch(): void {
    while (!this.delivering && this.ready.size > 0) {
      const subscription = this.turns.take();
      if (subscription === undefined) return;
      const copy = this.takeHead();
      this.choose(copy, subscription);
      this.retention?.expire();
    }
  }

  private takeHead(): number {
    const copy = this.ready.take();
    this.depth.add(this.kernel.now, -1);
    this.retention?.left(copy);
    return copy;
  }

  protected decide(about: number, verdict: Verdict, subscription: Subscription): void {
    this.unacked.add(this.kernel.now, -1);
    switch (verdict) {
      case Verdict.ack:
        this.context.stamp(about, Station.settled, this.place, 0);
        this.copies.end(about, CopyState.finished);
        break;
      case Verdict.requeue:
        if (this.deleted) this.leave(about, CopyState.purged);
        else this.requeue(about);
        break;
      case Verdict.reject:
        if (this.deleted) this.leave(about, CopyState.purged);
        else this.discard(about, "rejected");
        break;
      case Verdict.early:
        subscription.acksUnderWay--;
        break;
      case Verdict.closed:
        break;
    }
  }
}
