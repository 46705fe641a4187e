import { CopyState } from "./copies.ts";
import { byLeave, type ChannelLimit, type Subscription } from "./rotation.ts";
import { ConsumedQueue } from "./consumed-queue.ts";
import { inOrderOfDeath, PriorityOrder } from "./priority-order.ts";
import { NotSimulated } from "./not-simulated.ts";
import { holderOf, type QueueContext } from "./queue-context.ts";
import { QueueEvent, subscriptionOf, Verdict, verdictOf } from "./queue-event.ts";
import type { BrokerNode } from "./cluster.ts";
import { Outcome } from "./publishes.ts";
import type { QueueRules } from "./queue-arguments.ts";
import { ReadyOrder, type Ready } from "./ready-order.ts";
import { retentionOf, Retention } from "./retention.ts";
import { Station } from "../stats/trace.ts";
import type { QueueSettings } from "./virtual-host.ts";

/** A classic queue: publishes, deliveries and settlements one after the other. */
export class ClassicQueue extends ConsumedQueue {
  readonly ready: Ready;
  /** undefined where nothing but a consumer takes a message out. */
  protected retention: Retention | undefined = undefined;

  constructor(
    context: QueueContext,
    number: number,
    settings: QueueSettings,
    rules: QueueRules,
    node: BrokerNode,
  ) {
    super(context, number, settings, rules, node);
    this.ready = this.readyOrder();
    this.retention = retentionOf(context, this);
  }

  /**
   * What is too many by the new limits goes by the old overflow, then by the new one; a mode stays until another one is asked
   * for. (`process_args_policy` of 3.10)
   */
  override ruledBy(rules: QueueRules): void {
    const { overflow, lazy } = this.rules;
    const next = { ...rules, lazy: rules.lazy ?? lazy };
    this.obey({ ...next, overflow });
    this.retention?.shed();
    this.obey(next);
    this.retention?.shed();
    if (next.lazy === true && lazy !== true) for (const copy of this.ready) this.toDisk(copy);
  }

  /** Messages may have a time to live of their own from now on. */
  expectExpirations(): void {
    this.retention ??= new Retention(this.context, this);
    this.retention.expectExpirations();
  }

  /** `at`: when it came, where that is not now. */
  override admit(copy: number, at = this.kernel.now): void {
    const { messages } = this.copies;
    const publish = messages.next[copy]!;
    const source = messages.source[copy]!;
    const bytes = messages.bytes[copy]!;
    const { retention } = this;
    this.takes(publish);
    if (this.deleted) {
      this.refuse(copy, "deleted");
      return;
    }
    if (retention !== undefined) {
      if (this.refuses(copy, retention)) {
        this.departures.refused(this.kernel.now);
        this.refuse(copy, "full");
        return;
      }
      retention.entered(copy, at);
    }
    const crashes = this.crashesAt(this.ready.size);
    if (crashes && this.survives(copy)) this.refuse(copy, "absent");
    else {
      this.enter(copy, this.ready.size);
      if (crashes) this.join(copy);
      else this.offer(copy);
      this.store(publish, source, bytes);
    }
    if (crashes) this.startAgain();
  }

  /** The timer of the head's time to live rang. */
  headExpires(): void {
    if (!this.stalled) this.retention?.rang();
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

  /** A channel passes on what a consumer says about a copy. */
  settle(copy: number, told: number): void {
    if (this.stalled) {
      this.meanwhile(QueueEvent.settling, copy, told);
      return;
    }
    const cost = this.context.costs.queueAck;
    if (!this.server.delays(cost, QueueEvent.settled, copy, told)) this.settled(copy, told);
  }

  settled(copy: number, told: number): void {
    const verdict = verdictOf(told);
    const subscription = this.context.subscriptions[subscriptionOf(told)]!;
    if (verdict === Verdict.closed) {
      this.connectionEnded(subscription);
      return;
    }
    if (subscription.closed) return;
    if (this.stalled) {
      this.meanwhile(QueueEvent.settling, copy, told);
      return;
    }
    const { channel } = subscription;
    const shared = channel?.full === true;
    this.decide(copy, verdict, subscription);
    subscription.release();
    if (!shared) this.turns.enterAgain(subscription);
    this.afterSettlement(verdict, subscription.active);
    if (shared && !channel.full) this.context.broker.resume(channel.subscriptions);
  }

  /** One frame about several deliveries, the oldest first: all are settled before the next goes out. */
  settledTogether(copies: readonly number[], verdict: Verdict): void {
    const free = new Set<Subscription>();
    const shared = new Set<ChannelLimit>();
    const priorityOf = (copy: number): number => this.context.priorityIn(this.rules, copy);
    for (const copy of verdict === Verdict.reject ? inOrderOfDeath(copies, priorityOf) : copies) {
      const subscription = holderOf(this.context, copy);
      const { channel, successor } = subscription;
      if (successor !== undefined) successor.extraCredit++;
      if (channel?.full === true) shared.add(channel);
      else free.add(successor ?? subscription);
      this.decide(copy, verdict, subscription);
      subscription.release();
    }
    for (const subscription of byLeave(free)) this.turns.enterAgain(subscription);
    const credited = [...free].some(({ active }) => active);
    this.afterSettlement(verdict, credited);
    for (const { full, subscriptions } of shared) if (!full) this.context.broker.resume(subscriptions);
  }

  /** Its process has stopped with its node. */
  protected override breakDown(clean: boolean): void {
    if (this.rules.type !== "classic") super.breakDown(clean);
    else if (this.durable) this.crash(clean);
    else if (this.endProcess(clean)) {
      this.context.world.occurrences.add(this.kernel.now, "queueDeleted", this.place, 0, "durable: false");
      this.context.broker.deleteQueue(this.number);
    }
  }

  /** One that is not durable, too, is started again, with nothing in it. (Seen of RabbitMQ 3.10) */
  override crash(clean: boolean): void {
    if (this.rules.type !== "classic") super.crash(clean);
    else if (this.endProcess(clean))
      this.context.world.occurrences.add(this.kernel.now, "queueUnavailable", this.place, 0, "no node");
  }

  /** What consumers hold comes back, what is not on disk is lost. False where no process runs, or the queue went with it. */
  private endProcess(clean: boolean): boolean {
    if (this.deleted || this.stalled) return false;
    this.stalled = true;
    const left = this.subscriptions.filter(
      ({ active, unacked, closed }) => !closed && (active || unacked > 0),
    );
    for (const subscription of left) this.context.broker.onCancel(subscription);
    this.lose(left, this.copies.heldBy(...left));
    if (this.deleted) return false;
    const { publishes, world } = this.context;
    const writing = new Set<number>();
    for (const publish of clean ? [] : this.unwritten!) {
      writing.add(publishes.id[publish]!);
      publishes.outcome[publish] = Outcome.refused;
    }
    const before = this.lost;
    this.keepOnDisk(writing);
    const lost = this.lost - before;
    const why = this.durable ? "transient" : "durable: false";
    if (lost > 0) world.occurrences.add(this.kernel.now, "messagesLost", this.place, lost, why);
    return true;
  }

  /** Its process has crashed; its supervisor starts another one. */
  private startAgain(): void {
    const { faulty, world } = this.context;
    if (!faulty) throw new NotSimulated(`what becomes of a script's channels when \`${this.name}\` crashes`);
    world.occurrences.add(this.kernel.now, "queueCrashed", this.place, 0, "x-single-active-consumer");
    this.endProcess(false);
    this.revive();
  }

  override revive(): void {
    if (this.deleted) return;
    super.revive();
    this.idle?.used();
    this.retention?.recovered();
  }

  /** A classic queue without its process takes nothing, and says so. */
  protected override meanwhile(kind: QueueEvent, a: number, b: number): void {
    if (this.rules.type !== "classic") super.meanwhile(kind, a, b);
    else if (kind === QueueEvent.forwarded) this.turnAway(a);
  }

  /** The nodes of its client and of its process take each other for down, or its process does not run. */
  turnAway(copy: number): void {
    this.departures.turnedAway(this.kernel.now);
    this.takes(this.copies.messages.next[copy]!);
    this.refuse(copy, "absent");
  }

  /** Takes all ready copies out; answers how many. */
  purge(): number {
    const count = this.ready.size;
    const purged = this.context.world.keys.idOf("purged");
    while (this.ready.size > 0) {
      const copy = this.takeHead();
      this.context.stamp(copy, Station.dropped, this.place, purged);
      this.leave(copy);
    }
    this.departures.purged(this.kernel.now, count);
    return count;
  }

  /** The broker has started again: of a durable queue what was persistent is there. */
  restarted(rules: QueueRules): void {
    this.keepOnDisk(new Set());
    this.obey(rules);
    this.retention?.recovered();
  }

  /** `writing`: the numbers of messages that are not written yet. */
  private keepOnDisk(writing: ReadonlySet<number>): void {
    const { id } = this.copies.messages;
    const kept: number[] = [];
    while (this.ready.size > 0) {
      const copy = this.takeHead();
      if (this.survives(copy) && !writing.has(id[copy]!)) kept.push(copy);
      else this.loseCopy(copy, this.survives(copy));
    }
    for (const copy of kept) {
      this.ready.putBack(copy);
      this.toDisk(copy);
      this.depth.add(this.kernel.now, 1);
      this.retention?.joined(copy);
    }
  }

  protected override get successorStartsAtOnce(): boolean {
    return this.context.release.successorStartsAtOnce;
  }

  protected survives(copy: number): boolean {
    return this.durable && this.context.contentOf(copy).persistent;
  }

  /** It is on disk alone, and read from there. */
  toDisk(copy: number): void {
    const content = this.context.contentOf(copy);
    if (this.context.release.diskHidesExpiration && content.expiration !== undefined)
      this.copies.contents.set(copy, { ...content, fromDisk: true });
  }

  protected readyOrder(): Ready {
    const { copies, context, rules } = this;
    if (rules.maxPriority === 0) return new ReadyOrder(copies);
    return new PriorityOrder(copies, (copy) => context.priorityIn(rules, copy));
  }

  /** Whether a publish is refused; with `reject-publish-dlx` its death is published all the same. */
  protected refuses(copy: number, retention: Retention): boolean {
    if (!retention.overflows(this.copies.messages.bytes[copy]!)) return false;
    const { overflow, deadLetters } = this.rules;
    this.context.rules?.count("X8");
    if (overflow !== "reject-publish-dlx" || deadLetters === undefined) return true;
    const { ways } = this.context.broker.deadLetter(copy, this.name, "maxlen", deadLetters);
    this.departures.passOn(this.kernel.now, ways);
    return true;
  }

  /** One delivery returns to the queue, at its original place. */
  protected requeue(copy: number): void {
    this.context.rules?.count("Q1");
    this.makeReady(copy);
    this.ready.putBack(copy);
  }

  /** Deliveries return because their channel has gone. */
  protected override returnLost(held: readonly number[], _failed: boolean): void {
    for (const copy of held) {
      const subscription = holderOf(this.context, copy);
      this.decide(copy, Verdict.requeue, subscription);
      subscription.release();
    }
  }

  /** What was requeued may be over the limit or out of time before anybody gets it. */
  protected override afterSettlement(verdict: Verdict, credited: boolean): void {
    if (verdict === Verdict.requeue) this.retention?.shed();
    if (credited || verdict === Verdict.requeue) this.dispatch();
  }

  /** A copy for which a consumer waits is never ready: it goes out at once. */
  private offer(copy: number): void {
    const waiting =
      this.ready.size === 0 && !this.delivering && !this.stalled ? this.turns.take() : undefined;
    if (waiting !== undefined) this.choose(copy, waiting);
    else if (this.retention?.keepsNothing === true) this.discard(copy, "expired");
    else {
      this.join(copy);
      this.afterJoin(copy);
    }
  }

  protected afterJoin(_copy: number): void {
    this.retention?.shedAfterPublish();
  }

  private join(copy: number): void {
    this.copies.move(copy, CopyState.ready);
    this.ready.push(copy);
    this.depth.add(this.kernel.now, 1);
    this.retention?.joined(copy);
    if (this.rules.lazy === true) this.toDisk(copy);
  }

  /** A copy that was unacked is ready, but for its place. */
  protected makeReady(copy: number): void {
    this.takeBack(copy);
    this.becomeReady(copy);
  }

  /** A copy that was unacked is the queue's again. */
  protected takeBack(copy: number): void {
    const { copies, context } = this;
    context.stamp(copy, Station.requeued, this.place, 0);
    this.departures.requeued(this.kernel.now);
    if (copies.state[copy] === CopyState.acking) {
      context.doubles.finishedOnce(copies.messages.id[copy]!, this.number);
      copies.redelivered[copy] = 3;
    } else copies.redelivered[copy]! |= 1;
    copies.at[copy] = this.number;
  }

  protected becomeReady(copy: number): void {
    this.copies.move(copy, CopyState.ready);
    this.depth.add(this.kernel.now, 1);
    this.retention?.joined(copy);
  }

  protected override dispatch(): void {
    while (!this.delivering && !this.stalled && this.ready.size > 0) {
      const subscription = this.turns.take();
      if (subscription === undefined) return;
      const copy = this.takeHead();
      this.choose(copy, subscription);
      this.retention?.expire();
    }
  }

  takeHead(): number {
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
        this.copies.end(about);
        break;
      case Verdict.requeue:
        if (this.deleted) this.leave(about);
        else this.requeue(about);
        break;
      case Verdict.reject:
        if (this.deleted) this.leave(about);
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
