import type { FieldValue } from "../model/topology.ts";
import { CopyState } from "./copies.ts";
import { FinishOrder } from "./finish-order.ts";
import { holderOf, QueueEvent, subscriptionOf, Verdict, verdictOf } from "./queue-context.ts";
import { QueueProcess } from "./queue-process.ts";
import type { Subscription } from "./rotation.ts";

/** Where a stream consumer begins: the start, the last chunk, what comes later, an offset, or a time (ns). */
export type StreamStart =
  | { readonly kind: "first" | "last" | "next" }
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "time"; readonly time: number };

const second = 1e9;
const day = 86_400 * second;
const nanosPer: Readonly<Record<string, number>> = {
  Y: 365 * day,
  M: 30 * day,
  D: day,
  h: 3600 * second,
  m: 60 * second,
  s: second,
};

/** Where an `x-stream-offset` means at this time: an interval such as `5m` goes back from it. undefined for nonsense. */
export function streamStart(offset: FieldValue | undefined, now: number): StreamStart | undefined {
  if (offset === undefined) return { kind: "next" };
  if (offset === "first" || offset === "last" || offset === "next") return { kind: offset };
  if (typeof offset === "number")
    return Number.isInteger(offset) && offset >= 0 ? { kind: "offset", offset } : undefined;
  const [, count, unit] = /^(\d+)([YMDhms])$/.exec(String(offset)) ?? [];
  return count === undefined ? undefined : { kind: "time", time: now - Number(count) * nanosPer[unit!]! };
}

interface Reader {
  /** The next offset that it gets. */
  offset: number;
  /** The chunk that it is in goes to here. */
  chunkEnd: number;
  readonly order: FinishOrder;
}

/** What was appended at one instant. */
interface Chunk {
  readonly from: number;
  readonly time: number;
}

/**
 * A stream: an append-only log in chunks. Reading takes nothing out; each consumer goes through it on its own from where
 * it asked to begin. Credit is looked at before a chunk, which is delivered whole, so a consumer may hold more than its
 * prefetch. A delivery is a copy of its own. (Recorded from RabbitMQ 3.10)
 */
export class StreamQueue extends QueueProcess {
  /** By offset. */
  private readonly entries: number[] = [];
  private readonly chunks: Chunk[] = [];
  private readonly readers = new Map<Subscription, Reader>();
  /** Of the deliveries under way. */
  private readonly offsets = new Map<number, number>();

  get length(): number {
    return this.entries.length;
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

  override admit(copy: number): void {
    const { messages } = this.copies;
    const { now } = this.kernel;
    const publish = messages.next[copy]!;
    const source = messages.source[copy]!;
    this.takes(publish, source);
    this.enter(copy, this.entries.length);
    this.copies.move(copy, CopyState.stored);
    if (this.chunks.at(-1)?.time !== now) this.chunks.push({ from: this.entries.length, time: now });
    this.entries.push(copy);
    this.depth.add(now, 1);
    if (this.replicas === undefined) this.store(publish, source, messages.bytes[copy]!);
    else if (publish >= 0) this.tell(publish, source);
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
    else if (verdict === Verdict.ack) {
      this.offsets.delete(about);
      this.copies.end(about, CopyState.finished);
    } else this.leave(about, CopyState.dropped);
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
      if (this.copies.state[copy] === CopyState.acking) this.copies.end(copy, CopyState.finished);
      else this.leave(copy, CopyState.dropped);
    }
  }

  override finish(delivery: number): boolean {
    return this.readerOf(delivery).order.remove(delivery);
  }

  override leave(delivery: number, final: CopyState): void {
    this.offsets.delete(delivery);
    this.readerOf(delivery).order.remove(delivery);
    this.copies.end(delivery, final);
  }

  /** The whole log goes, with its queue. */
  purge(): number {
    for (const entry of this.entries) this.copies.end(entry, CopyState.purged);
    this.depth.add(this.kernel.now, -this.entries.length);
    const { length } = this.entries;
    this.entries.length = this.chunks.length = 0;
    return length;
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
    return reader.offset < this.entries.length && subscription.unacked < subscription.prefetch;
  }

  private read(subscription: Subscription, reader: Reader): void {
    const { copies } = this;
    if (reader.offset === reader.chunkEnd) {
      const next = this.chunks.find((chunk) => chunk.from > reader.offset);
      reader.chunkEnd = next?.from ?? this.entries.length;
    }
    const delivery = copies.cloneAs(this.entries[reader.offset]!, CopyState.arriving);
    this.offsets.set(delivery, reader.offset++);
    reader.order.append(delivery);
    subscription.hold();
    this.choose(delivery, subscription);
  }

  private readerOf(delivery: number): Reader {
    return this.readers.get(this.context.subscriptions[this.copies.at[delivery]!]!)!;
  }

  private firstOffset(start: StreamStart): number {
    const end = this.entries.length;
    switch (start.kind) {
      case "first":
        return 0;
      case "next":
        return end;
      case "last":
        return this.chunks.at(-1)?.from ?? 0;
      case "offset":
        return start.offset;
      case "time":
        return this.chunks.find((chunk) => chunk.time >= start.time)?.from ?? end;
    }
  }
}
