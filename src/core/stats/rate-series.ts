import { zero } from "../sim/zero.ts";
import { mergeSums, SeriesGrid, type SeriesColumns } from "./series-grid.ts";

const nanosPerSecond = 1e9;

/** How often something happens: a count per bucket, handed out per second. Times are ns, in any order. */
export class RateSeries {
  private readonly grid: SeriesGrid;
  private readonly counts: Float64Array;
  private last = zero;
  private end: number | undefined = undefined;

  constructor(horizon: number, buckets?: number) {
    this.grid = new SeriesGrid(horizon, () => mergeSums(this.counts), buckets);
    this.counts = new Float64Array(this.grid.buckets);
  }

  add(now: number, count = 1): void {
    this.counts[this.grid.at(now)]! += count;
    if (now > this.last) this.last = now;
  }

  /** As `add` of so many times, which only grow. */
  addAll(times: Float64Array, count: number): void {
    for (let first = 0; first < count;) {
      const bucket = this.grid.at(times[first]!);
      const end = this.grid.stretch(times, first, count);
      this.counts[bucket]! += end - first;
      first = end;
      if (times[end - 1]! > this.last) this.last = times[end - 1]!;
    }
  }

  /** The end of the run, up to which the last bucket lasts. */
  finish(now: number): void {
    this.grid.reach(now);
    this.end = now;
  }

  /** The mean is the rate; so is the maximum, since a bucket has but one. */
  columns(): SeriesColumns {
    const { grid, counts } = this;
    const end = Math.max(this.last, this.end ?? grid.width * (grid.index(this.last) + 1));
    const rows = Math.max(Math.ceil(end / grid.width), grid.index(this.last) + 1);
    const mean = new Float64Array(Math.min(rows, grid.buckets));
    for (let bucket = 0; bucket < mean.length; bucket++) {
      // What happens at the end itself falls into a bucket that does not last; it counts as a whole one.
      const seconds = (grid.covered(bucket, end) || grid.width) / nanosPerSecond;
      mean[bucket] = counts[bucket]! / seconds;
    }
    return { time: grid.times(mean.length), mean, max: mean.slice() };
  }
}
