import { ClassicQueue } from "./classic-queue.ts";
import { CopyState } from "./copies.ts";
import type { BrokerNode } from "./cluster.ts";
import { DeadLetterWorker } from "./dead-letter-worker.ts";
import type { PublishedDeath } from "./death-publish.ts";
import type { DeathReason } from "./death.ts";
import type { DestinationHandle } from "./exchange.ts";
import type { Tally } from "../stats/occurrences.ts";
import { Station } from "../stats/trace.ts";
import { untracked } from "./loss-rules.ts";
import type { QueueRules } from "./queue-arguments.ts";
import { holderOf } from "./queue-context.ts";
import { QueueEvent, Verdict } from "./queue-event.ts";
import { unwatched } from "./publishes.ts";
import type { Ready } from "./ready-order.ts";
import type { Retention } from "./retention.ts";
import { ReturnsOrder } from "./returns-order.ts";
import type { Subscription } from "./rotation.ts";
import { SingleActive } from "./single-active.ts";

/**
 * A quorum queue. What differs from a classic one: returned messages go out before the others in the order of their
 * return; each return counts, and over the delivery limit a message dies; without a limit a requeued message goes to the
 * tail, while what a lost channel held still returns to the front; limits are looked at after consumers are served; a
 * cancelled consumer counts as long as it holds messages. (Recorded from RabbitMQ 3.10)
 */
export class QuorumQueue extends ClassicQueue {
  declare readonly ready: ReturnsOrder;
  /** Of copies that failed before. */
  private readonly failures = new Map<number, number>();
  /** Cancelled ones, which count while they hold messages. */
  private readonly leaving = new Set<Subscription>();
  /** Of `basic.get`: each message that they hold counts as a consumer. */
  private readonly getters = new Set<Subscription>();
  private deaths: DeadLetterWorker | undefined = undefined;
  /** Those that have published here, by source; a queue that waits for the confirms of its dead letters is one, too. */
  private readonly publishers = new Set<number>();
  /** Those of them that were told to stop. */
  private blocked = new Set<number>();
  private refusedItself = false;
  /** When it was last found by the broker that starts with it, and has no leader yet. */
  private found = -1;
  private untracked: Tally | undefined = undefined;

  override ruledBy(rules: QueueRules): void {
    this.obey(rules);
    this.afterSettlement(Verdict.requeue);
  }

  /** A message is in the queue when the log has it on disk, whatever its delivery mode. */
  override publish(copy: number): void {
    if (this.isLost(copy)) this.loseUntracked(copy);
    else if (this.stalled) this.meanwhile(QueueEvent.forwarded, copy, 0);
    else this.log(copy);
  }

  private log(copy: number): void {
    const { queuePublish, quorumPerMessage } = this.context.costs;
    if (!this.server.delays(queuePublish + quorumPerMessage, QueueEvent.logged, copy, 0)) this.logged(copy);
  }

  logged(copy: number): void {
    const bytes = this.copies.messages.bytes[copy]!;
    if (this.isLost(copy)) this.loseUntracked(copy);
    else if (this.stalled) this.meanwhile(QueueEvent.forwarded, copy, 0);
    else if (this.replicas !== undefined) this.replicas.append(copy, bytes);
    else if (!this.node.disk.delays(bytes, QueueEvent.flushing, copy, 0)) this.flushing(copy);
  }

  /** What the one that leads now does not have. */
  override missed(copy: number): void {
    if (this.isUntracked(copy)) this.loseUntracked(copy);
    else super.missed(copy);
  }

  flushing(copy: number): void {
    const { costs, base } = this.context;
    if (costs.diskFlush === 0) this.enqueued(copy);
    else this.kernel.at(this.kernel.now + costs.diskFlush, base | QueueEvent.enqueued, copy, 0);
  }

  /** Whether messages of a higher priority may overtake others. */
  get prioritizes(): boolean {
    return this.context.release.quorumPriorities !== "none";
  }

  publishDeath(copy: number, reason: DeathReason, publish: number): PublishedDeath {
    return this.context.broker.deadLetter(copy, this.name, reason, this.rules.deadLetters!, publish);
  }

  dead(copy: number, reason: DeathReason, ways: readonly DestinationHandle[]): void {
    this.retention?.countDead(copy, -1);
    this.bookDeath(copy, reason, ways);
  }

  deathTold(publish: number): void {
    this.deaths!.told(publish);
  }

  deathAgain(copy: number): void {
    this.deaths!.send(copy);
  }

  override discard(copy: number, reason: DeathReason): void {
    const { deadLetters, deathsConfirmed } = this.rules;
    if (!deathsConfirmed || deadLetters === undefined) {
      if (this.found === this.kernel.now) this.bookDeath(copy, reason);
      else super.discard(copy, reason);
      return;
    }
    if (reason === "rejected") this.context.stamp(copy, Station.rejected, this.place, 0);
    this.retention?.countDead(copy, 1);
    this.deaths ??= new DeadLetterWorker(this.context, this);
    this.deaths.take(copy, reason);
  }

  /** How often a delivery of the copy failed. */
  deliveryCount(copy: number): number {
    return this.failures.get(copy) ?? 0;
  }

  override get consumersShown(): number {
    const waiting = this.turns instanceof SingleActive ? this.turns.waiting.length : 0;
    let leaving = 0;
    for (const { unacked } of this.leaving) if (unacked > 0) leaving++;
    for (const { unacked } of this.getters) leaving += unacked;
    return this.consumers - waiting + leaving;
  }

  override fetch(holder: Subscription): number {
    const copy = super.fetch(holder);
    if (copy >= 0 && !holder.noAck) this.getters.add(holder);
    return copy;
  }

  override finish(copy: number): boolean {
    this.failures.delete(copy);
    return super.finish(copy);
  }

  override leave(copy: number): void {
    this.failures.delete(copy);
    super.leave(copy);
  }

  /** It was stored before it was in the queue. */
  protected override store(publish: number): void {
    if (publish >= 0) this.tell(publish);
  }

  /** Its log brings back each message where it was. */
  override restarted(_rules: QueueRules): void {
    this.found = this.kernel.now;
    this.idle?.used();
    this.retention?.recovered();
  }

  /**
   * A node that starts alone finds its quorum queues before its exchanges, and lets them go on before they have elected anyone: at
   * that time no dead letter goes from one or to one. (Recorded from RabbitMQ 3.10)
   */
  override nodeFound(node: BrokerNode): void {
    if (this.replicas === undefined && this.node === node) this.found = this.kernel.now;
    super.nodeFound(node);
  }

  /** A dead letter, or what the broker has held back: nobody waits for it. */
  private isUntracked(copy: number): boolean {
    return unwatched === this.copies.messages.next[copy]!;
  }

  /** No leader takes it, and nobody sends it again. (`untracked_enqueue` of `rabbit_fifo_client`) */
  private isLost(copy: number): boolean {
    const isLed = this.found !== this.kernel.now && (!this.stalled || this.replicas?.isLed === true);
    return !isLed && this.isUntracked(copy);
  }

  private loseUntracked(copy: number): void {
    const { occurrences, losses } = this.context.world;
    const { now } = this.kernel;
    this.lost++;
    this.untracked ??= occurrences.tally("leaderlessLost", this.place);
    this.untracked.happened(now);
    losses.add(now, this.copies.messages.id[copy]!, this.place, untracked, [this.place, this.node.place]);
    this.copies.end(copy);
  }

  protected override get successorStartsAtOnce(): boolean {
    return true;
  }

  /** Its log keeps a message as it came. */
  override toDisk(): void {
    // Nothing is lost by it.
  }

  protected override readyOrder(): Ready {
    const { context } = this;
    return new ReturnsOrder(context.release.quorumPriorities, (copy) => context.priorityOf(copy));
  }

  /**
   * The limit is soft: the message that breaks it is taken, and all publishers are told to stop until there is room; one that comes
   * while it is broken is told before its first message. Dead letters that nobody waits for have no publisher that could be told.
   */
  protected override refuses(copy: number, retention: Retention): boolean {
    if (this.isUntracked(copy)) return false;
    const publisher = this.publisherOf(copy);
    if (publisher === this.asPublisher && this.context.release.deafToOwnConfirms)
      return this.refusesItself(retention);
    // Without a limit or with `drop-head`, which a policy may bring, nobody tells the blocked that they may go on.
    if (this.rules.overflow !== "drop-head") {
      if (this.blocked.size > 0 && retention.hasRoom) this.blocked.clear();
      if (!this.blocked.has(publisher) && retention.exceeded) this.blocked.add(publisher);
    }
    this.publishers.add(publisher);
    if (!this.blocked.has(publisher)) return false;
    this.context.rules?.count("X8");
    return true;
  }

  /** It does not hear what its own limit means for it but from the answer to its first message. */
  private refusesItself(retention: Retention): boolean {
    const isFirst = !this.publishers.has(this.asPublisher);
    this.publishers.add(this.asPublisher);
    if (isFirst && this.rules.overflow !== "drop-head" && retention.exceeded) this.refusedItself = true;
    return this.refusedItself;
  }

  private get asPublisher(): number {
    return -1 - this.number;
  }

  private publisherOf(copy: number): number {
    const { next, source } = this.copies.messages;
    const sender = this.context.publishes.source[next[copy]!]!;
    return sender < 0 ? sender : source[copy]!;
  }

  protected override afterJoin(): void {
    const { retention } = this;
    if (retention === undefined) return;
    retention.shed();
    if (this.rules.overflow !== "drop-head" && retention.exceeded) this.blocked = new Set(this.publishers);
  }

  protected override decide(about: number, verdict: Verdict, subscription: Subscription): void {
    if (verdict === Verdict.ack) this.failures.delete(about);
    const { release } = this.context;
    const dies = this.deliveryCount(about) + (release.requeueCounts ? 1 : 0) > this.rules.deliveryLimit;
    if (release.limitFreesTwo && verdict === Verdict.requeue && dies) subscription.extraCredit++;
    super.decide(about, verdict, subscription);
  }

  protected override requeue(copy: number): void {
    this.fail(copy, this.rules.deliveryLimit < Infinity, this.context.release.requeueCounts);
  }

  protected override returnLost(held: readonly number[], failed: boolean): void {
    for (const copy of held) {
      const subscription = holderOf(this.context, copy);
      this.unacked.add(this.kernel.now, -1);
      if (this.deleted) this.leave(copy);
      else this.fail(copy, true, failed);
      subscription.release();
    }
  }

  protected override afterSettlement(verdict: Verdict): void {
    this.retention?.expire();
    this.dispatch();
    if (verdict === Verdict.requeue) this.retention?.shed();
  }

  /** The wait of a returned message is over. */
  retryDue(copy: number): void {
    if (this.deleted) {
      this.leave(copy);
      return;
    }
    this.becomeReady(copy);
    this.ready.putBack(copy);
    this.afterSettlement(Verdict.requeue);
  }

  /** It is neither ready nor unacked for so many ns. */
  private keepBack(copy: number, delay: number): void {
    this.takeBack(copy);
    this.copies.move(copy, CopyState.delayed);
    this.departures.keptBack(this.kernel.now);
    this.kernel.at(this.kernel.now + delay, this.context.base | QueueEvent.retryDue, copy, this.number);
  }

  protected override leaveTurns(subscription: Subscription): void {
    super.leaveTurns(subscription);
    if (subscription.unacked > 0) this.leaving.add(subscription);
  }

  /** Without a limit each is published again, in order. */
  get takesBackMaps(): boolean {
    return this.context.release.takesBackMaps && this.rules.deliveryLimit < Infinity;
  }

  /** One delivery has failed; `toFront`: it goes to the returned ones, unless it has failed too often. */
  private fail(copy: number, toFront: boolean, counts: boolean): void {
    const { rules } = this.context;
    const count = this.deliveryCount(copy) + (counts ? 1 : 0);
    rules?.count("Q3");
    if (count > this.rules.deliveryLimit) {
      this.discard(copy, "delivery_limit");
      return;
    }
    this.failures.set(copy, count);
    const { delayedRetry } = this.rules;
    if (delayedRetry !== undefined && (counts ? delayedRetry.failed : delayedRetry.returned)) {
      this.keepBack(copy, Math.min(delayedRetry.min * Math.max(count, 1), delayedRetry.max));
      return;
    }
    rules?.count("Q2");
    this.makeReady(copy);
    if (toFront) this.ready.putBack(copy);
    else this.ready.push(copy);
  }
}
