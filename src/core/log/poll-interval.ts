import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";

/** `max.poll.interval.ms` of a member: an event comes only for a poll whose work outlasts it. */
export class PollInterval {
  private readonly context: LogContext;
  private readonly member: number;
  private readonly length: number;
  /** When it is over since the last poll, and which of these ends an event watches. */
  private end = Infinity;
  private watched = Infinity;

  constructor(context: LogContext, member: number, length: number) {
    this.context = context;
    this.member = member;
    this.length = length;
  }

  polled(): void {
    this.end = this.context.kernel.now + this.length;
  }

  /** There is work until then. */
  busyUntil(time: number): void {
    if (time > this.end) this.watch();
  }

  /** Whether it is over; else it is watched on. */
  expired(): boolean {
    if (this.context.kernel.now >= this.end) return true;
    this.watch();
    return false;
  }

  private watch(): void {
    if (this.watched === this.end) return;
    this.watched = this.end;
    this.context.timer(Math.max(this.end, this.context.kernel.now), LogEvent.pollTimesOut, this.member, 0);
  }
}
