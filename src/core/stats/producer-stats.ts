import type { TimeRange } from "./level-series.ts";
import type { RequestStats } from "./request-stats.ts";
import { RateSeries } from "./series.ts";

type Figure = "sent" | "accepted" | "refused" | "unroutable" | "timedOut";

/** What a part of the run comes to: events inside it. */
export type ProducerFigures = Readonly<Record<Figure, number>>;

interface ProducerPart extends TimeRange, Record<Figure, number> {}

/** What a run measures of one producer: counters of events inside the window, and what is under way at the end. */
export class ProducerStats {
  sent = 0;
  accepted = 0;
  refused = 0;
  unroutable = 0;
  returned = 0;
  timedOut = 0;
  /** Handed to the client and without an outcome yet, whenever it was sent. */
  underWay = 0;
  readonly sentSeries: RateSeries;
  /** Of one that waits for replies. */
  requests: RequestStats | undefined = undefined;
  /** Parts of the run that are measured each by itself. */
  readonly parts: readonly ProducerFigures[];
  private readonly ranges: readonly ProducerPart[];
  private readonly divided: boolean;
  private readonly from: number;

  constructor(windowFrom: number, horizon: number, ranges: readonly TimeRange[] = []) {
    this.parts = this.ranges = ranges.map((range) => ({
      ...range,
      sent: 0,
      accepted: 0,
      refused: 0,
      unroutable: 0,
      timedOut: 0,
    }));
    this.divided = ranges.length > 0;
    this.from = windowFrom;
    this.sentSeries = new RateSeries(horizon);
  }

  send(now: number): void {
    this.underWay++;
    if (this.divided) this.inParts("sent", now, 1);
    if (now < this.from) return;
    this.sent++;
    this.sentSeries.add(now);
  }

  accept(now: number, count: number): void {
    this.underWay -= count;
    if (this.divided) this.inParts("accepted", now, count);
    if (now >= this.from) this.accepted += count;
  }

  refuse(now: number, count = 1): void {
    this.underWay -= count;
    if (this.divided) this.inParts("refused", now, count);
    if (now >= this.from) this.refused += count;
  }

  /** The client is gone, or waits no longer: whether the broker has it, it will not know. */
  giveUp(now: number, count = 1): void {
    this.underWay -= count;
    if (this.divided) this.inParts("timedOut", now, count);
    if (now >= this.from) this.timedOut += count;
  }

  noRoute(now: number, returned: boolean): void {
    this.underWay--;
    if (this.divided) this.inParts("unroutable", now, 1);
    if (now < this.from) return;
    this.unroutable++;
    if (returned) this.returned++;
  }

  private inParts(figure: Figure, now: number, count: number): void {
    for (const part of this.ranges) if (now >= part.from && now < part.to) part[figure] += count;
  }
}
