import type { Kernel } from "../sim/kernel.ts";

/**
 * What leaves one station in the order of time: a server's departures, a link's arrivals. What leaves at the very
 * instant goes on without an event, unless something before it waits for its event at this instant.
 */
export class Passage {
  private readonly kernel: Kernel;
  private readonly base: number;
  private readonly lane: number;
  private last = -1;

  /** `base`: the process whose kinds of event it schedules. */
  constructor(kernel: Kernel, base: number) {
    this.kernel = kernel;
    this.base = base;
    this.lane = kernel.lane();
  }

  /** Schedules the event and answers true; false when the caller shall go on at once. */
  delays(time: number, kind: number, a: number, b: number): boolean {
    const { kernel } = this;
    if (time === kernel.now && this.last < time) return false;
    this.last = time;
    kernel.atLane(this.lane, time, this.base | kind, a, b);
    return true;
  }
}
