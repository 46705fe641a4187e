import { RateSeries } from "./series.ts";

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
  private readonly from: number;

  constructor(windowFrom: number, horizon: number) {
    this.from = windowFrom;
    this.sentSeries = new RateSeries(horizon);
  }

  send(now: number): void {
    this.underWay++;
    if (now < this.from) return;
    this.sent++;
    this.sentSeries.add(now);
  }

  accept(now: number, count: number): void {
    this.underWay -= count;
    if (now >= this.from) this.accepted += count;
  }

  refuse(now: number): void {
    this.underWay--;
    if (now >= this.from) this.refused++;
  }

  /** The client is gone, or waits no longer: whether the broker has it, it will not know. */
  giveUp(now: number, count = 1): void {
    this.underWay -= count;
    if (now >= this.from) this.timedOut += count;
  }

  noRoute(now: number, returned: boolean): void {
    this.underWay--;
    if (now < this.from) return;
    this.unroutable++;
    if (returned) this.returned++;
  }
}
