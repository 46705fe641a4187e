import type { EndedWork } from "./ended-work.ts";
import { Histogram } from "./histogram.ts";
import type { TimeRange } from "./level-series.ts";

/** What one part of a run comes to for a consumer: events inside it, latencies of the messages sent inside it. Times in ns. */
export class ConsumerFigures {
  delivered = 0;
  redelivered = 0;
  processed = 0;
  duplicates = 0;
  /** Finished again after a deliberate seek. */
  replayed = 0;
  failed = 0;
  skipped = 0;
  /** Given up, and sent to a dead-letter topic. */
  deadLettered = 0;
  readonly wait = new Histogram();
  readonly latency = new Histogram();
  readonly attemptLatency = new Histogram();
  /** From the first message of the chain that led here; undefined where that is the message itself. */
  endToEnd: Histogram | undefined = undefined;
  readonly processedBy: Float64Array;
  readonly busyBy: Float64Array;
  /** Handlers × ns, as `busyBy`, in which they could do nothing: had a message that waits, or no partition for a rebalance. */
  readonly blockedBy: Float64Array;
  readonly rebalancingBy: Float64Array;
  readonly concurrency: number;
  /** Time inside the range in which an instance was there, until it came or went the last time. */
  private readonly aliveBy: Float64Array;
  private readonly aliveSince: Float64Array;
  /** How often it is there since then. */
  private readonly presentBy: Float64Array;
  protected readonly from: number;
  private readonly to: number;

  constructor(instances: number, concurrency: number, { from, to }: TimeRange) {
    this.aliveBy = new Float64Array(instances);
    this.aliveSince = new Float64Array(instances);
    this.presentBy = new Float64Array(instances);
    this.concurrency = concurrency;
    this.from = from;
    this.to = to;
    this.processedBy = new Float64Array(instances);
    this.busyBy = new Float64Array(instances);
    this.blockedBy = new Float64Array(instances);
    this.rebalancingBy = new Float64Array(instances);
  }

  /** An instance is there, or is there again while it still finishes what it had before. */
  join(now: number, instance: number): void {
    this.countAlive(now, instance, 1);
  }

  /** It has gone, cleanly or not. */
  leave(now: number, instance: number): void {
    this.countAlive(now, instance, -1);
  }

  /** How long an instance has been there inside the range, ns. */
  alive(now: number, instance: number): number {
    return this.aliveBy[instance]! + this.presentBy[instance]! * this.within(this.aliveSince[instance]!, now);
  }

  private countAlive(now: number, instance: number, change: 1 | -1): void {
    this.aliveBy[instance] = this.alive(now, instance);
    this.aliveSince[instance] = now;
    this.presentBy[instance]! += change;
  }

  /** Messages reached an instance. */
  deliver(now: number, count: number, again: boolean): void {
    if (!this.holds(now)) return;
    this.delivered += count;
    if (again) this.redelivered += count;
  }

  /** A message was passed over for good after it failed. */
  skip(now: number): void {
    if (this.holds(now)) this.skipped++;
  }

  deadLetter(now: number): void {
    if (this.holds(now)) this.deadLettered++;
  }

  /** A delivery ended, in success or not: the handler was busy from `takenUpAt` until now. */
  attempt(now: number, instance: number, deliveredAt: number, takenUpAt: number): void {
    this.busy(now, instance, takenUpAt);
    if (this.holds(now)) this.attemptLatency.record(now - deliveredAt);
  }

  /** A handler failed on a delivery. */
  fail(now: number): void {
    if (this.holds(now)) this.failed++;
  }

  /** The first successful end of a message for this consumer. */
  finish(now: number, instance: number, sentAt: number, takenUpAt: number): void {
    if (this.holds(now)) {
      this.processed++;
      this.processedBy[instance]!++;
    }
    if (!this.holds(sentAt)) return;
    this.wait.record(takenUpAt - sentAt);
    this.latency.record(now - sentAt);
  }

  /** As `attempt` and `finish` of each, one after the other. */
  finishAll(ended: EndedWork): void {
    const { count, endedAt, takenUpAt, deliveredAt, sentAt, instance } = ended;
    if (ended.inColumns(this.from, this.to)) {
      const { busyBy, processedBy } = this;
      for (let i = 0; i < count; i++) {
        busyBy[instance[i]!]! += endedAt[i]! - takenUpAt[i]!;
        processedBy[instance[i]!]!++;
      }
      this.attemptLatency.recordAll(endedAt, deliveredAt, count);
      this.processed += count;
      this.wait.recordAll(takenUpAt, sentAt, count);
      this.latency.recordAll(endedAt, sentAt, count);
      return;
    }
    for (let i = 0; i < count; i++) {
      const now = endedAt[i]!;
      this.busy(now, instance[i]!, takenUpAt[i]!);
      if (this.holds(now)) {
        this.attemptLatency.record(now - deliveredAt[i]!);
        this.processed++;
        this.processedBy[instance[i]!]!++;
      }
      if (!this.holds(sentAt[i]!)) continue;
      this.wait.record(takenUpAt[i]! - sentAt[i]!);
      this.latency.record(now - sentAt[i]!);
    }
  }

  /** Beside `finish`, where messages may have been sent on: when the first of the chain was sent, NaN if that is not known. */
  finishJourney(now: number, rootAt: number): void {
    this.endToEnd ??= new Histogram();
    if (this.holds(rootAt)) this.endToEnd.record(now - rootAt);
  }

  /** A handler is or was busy since `takenUpAt`, and its delivery does not end, or ends elsewhere. */
  stillBusy(now: number, instance: number, takenUpAt: number): void {
    this.busy(now, instance, takenUpAt);
  }

  /** Handlers have waited since then: for what their message has set off, for its next attempt, or for a commit. */
  block(now: number, instance: number, since: number, handlers = 1): void {
    this.blockedBy[instance]! += handlers * this.within(since, now);
  }

  /** Handlers have waited since then for what their group decides. */
  rebalance(now: number, instance: number, since: number, handlers: number): void {
    this.rebalancingBy[instance]! += handlers * this.within(since, now);
  }

  /** As `attempt`, where the handler's work is booked already. */
  settle(now: number, deliveredAt: number): void {
    if (this.holds(now)) this.attemptLatency.record(now - deliveredAt);
  }

  private busy(now: number, instance: number, takenUpAt: number): void {
    this.busyBy[instance]! += this.within(takenUpAt, now);
  }

  private holds(time: number): boolean {
    return time >= this.from && time < this.to;
  }

  private within(since: number, now: number): number {
    const start = since > this.from ? since : this.from;
    const end = now < this.to ? now : this.to;
    return end > start ? end - start : 0;
  }
}
