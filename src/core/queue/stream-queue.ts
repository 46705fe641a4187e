import type { FieldValue } from "../model/topology.ts";
import { nanosOfAge } from "./age.ts";
import { CopyState } from "./copies.ts";
import { FinishOrder } from "./finish-order.ts";
import { holderOf } from "./queue-context.ts";
import { QueueEvent, subscriptionOf, Verdict, verdictOf } from "./queue-event.ts";
import { QueueProcess } from "./queue-process.ts";
import type { QueueRules } from "./queue-arguments.ts";
import type { Subscription } from "./rotation.ts";
import { filterValueOf, type StreamFilter } from "./stream-filter.ts";
import { StreamLog } from "./stream-log.ts";

/** Where a stream consumer begins: the start, the last chunk, what comes later, an offset, or a time (ns). */
export type StreamStart =
  | { readonly kind: "first" | "last" | "next" }
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "time"; readonly time: number };

/** Where an `x-stream-offset` means at this time: an interval such as `5m` goes back from it. undefined for nonsense. */
export function streamStart(offset: FieldValue | undefined, now: number): StreamStart | undefined {
  if (offset === undefined) return { kind: "next" };
  if (offset === "first" || offset === "last" || offset === "next") return { kind: offset };
  if (typeof offset === "number")
    return Number.isInteger(offset) && offset >= 0 ? { kind: "offset", offset } : undefined;
  const age = nanosOfAge(offset);
  return age === undefined ? undefined : { kind: "time", time: now - age };
}

interface Reader {
  /** The next offset that it gets. */
  offset: number;
  /** The chunk that it is in goes to here. */
  chunkEnd: number;
  readonly order: FinishOrder;
}

/** ns between two looks at what is too old. (`osiris_retention`) */
const retentionInterval = 3600e9;

/**
 * A stream: an append-only log in chunks. Reading takes nothing out; each consumer goes through it on its own from where
 * it asked to begin. Credit is looked at before a chunk, which is delivered whole, so a consumer may hold more than its
 * prefetch. A delivery is a copy of its own. (Recorded from RabbitMQ 3.10)
 */
export class StreamQueue extends QueueProcess {
  private readonly log = new StreamLog();
  private readonly readers = new Map<Subscription, Reader>();
  /** Of the deliveries that nobody has finished. */
  private readonly offsets = new Map<number, number>();
  /** A look at what is too old is under way. */
  private looking = false;

  get length(): number {
    return this.log.length;
  }

  get consumersShown(): number {
    return this.consumers;
  }

  offsetOf(delivery: number): number | undefined {
    return this.offsets.get(delivery);
  }

  /** Replicas have it when a majority does. */
  override enqueued(copy: number): void {
    if (this.stalled || this.replicas === undefined) super.enqueued(copy);
    else this.replicas.append(copy, this.copies.messages.bytes[copy]!);
  }

  /** `at`: when it came, where that is not now. */
  override admit(copy: number, at = this.kernel.now): void {
    const { messages } = this.copies;
    const { now } = this.kernel;
    const publish = messages.next[copy]!;
    const source = messages.source[copy]!;
    this.takes(publish);
    this.enter(copy, this.log.length);
    this.copies.move(copy, CopyState.stored);
    this.depth.add(now, 1);
    if (this.log.append(copy, messages.bytes[copy]!, at, this.rules)) this.shed(at);
    if (this.replicas === undefined) this.store(publish, source, messages.bytes[copy]!);
    else if (publish >= 0) this.tell(publish);
    this.dispatch();
  }

  /** Nothing keeps a reader out. */
  subscribeRefusal(): undefined {
    return undefined;
  }

  subscribe(subscription: Subscription, start: StreamStart = { kind: "next" }): void {
    this.consumers++;
    subscription.active = true;
    const offset = this.firstOffset(start);
    this.readers.set(subscription, { offset, chunkEnd: offset, order: new FinishOrder(this.copies) });
    this.dispatch();
  }

  cancel(subscription: Subscription): void {
    if (!subscription.active) return;
    this.consumers--;
    subscription.active = false;
  }

  forgetConsumer(subscription: Subscription): void {
    this.cancel(subscription);
  }

  /** A channel passes on what a consumer says about a delivery. */
  settle(copy: number, told: number): void {
    if (this.stalled) {
      this.meanwhile(QueueEvent.settling, copy, told);
      return;
    }
    const cost = this.context.costs.queueAck;
    if (!this.server.delays(cost, QueueEvent.settled, copy, told)) this.settled(copy, told);
  }

  /** An ack gives credit and moves nothing; what is handed back is read again by no one. */
  settled(copy: number, told: number): void {
    const verdict = verdictOf(told);
    const subscription = this.context.subscriptions[subscriptionOf(told)]!;
    if (verdict === Verdict.closed) {
      this.closed(subscription);
      return;
    }
    if (subscription.closed) return;
    if (this.stalled) {
      this.meanwhile(QueueEvent.settling, copy, told);
      return;
    }
    this.decide(copy, verdict, subscription);
  }

  private decide(about: number, verdict: Verdict, subscription: Subscription): void {
    this.unacked.add(this.kernel.now, -1);
    subscription.release();
    if (verdict === Verdict.early) subscription.acksUnderWay--;
    else this.leave(about);
    this.dispatch();
  }

  settledTogether(copies: readonly number[], verdict: Verdict): void {
    for (const copy of copies) this.decide(copy, verdict, holderOf(this.context, copy));
  }

  closed(subscription: Subscription): void {
    this.lose([subscription], this.copies.heldBy(subscription));
  }

  /** Their channel has gone. */
  lose(subscriptions: readonly Subscription[], held: readonly number[]): void {
    for (const subscription of subscriptions) {
      this.cancel(subscription);
      this.unacked.add(this.kernel.now, -subscription.loseAcks());
    }
    for (const copy of held) {
      const subscription = holderOf(this.context, copy);
      this.unacked.add(this.kernel.now, -1);
      subscription.release();
      this.leave(copy);
    }
  }

  override finish(delivery: number): boolean {
    this.offsets.delete(delivery);
    return this.readerOf(delivery).order.remove(delivery);
  }

  /** A delivery, or what the stream itself keeps. */
  override leave(copy: number): void {
    if (this.offsets.has(copy)) this.readerOf(copy).order.remove(copy);
    this.offsets.delete(copy);
    this.copies.end(copy);
  }

  /** The whole log goes, with its queue. */
  purge(): number {
    const all = this.log.clear();
    for (const entry of all) this.copies.end(entry);
    this.depth.add(this.kernel.now, -all.length);
    return all.length;
  }

  override ruledBy(rules: QueueRules): void {
    super.ruledBy(rules);
    this.shed();
  }

  /** The time to look at what is too old. */
  headExpires(): void {
    this.looking = false;
    this.shed();
  }

  /** Segments go that are too many, or too old. */
  private shed(now = this.kernel.now): void {
    const { maxBytes, maxAge } = this.rules;
    const { kernel } = this;
    this.forget(this.log.beyond(maxBytes), "maxlen");
    this.forget(this.log.before(now - maxAge), "expired");
    const looks = this.context.release.looksAtStreamAge && maxAge < Infinity && this.log.hasOld;
    if (!looks || this.looking) return;
    this.looking = true;
    kernel.at(kernel.now + retentionInterval, this.context.base | QueueEvent.expires, this.number, 0);
  }

  private forget(entries: readonly number[], reason: "maxlen" | "expired"): void {
    for (const entry of entries) this.bookDeath(entry, reason);
    this.depth.add(this.kernel.now, -entries.length);
  }

  protected override dispatch(): void {
    for (const [subscription, reader] of this.readers) {
      if (!subscription.active) continue;
      while (!this.delivering && !this.stalled && this.mayRead(subscription, reader))
        this.read(subscription, reader);
    }
  }

  private mayRead(subscription: Subscription, reader: Reader): boolean {
    if (reader.offset < reader.chunkEnd) return true;
    if (subscription.unacked >= subscription.prefetch) return false;
    if (subscription.filter !== undefined) this.pass(reader, subscription.filter);
    return reader.offset < this.log.end;
  }

  /** Chunks that hold nothing it asks for are not sent. */
  private pass(reader: Reader, filter: StreamFilter): void {
    const { log } = this;
    reader.offset = Math.max(reader.offset, log.start);
    while (reader.offset < log.end) {
      const end = log.chunkEnd(reader.offset);
      const count = end - reader.offset;
      const values = Array.from({ length: count }, (_, i) =>
        filterValueOf(this.context.contentOf(log.at(reader.offset + i))),
      );
      if (filter.passes(values, this.rules.filterBytes)) return;
      reader.offset = reader.chunkEnd = end;
    }
  }

  private read(subscription: Subscription, reader: Reader): void {
    const { copies, log } = this;
    // What it has not read is gone: it goes on with what is left.
    reader.offset = Math.max(reader.offset, log.start);
    if (reader.offset >= reader.chunkEnd) reader.chunkEnd = log.chunkEnd(reader.offset);
    const delivery = copies.cloneAs(log.at(reader.offset), CopyState.arriving);
    this.offsets.set(delivery, reader.offset++);
    reader.order.append(delivery);
    subscription.hold();
    this.choose(delivery, subscription);
  }

  private readerOf(delivery: number): Reader {
    return this.readers.get(this.context.subscriptions[this.copies.at[delivery]!]!)!;
  }

  private firstOffset(start: StreamStart): number {
    const { log } = this;
    switch (start.kind) {
      case "first":
        return log.start;
      case "next":
        return log.end;
      case "last":
        return log.lastChunk;
      case "offset":
        return Math.max(start.offset, log.start);
      case "time":
        return log.since(start.time);
    }
  }
}
