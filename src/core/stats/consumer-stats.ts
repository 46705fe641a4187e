import { Histogram } from "./histogram.ts";
import { RateSeries, ValueSeries } from "./series.ts";

/** What a run measures of one consumer (all its instances): a message copy × a group or queue consumer. Times in ns. */
export class ConsumerStats {
  delivered = 0;
  redelivered = 0;
  processed = 0;
  duplicates = 0;
  failed = 0;
  skipped = 0;
  /** Over the whole run, not the window alone. */
  violations = 0;
  /** Messages that its position or acknowledgement passed without a finish, by no rule of the file. Over the whole run. */
  lost = 0;
  /** Copies without a final state when the run ends; a model books them in its `finish`. */
  unfinished = 0;
  readonly wait = new Histogram();
  readonly latency = new Histogram();
  readonly attemptLatency = new Histogram();
  readonly latencySeries: ValueSeries;
  readonly throughputSeries: RateSeries;
  readonly processedBy: Float64Array;
  readonly busyBy: Float64Array;
  /** Time inside the window in which an instance was there, as far as it has left again. */
  private readonly aliveBy: Float64Array;
  /** Since when it is there; NaN while it is not. */
  private readonly aliveSince: Float64Array;
  readonly concurrency: number;
  private readonly from: number;

  /** `present` of the instances are there from the beginning. */
  constructor(
    instances: number,
    concurrency: number,
    windowFrom: number,
    horizon: number,
    present = instances,
  ) {
    this.aliveBy = new Float64Array(instances);
    this.aliveSince = new Float64Array(instances).fill(NaN).fill(0, 0, present);
    this.concurrency = concurrency;
    this.from = windowFrom;
    this.processedBy = new Float64Array(instances);
    this.busyBy = new Float64Array(instances);
    this.latencySeries = new ValueSeries(horizon);
    this.throughputSeries = new RateSeries(horizon);
  }

  /** An instance is there, if it was not. */
  join(now: number, instance: number): void {
    if (Number.isNaN(this.aliveSince[instance])) this.aliveSince[instance] = now;
  }

  /** It has gone, cleanly or not. */
  leave(now: number, instance: number): void {
    this.aliveBy[instance] = this.alive(now, instance);
    this.aliveSince[instance] = NaN;
  }

  /** How long an instance has been there inside the window, ns. */
  alive(now: number, instance: number): number {
    const since = this.aliveSince[instance]!;
    const before = this.aliveBy[instance]!;
    return Number.isNaN(since) ? before : before + Math.max(now - Math.max(since, this.from), 0);
  }

  /** Messages reached an instance. */
  deliver(now: number, count: number, again: boolean): void {
    if (now < this.from) return;
    this.delivered += count;
    if (again) this.redelivered += count;
  }

  /** A message was passed over for good after it failed. */
  skip(now: number): void {
    if (now >= this.from) this.skipped++;
  }

  /** A delivery ended, in success or not: the handler was busy from `takenUpAt` until now. */
  attempt(now: number, instance: number, deliveredAt: number, takenUpAt: number): void {
    if (now < this.from) return;
    this.busyBy[instance]! += now - (takenUpAt > this.from ? takenUpAt : this.from);
    this.attemptLatency.record(now - deliveredAt);
  }

  /** A handler failed on a delivery. */
  fail(now: number): void {
    if (now >= this.from) this.failed++;
  }

  /** The first successful end of a message for this consumer. */
  finish(now: number, instance: number, sentAt: number, takenUpAt: number): void {
    if (now >= this.from) {
      this.processed++;
      this.processedBy[instance]!++;
      this.throughputSeries.add(now);
    }
    if (sentAt >= this.from) {
      this.wait.record(takenUpAt - sentAt);
      this.latency.record(now - sentAt);
      this.latencySeries.add(now, now - sentAt);
    }
  }

  /** Share of the copies that have no final state: the slow ones that the percentiles do not know. */
  get unfinishedShare(): number {
    return this.unfinished === 0 ? 0 : this.unfinished / (this.unfinished + this.latency.count);
  }

  /** A handler that is still busy when the run ends. */
  stillBusy(now: number, instance: number, takenUpAt: number): void {
    this.busyBy[instance]! += now - (takenUpAt > this.from ? takenUpAt : this.from);
  }
}
