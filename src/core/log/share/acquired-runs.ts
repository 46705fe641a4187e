import { zero } from "../../sim/zero.ts";
import type { SharePartition } from "./share-partition.ts";
import type { ShareSession } from "./share-session.ts";

/** Records in turn that one fetch of a member acquired. */
interface Run {
  readonly of: SharePartition;
  next: number;
  readonly end: number;
  readonly lock: number;
  readonly session: ShareSession;
}

/** Acquired records in the hands of a member, in the order in which they came. `take` puts the next into the fields. */
export class AcquiredRuns {
  of: SharePartition | undefined = undefined;
  offset = zero;
  lock = 0;
  session: ShareSession | undefined = undefined;
  held = zero;
  private runs: Run[] = [];

  add(of: SharePartition, from: number, end: number, lock: number, session: ShareSession): void {
    this.runs.push({ of, next: from, end, lock, session });
    this.held += end - from;
  }

  /** False when there is none. */
  take(): boolean {
    const run = this.runs[0];
    if (run === undefined) return false;
    this.of = run.of;
    this.offset = run.next++;
    this.lock = run.lock;
    this.session = run.session;
    this.held--;
    if (run.next === run.end) this.runs.shift();
    return true;
  }

  /** Moves at most so many records to the end of another line; answers how many. */
  moveTo(other: AcquiredRuns, most: number): number {
    let moved = 0;
    for (let run = this.runs[0]; run !== undefined && moved < most; run = this.runs[0]) {
      const count = Math.min(run.end - run.next, most - moved);
      other.add(run.of, run.next, run.next + count, run.lock, run.session);
      run.next += count;
      moved += count;
      if (run.next === run.end) this.runs.shift();
    }
    this.held -= moved;
    return moved;
  }

  /** Each stretch of one partition. */
  *stretches(): Iterable<readonly [of: SharePartition, from: number, end: number]> {
    for (const { of, next, end } of this.runs) yield [of, next, end];
  }

  clear(): void {
    this.runs = [];
    this.held = 0;
  }

  /** The partition's log was cut back to this end. */
  cut(of: SharePartition, end: number): void {
    this.runs = this.runs
      .map((run) => (run.of === of ? { ...run, end: Math.min(run.end, end) } : run))
      .filter((run) => run.next < run.end);
    this.held = this.runs.reduce((sum, run) => sum + run.end - run.next, 0);
  }
}
