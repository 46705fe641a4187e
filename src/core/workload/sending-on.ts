import type { Forward } from "../model/topology.ts";
import { AtOnce } from "../sim/at-once.ts";
import type { RandomStream } from "../sim/random.ts";
import {
  blankEnd,
  Sent,
  type DeliveryEnd,
  type LoggedState,
  type Onward,
  type OnwardListener,
  type World,
} from "../sim/world.ts";
import { zero } from "../sim/zero.ts";
import type { Source } from "./source.ts";
import type { RecordSender } from "./task-rows.ts";

/** Messages that one instance may send on at one instant: a circle that takes no time would hold the clock for ever. */
const atOnceMax = 1_000_000;

/** One entry of what a consumer sends on, at one of its instances. */
export interface ForwardSource {
  readonly forward: Forward;
  readonly source: Source;
}

/** What stands between what an instance has processed and what it sends on, and keeps what it needs for that. */
export interface StreamOperator {
  /** A message has been processed; false for one that goes on by itself. */
  enter(of: DeliveryEnd): boolean;
  /** The next thing that follows from it, to be sent on; false where there is no further one. */
  yields(of: DeliveryEnd, into: DeliveryEnd): boolean;
  /** The instance has these tasks alone from now on: what is kept of others is gone. */
  keep(tasks: readonly number[], rule: string): void;
  /** Undefined where what it keeps is in memory alone. */
  readonly state: LoggedState | undefined;
  logsBy(sendRecord: RecordSender): void;
}

/** An instance's ways into its changelog. */
export interface ChangelogSources {
  readonly changes: Source;
  /** Of records that say that something is gone. */
  readonly removals: Source;
}

/** Who waits until all that was sent before has an outcome. */
interface Flush {
  /** The last message that it waits for. */
  readonly last: number;
  readonly whenDone: () => void;
}

/**
 * What one instance of a consumer sends on. A delivery whose messages have no outcome yet waits: it has a number, under
 * which its listener hears of it.
 */
export class SendingOn implements Onward {
  readonly keepsRoutingKey: boolean;
  private readonly world: World;
  private readonly entries: readonly ForwardSource[];
  /** For the fractions of ratios. */
  private readonly stream: RandomStream;
  private readonly nextId: () => number;
  /** Whether the messages of a source are requests. */
  private readonly asks: (source: number) => boolean;
  private readonly operator: StreamOperator | undefined;
  private readonly changelog: ChangelogSources | undefined;
  private readonly yielded = blankEnd();
  /** By delivery: messages without an outcome, and whether all were taken. Free numbers are linked by `left`. */
  private readonly left: number[] = [];
  private readonly accepted: boolean[] = [];
  private readonly listeners: (OnwardListener | undefined)[] = [];
  private free = -1;
  /** The delivery that changes state now, and what it goes back to. */
  private under = -1;
  private rootAt = zero;
  /** Deliveries by the messages that they wait for, in the order in which these were sent. */
  private readonly waiting = new Map<number, number>();
  private flushes: Flush[] = [];
  private last = -1;
  private readonly atOnce = new AtOnce(
    atOnceMax,
    "sends",
    `A consumer sent on ${atOnceMax} messages in no time: what it sends comes back to it. Give it a processing time, or a \`ratio\` below 1.`,
  );

  constructor(
    world: World,
    entries: readonly ForwardSource[],
    stream: RandomStream,
    nextId: () => number,
    asks: (source: number) => boolean,
    operator?: StreamOperator,
    changelog?: ChangelogSources,
  ) {
    this.world = world;
    this.entries = entries;
    this.stream = stream;
    this.nextId = nextId;
    this.asks = asks;
    this.operator = operator;
    this.changelog = changelog;
    this.keepsRoutingKey = keepsRoutingKey(entries);
    if (changelog !== undefined)
      operator?.logsBy((task, key, bytes, gone) =>
        this.sendRecord(gone ? changelog.removals : changelog.changes, task, key, bytes),
      );
  }

  get pending(): boolean {
    return this.waiting.size > 0;
  }

  get state(): LoggedState | undefined {
    return this.operator?.state;
  }

  send(of: DeliveryEnd, listener: OnwardListener | undefined): number {
    const { operator, yielded } = this;
    const delivery = this.begin(listener);
    this.under = delivery;
    this.rootAt = of.rootAt;
    if (operator === undefined || of.when !== "success" || !operator.enter(of)) this.sendEach(of, delivery);
    else while (operator.yields(of, yielded)) this.sendEach(yielded, delivery);
    if (--this.left[delivery]! > 0) return delivery;
    return this.end(delivery) ? Sent.done : Sent.refused;
  }

  keep(tasks: readonly number[], rule: string): void {
    this.operator?.keep(tasks, rule);
  }

  /** A message that was sent on has its outcome. */
  settled(id: number, accepted: boolean): void {
    const delivery = this.waiting.get(id);
    if (delivery === undefined) return;
    this.waiting.delete(id);
    if (!accepted) this.accepted[delivery] = false;
    if (--this.left[delivery]! === 0) {
      const all = this.end(delivery);
      this.listeners[delivery]?.confirmed(delivery, all);
    }
    if (this.flushes.length > 0) this.review();
  }

  flush(whenDone: () => void): void {
    this.flushes.push({ last: this.last, whenDone });
    for (const { source } of this.entries) source.outlet!.flush?.();
    this.changelog?.changes.outlet!.flush?.();
    this.review();
  }

  forget(crashed: OnwardListener | undefined): void {
    this.keep([], "crash");
    const deliveries = new Set(this.waiting.values());
    this.waiting.clear();
    this.flushes = [];
    for (const delivery of deliveries) {
      const listener = this.listeners[delivery];
      this.end(delivery);
      if (listener !== crashed) listener?.confirmed(delivery, false);
    }
  }

  private sendEach(of: DeliveryEnd, delivery: number): void {
    for (const { forward, source } of this.entries) {
      if (forward.when !== of.when) continue;
      if (forward.flow.to.kind === "reply" && !this.asks(of.source)) continue;
      for (let count = this.count(forward); count > 0; count--) this.sendOne(source, forward, of, delivery);
    }
  }

  /** How many messages follow from this one. */
  private count({ ratio }: Forward): number {
    const whole = Math.floor(ratio);
    const fraction = ratio - whole;
    return whole + (fraction > 0 && this.stream.next() < fraction ? 1 : 0);
  }

  private sendOne(source: Source, { sameKey, when, flow }: Forward, of: DeliveryEnd, delivery: number): void {
    this.atOnce.happens(this.world.kernel.now);
    const id = this.nextId();
    this.last = id;
    this.world.lineage.add(id, of.rootAt, of.rootId >= 0 ? of.rootId : id);
    const { to, kafka, rabbitmq } = flow;
    if (to.kind === "topic" ? kafka.acks !== 0 : rabbitmq.confirmWindow > 0) {
      this.left[delivery]!++;
      this.waiting.set(id, delivery);
    }
    const key = sameKey ? of.key : undefined;
    if (to.kind === "reply") source.reply(id, of, key);
    else
      source.sendOn(
        id,
        key,
        when === "givenUp" ? of.bytes : undefined,
        rabbitmq.routingKey.kind === "same" ? of.routingKey : undefined,
      );
  }

  /** Part of what the delivery sends: a commit waits for it as well. */
  private sendRecord(
    source: Source,
    task: number,
    key: number | undefined,
    bytes: number | undefined,
  ): number {
    const id = this.nextId();
    this.last = id;
    this.world.lineage.add(id, this.rootAt, id);
    if (source.flow.kafka.acks !== 0) {
      this.left[this.under]!++;
      this.waiting.set(id, this.under);
    }
    source.record(id, key ?? id, bytes, task);
    return id;
  }

  /** The delivery holds one for itself while it sends. */
  private begin(listener: OnwardListener | undefined): number {
    let delivery = this.free;
    if (delivery >= 0) this.free = this.left[delivery]!;
    else delivery = this.left.length;
    this.left[delivery] = 1;
    this.accepted[delivery] = true;
    this.listeners[delivery] = listener;
    return delivery;
  }

  private end(delivery: number): boolean {
    this.left[delivery] = this.free;
    this.free = delivery;
    return this.accepted[delivery]!;
  }

  /** Messages wait in the order in which they were sent. */
  private review(): void {
    const [first = Infinity] = this.waiting.keys();
    const done = this.flushes.filter(({ last }) => last < first);
    if (done.length === 0) return;
    this.flushes = this.flushes.filter(({ last }) => last >= first);
    for (const { whenDone } of done) whenDone();
  }
}

export function keepsRoutingKey(entries: readonly Pick<ForwardSource, "forward">[]): boolean {
  return entries.some(({ forward }) => forward.flow.rabbitmq.routingKey.kind === "same");
}
