import type { BrokerNode } from "./cluster.ts";
import { CopyState } from "./copies.ts";
import { idleExpiry, type IdleExpiry } from "./idle-expiry.ts";
import type { QueueRules } from "./queue-arguments.ts";
import { holderOf, type QueueContext } from "./queue-context.ts";
import { Verdict } from "./queue-event.ts";
import { LostSequence } from "./lost-sequence.ts";
import { QueueProcess } from "./queue-process.ts";
import { accessRefused, type Refusal } from "./refusal.ts";
import { byLeave, Rotation, type Subscription, type Turns } from "./rotation.ts";
import { SingleActive } from "./single-active.ts";
import type { QueueSettings } from "./virtual-host.ts";

/** A queue whose messages go to one of its consumers each: who they are, whose turn it is, and how they leave. */
export abstract class ConsumedQueue extends QueueProcess {
  protected readonly turns: Turns;
  protected idle: IdleExpiry | undefined = undefined;
  /** Holds the queue alone. */
  private exclusive: Subscription | undefined = undefined;
  private hadConsumers = false;
  /** Of the connection that has declared it, where it is exclusive to one and there is one. */
  owner: Subscription | undefined = undefined;
  readonly isExclusive: boolean;
  /** Where a restart may make it forget what it has delivered. */
  readonly lostSequence: LostSequence | undefined;

  constructor(
    context: QueueContext,
    number: number,
    settings: QueueSettings,
    rules: QueueRules,
    node: BrokerNode,
  ) {
    super(context, number, settings, rules, node);
    const { expires, singleActiveConsumer, type } = rules;
    this.turns = singleActiveConsumer
      ? new SingleActive(type === "classic")
      : new Rotation(type === "quorum");
    this.idle = idleExpiry(context, number, expires);
    const forgets = type === "classic" && context.release.losesRedelivered;
    this.lostSequence = forgets ? new LostSequence(context, rules) : undefined;
    this.isExclusive = settings.owner !== undefined;
  }

  /** Consumers that the broker reports. */
  get consumersShown(): number {
    return this.consumers;
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

  /** The channel of a consumer has ended. */
  closed(subscription: Subscription, failed = true): void {
    const held = this.copies.heldBy(subscription);
    this.context.world.occurrences.add(this.kernel.now, "connectionClosed", this.place, held.length);
    this.lose([subscription], held, failed);
  }

  /** The connection of a consumer has ended: the queue that it owns goes with it. */
  connectionEnded(subscription: Subscription): void {
    if (this.owner !== subscription) {
      this.closed(subscription);
      return;
    }
    if (subscription.active) this.leaveTurns(subscription);
    this.unacked.add(this.kernel.now, -subscription.loseAcks());
    this.purgeHeld(this.copies.heldBy(subscription));
    this.deleteItself("exclusive");
  }

  /** Its owner's client has declared it after it had gone: an empty queue of the same name. */
  declaredAgain(owner: Subscription): void {
    this.owner = owner;
    this.deleted = this.stalled = this.hadConsumers = false;
    this.idle?.used();
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
    if (this.deleted || this.stalled || this.consumers > 0 || this.idle?.over !== true) return;
    this.context.rules?.count("X9");
    this.deleteItself(this.rules.source("expires"));
  }

  /** Their channel has gone: they get no more, and what they hold returns. */
  lose(subscriptions: readonly Subscription[], held: readonly number[], failed = true): void {
    for (const subscription of subscriptions) {
      if (subscription.active) this.leaveTurns(subscription);
      this.unacked.add(this.kernel.now, -subscription.loseAcks());
    }
    if (this.leftAlone) {
      this.purgeHeld(held);
      this.deleteItself("auto_delete");
      return;
    }
    this.idle?.used();
    this.returnLost(held, failed);
    this.afterSettlement(Verdict.requeue, true);
  }

  /**
   * Whether a message that comes while others wait finds a consumer with room, which the queue's process takes for impossible:
   * the single active one was cancelled, and the backlog has not gone to the next. It ends with what it has not written, and
   * its supervisor starts it again. (`attempt_delivery` of `rabbit_amqqueue_process`; recorded from RabbitMQ 3.10)
   */
  protected crashesAt(waiting: number): boolean {
    const { turns } = this;
    if (this.successorStartsAtOnce || this.stalled || this.delivering || waiting === 0) return false;
    return turns instanceof SingleActive && turns.open;
  }

  /** A limit that these share has room again. */
  resume(subscriptions: Iterable<Subscription>): void {
    for (const one of byLeave(subscriptions)) if (one.queue === this.number) this.turns.enterAgain(one);
    this.dispatch();
  }

  /** What consumers hold goes with the queue, but for what they have done, whose ack is lost. */
  private purgeHeld(held: readonly number[]): void {
    let purged = 0;
    for (const copy of held) {
      const subscription = holderOf(this.context, copy);
      this.unacked.add(this.kernel.now, -1);
      subscription.release();
      if (this.copies.state[copy] === CopyState.acking) this.copies.end(copy);
      else {
        this.leave(copy);
        purged++;
      }
    }
    this.departures.purged(this.kernel.now, purged);
  }

  protected leaveTurns(subscription: Subscription): void {
    this.consumers--;
    if (this.exclusive === subscription) this.exclusive = undefined;
    this.turns.cancel(subscription);
  }

  /** Whatever it was that changed, the time without use begins again. */
  protected obey(rules: QueueRules): void {
    super.ruledBy(rules);
    this.idle = idleExpiry(this.context, this.number, rules.expires);
  }

  /** Whether the next single active consumer gets the backlog as soon as the one before it is cancelled. */
  protected abstract get successorStartsAtOnce(): boolean;
  /** Deliveries return because their channel has gone; `failed`: that counts as a failure of each. */
  protected abstract returnLost(held: readonly number[], failed: boolean): void;
  protected abstract afterSettlement(verdict: Verdict, credited: boolean): void;

  /** Its last consumer has left an auto-delete queue. */
  private get leftAlone(): boolean {
    return this.autoDelete && !this.deleted && this.hadConsumers && this.consumers === 0;
  }
}
