import type { Kernel } from "../sim/kernel.ts";
import type { RequestStats } from "../stats/request-stats.ts";

/** The requests of one source that wait for their replies, each for the same time at most. */
export class Requests {
  private readonly kernel: Kernel;
  private readonly stats: RequestStats;
  /** ns. */
  private readonly timeout: number;
  /** Schedules the source's timer. */
  private readonly wake: (at: number) => void;
  /** When each was sent, ns, by number: the oldest first. */
  private readonly waiting = new Map<number, number>();
  private timer: "none" | "needed" | "idle" = "none";

  constructor(kernel: Kernel, stats: RequestStats, timeout: number, wake: (at: number) => void) {
    this.kernel = kernel;
    this.stats = stats;
    this.timeout = timeout;
    this.wake = wake;
  }

  begin(id: number): void {
    const { now } = this.kernel;
    this.waiting.set(id, now);
    if (this.timer === "idle") {
      this.kernel.retain();
      this.timer = "needed";
    } else if (this.timer === "none") this.set(now);
  }

  /** A reply has come; answers whether it was waited for. */
  answer(id: number): boolean {
    const { now } = this.kernel;
    const sentAt = this.waiting.get(id);
    if (sentAt === undefined) {
      this.stats.late(now);
      return false;
    }
    this.stats.answer(now, sentAt);
    this.end(id);
    return true;
  }

  /** No broker has the request, and the client knows; answers whether it still waited. */
  fail(id: number): boolean {
    if (!this.waiting.has(id)) return false;
    this.stats.giveUp(this.kernel.now, 1);
    this.end(id);
    return true;
  }

  /** The timer rings: answers how many have waited for too long. */
  expire(): number {
    const { now } = this.kernel;
    if (this.timer === "idle") this.kernel.retain();
    this.timer = "none";
    let count = 0;
    for (const [id, sentAt] of this.waiting) {
      if (sentAt + this.timeout > now) {
        this.set(sentAt);
        break;
      }
      this.waiting.delete(id);
      count++;
    }
    if (count > 0) this.stats.giveUp(now, count);
    return count;
  }

  /** Its process has gone: nobody waits any more. */
  forget(): void {
    this.stats.giveUp(this.kernel.now, this.waiting.size);
    this.waiting.clear();
    this.rest();
  }

  private end(id: number): void {
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.rest();
  }

  private set(sentAt: number): void {
    if (this.timeout === Infinity) return;
    this.timer = "needed";
    this.wake(sentAt + this.timeout);
  }

  /** The run need not go on for a timer that nobody waits for. */
  private rest(): void {
    if (this.timer !== "needed") return;
    this.kernel.release();
    this.timer = "idle";
  }
}
