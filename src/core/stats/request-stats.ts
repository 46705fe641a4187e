import { Histogram } from "./histogram.ts";
import type { TimeRange } from "./level-series.ts";

/** What one part of a run comes to for a requester: replies inside it, round trips of the requests sent inside it. */
export class RequestFigures {
  answered = 0;
  /** Given up: after its time-out, on hearing that no broker has it, or with its process. */
  unanswered = 0;
  /** That nobody waited for any more, or never did. */
  lateReplies = 0;
  /** From the intent to send to the reply, ns. */
  readonly roundTrip = new Histogram();
  private readonly from: number;
  private readonly to: number;

  constructor({ from, to }: TimeRange) {
    this.from = from;
    this.to = to;
  }

  answer(now: number, sentAt: number): void {
    if (this.holds(now)) this.answered++;
    if (this.holds(sentAt)) this.roundTrip.record(now - sentAt);
  }

  giveUp(now: number, count: number): void {
    if (this.holds(now)) this.unanswered += count;
  }

  late(now: number): void {
    if (this.holds(now)) this.lateReplies++;
  }

  private holds(time: number): boolean {
    return time >= this.from && time < this.to;
  }
}

/** What a run measures of a producer that waits for replies. */
export class RequestStats extends RequestFigures {
  /** Parts of the run that are measured each by itself. */
  readonly parts: readonly RequestFigures[];

  constructor(windowFrom: number, ranges: readonly TimeRange[]) {
    // The end of the run belongs to it.
    super({ from: windowFrom, to: Infinity });
    this.parts = ranges.map((range) => new RequestFigures(range));
  }

  override answer(now: number, sentAt: number): void {
    super.answer(now, sentAt);
    for (const part of this.parts) part.answer(now, sentAt);
  }

  override giveUp(now: number, count: number): void {
    super.giveUp(now, count);
    for (const part of this.parts) part.giveUp(now, count);
  }

  override late(now: number): void {
    super.late(now);
    for (const part of this.parts) part.late(now);
  }
}
