import { zero } from "../../sim/zero.ts";
import { LevelSeries } from "../../stats/series.ts";
import type { PartitionLog } from "../partition-log.ts";

/** How often in a run the level is noted, beside the moments at which something goes. */
const notes = 512;
const stepMin = 1e6;

/** Bytes that a topic's logs hold, one copy of each, over time. What is appended between two notes counts from the second. */
export class HeldBytes {
  readonly level: LevelSeries;
  /** From this moment on the next append notes the level first. */
  due = zero;
  private readonly logs: PartitionLog[] = [];
  private readonly step: number;

  constructor(horizon: number, windowFrom: number) {
    this.level = new LevelSeries(horizon, notes, windowFrom);
    this.step = horizon < Infinity ? horizon / notes : stepMin;
  }

  add(log: PartitionLog): void {
    this.logs.push(log);
  }

  note(now: number): void {
    let bytes = 0;
    for (const log of this.logs) bytes += log.bytes;
    this.level.set(now, bytes);
    // Of a run without a planned end, ever longer stretches.
    this.due = now + Math.max(this.step, now / notes);
  }
}
