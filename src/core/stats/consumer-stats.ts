import { zero } from "../sim/zero.ts";
import { ConsumerFigures } from "./consumer-figures.ts";
import { EndedWork } from "./ended-work.ts";
import type { TimeRange } from "./level-series.ts";
import { PercentileSeries } from "./percentile-series.ts";
import { RateSeries, ValueSeries } from "./series.ts";
import { UtilizationSeries } from "./utilization-series.ts";

/** What a run measures of one consumer (all its instances): a message copy × a group or queue consumer. Times in ns. */
export class ConsumerStats extends ConsumerFigures {
  /** Over the whole run, not the window alone. */
  violations = 0;
  /** When the first of them was; NaN for none. */
  firstViolation = NaN;
  /** Messages that its position or acknowledgement passed without a finish, by no rule of the file. Over the whole run. */
  lost = 0;
  /** Copies without a final state when the run ends; a model books them in its `finish`. */
  unfinished = zero;
  readonly latencySeries: ValueSeries;
  readonly throughputSeries: RateSeries;
  readonly percentileSeries: PercentileSeries;
  readonly redeliveredSeries: RateSeries;
  readonly utilizationSeries: UtilizationSeries;
  /** Parts of the run that are measured each by itself. */
  readonly parts: readonly ConsumerFigures[];
  private readonly divided: boolean;
  /** Successful deliveries whose `attempt` and `finish` are put off: `count` has to come before the figures are read. */
  readonly ended = new EndedWork(() => this.count());

  constructor(
    instances: number,
    concurrency: number,
    windowFrom: number,
    horizon: number,
    ranges: readonly TimeRange[] = [],
  ) {
    // The end of the run belongs to it.
    super(instances, concurrency, { from: windowFrom, to: Infinity });
    this.latencySeries = new ValueSeries(horizon);
    this.throughputSeries = new RateSeries(horizon);
    this.percentileSeries = new PercentileSeries(horizon);
    this.redeliveredSeries = new RateSeries(horizon);
    this.utilizationSeries = new UtilizationSeries(horizon, concurrency);
    this.parts = ranges.map((range) => new ConsumerFigures(instances, concurrency, range));
    this.divided = ranges.length > 0;
  }

  override join(now: number, instance: number): void {
    super.join(now, instance);
    this.utilizationSeries.change(now, 1);
    for (const part of this.parts) part.join(now, instance);
  }

  override leave(now: number, instance: number): void {
    super.leave(now, instance);
    this.utilizationSeries.change(now, -1);
    for (const part of this.parts) part.leave(now, instance);
  }

  override deliver(now: number, count: number, again: boolean): void {
    super.deliver(now, count, again);
    if (again && now >= this.from) this.redeliveredSeries.add(now, count);
    if (this.divided) for (const part of this.parts) part.deliver(now, count, again);
  }

  override skip(now: number): void {
    super.skip(now);
    for (const part of this.parts) part.skip(now);
  }

  override deadLetter(now: number): void {
    super.deadLetter(now);
    for (const part of this.parts) part.deadLetter(now);
  }

  /** Counts what was put off. */
  count(): void {
    const { ended } = this;
    if (ended.count === 0) return;
    this.finishAll(ended);
    ended.count = 0;
  }

  override attempt(now: number, instance: number, deliveredAt: number, takenUpAt: number): void {
    this.count();
    super.attempt(now, instance, deliveredAt, takenUpAt);
    this.utilizationSeries.add(takenUpAt, now);
    if (this.divided) for (const part of this.parts) part.attempt(now, instance, deliveredAt, takenUpAt);
  }

  override fail(now: number): void {
    super.fail(now);
    for (const part of this.parts) part.fail(now);
  }

  override finish(now: number, instance: number, sentAt: number, takenUpAt: number): void {
    this.count();
    super.finish(now, instance, sentAt, takenUpAt);
    if (now >= this.from) this.throughputSeries.add(now);
    if (sentAt >= this.from) {
      this.latencySeries.add(now, now - sentAt);
      this.percentileSeries.add(now, now - sentAt);
    }
    if (this.divided) for (const part of this.parts) part.finish(now, instance, sentAt, takenUpAt);
  }

  override finishAll(ended: EndedWork): void {
    super.finishAll(ended);
    const { count, endedAt, takenUpAt, sentAt } = ended;
    if (ended.inColumns(this.from, Infinity)) {
      this.utilizationSeries.addAll(takenUpAt, endedAt, count);
      this.throughputSeries.addAll(endedAt, count);
      this.latencySeries.addAll(endedAt, sentAt, count);
      this.percentileSeries.addAll(endedAt, sentAt, count);
    } else
      for (let i = 0; i < count; i++) {
        const now = endedAt[i]!;
        this.utilizationSeries.add(takenUpAt[i]!, now);
        if (now >= this.from) this.throughputSeries.add(now);
        if (sentAt[i]! < this.from) continue;
        this.latencySeries.add(now, now - sentAt[i]!);
        this.percentileSeries.add(now, now - sentAt[i]!);
      }
    if (this.divided) for (const part of this.parts) part.finishAll(ended);
  }

  override finishJourney(now: number, rootAt: number): void {
    super.finishJourney(now, rootAt);
    if (this.divided) for (const part of this.parts) part.finishJourney(now, rootAt);
  }

  override stillBusy(now: number, instance: number, takenUpAt: number): void {
    this.count();
    super.stillBusy(now, instance, takenUpAt);
    this.utilizationSeries.add(takenUpAt, now);
    for (const part of this.parts) part.stillBusy(now, instance, takenUpAt);
  }

  override settle(now: number, deliveredAt: number): void {
    this.count();
    super.settle(now, deliveredAt);
    for (const part of this.parts) part.settle(now, deliveredAt);
  }

  override block(now: number, instance: number, since: number, handlers = 1): void {
    super.block(now, instance, since, handlers);
    for (const part of this.parts) part.block(now, instance, since, handlers);
  }

  override rebalance(now: number, instance: number, since: number, handlers: number): void {
    super.rebalance(now, instance, since, handlers);
    for (const part of this.parts) part.rebalance(now, instance, since, handlers);
  }

  /** A message was finished while an earlier one of its order was not. */
  violate(now: number): void {
    if (this.violations++ === 0) this.firstViolation = now;
  }

  /** A further successful end of a message. */
  finishAgain(now: number, replayed = false): void {
    if (now < this.from) return;
    if (replayed) this.replayed++;
    else this.duplicates++;
  }

  /** Share of the copies that have no final state: the slow ones that the percentiles do not know. */
  get unfinishedShare(): number {
    return this.unfinished === 0 ? 0 : this.unfinished / (this.unfinished + this.latency.count);
  }
}
