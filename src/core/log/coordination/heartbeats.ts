import { zero } from "../../sim/zero.ts";

/** The beat of a member's heartbeats: every interval since the last request that counts as one. Nothing is scheduled. */
export class Heartbeats {
  /** ns. */
  readonly interval: number;
  private since = zero;
  private end = Infinity;

  constructor(interval: number) {
    this.interval = interval;
  }

  begin(now: number): void {
    this.since = now;
    this.end = Infinity;
  }

  /** No heartbeat is sent from now on. */
  stop(now: number): void {
    this.end = now;
  }

  /** The last one that was sent by now. */
  last(now: number): number {
    const until = Math.min(now, this.end);
    return this.since + Math.floor((until - this.since) / this.interval) * this.interval;
  }

  /** The next one that is still to be sent, now at the earliest. */
  next(now: number): number {
    return this.since + Math.max(Math.ceil((now - this.since) / this.interval), 1) * this.interval;
  }
}
