import { InvariantError } from "../sim/invariant.ts";
import { zero } from "../sim/zero.ts";
import type { LevelSummary } from "./result.ts";
import { mergeMaxima, mergeSums, SeriesGrid, type SeriesColumns } from "./series-grid.ts";

/** A part of the run that is measured by itself: [from, to), ns. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** A level over one part of the run. Stretches end just before its ends: what happens at its end is outside. */
class LevelRange {
  readonly range: TimeRange;
  readonly from: number;
  readonly to: number;
  area = zero;
  max = zero;
  end = zero;

  constructor(range: TimeRange) {
    this.range = range;
    this.from = justBefore(range.from);
    this.to = justBefore(range.to);
  }

  /** Whether a stretch that lasts until then, and crosses no end of a range, lies inside. */
  holds(stretchEnd: number): boolean {
    return this.from < stretchEnd && stretchEnd <= this.to;
  }
}

function justBefore(time: number): number {
  return time - time * Number.EPSILON;
}

/**
 * A level of at least 0 over time (lag, depth): its time-weighted mean and its maximum, in the window and in each
 * bucket. A level that is left at the very instant at which it was reached counts for the maximum. Times are ns and
 * never go back. A level may be an age as well, which rises with the clock.
 */
export class LevelSeries {
  level = zero;
  private readonly grid: SeriesGrid;
  private readonly windowFrom: number;
  private inWindow: boolean;
  private windowArea = zero;
  private windowMax = zero;
  private readonly areas: Float64Array;
  private readonly maxima: Float64Array;
  private bucket = 0;
  private bucketEnd: number;
  /** The stretch under way, up to the end of the bucket or of what is measured by itself, whichever comes first. */
  private stretchEnd: number;
  private stretchArea = zero;
  private stretchMax = zero;
  private last = zero;
  /** It is an age, which is counted from `since`, ns; else the level stays as it is. */
  private rises = false;
  private since = Infinity;
  private readonly ranges: readonly LevelRange[];
  /** Ends of ranges that are still to come, the next one last. */
  private readonly cuts: number[];

  /** A horizon of Infinity begins with narrow buckets, which widen as time goes. `ranges` are measured each by itself. */
  constructor(horizon: number, buckets?: number, windowFrom = 0, ranges: readonly TimeRange[] = []) {
    this.ranges = ranges.map((range) => new LevelRange(range));
    const cuts = [
      ...this.ranges.flatMap(({ from, to }) => [from, to]),
      ...(windowFrom > 0 ? [windowFrom] : []),
    ];
    this.cuts = [...new Set(cuts)].filter((cut) => cut > 0).sort((a, b) => b - a);
    this.grid = new SeriesGrid(
      horizon,
      () => {
        mergeSums(this.areas);
        mergeMaxima(this.maxima);
      },
      buckets,
    );
    this.windowFrom = windowFrom;
    this.inWindow = windowFrom <= 0;
    this.areas = new Float64Array(this.grid.buckets);
    this.maxima = new Float64Array(this.grid.buckets);
    this.bucketEnd = this.grid.width;
    this.stretchEnd = this.nextEnd();
  }

  set(now: number, level: number): void {
    if (now > this.stretchEnd) this.cross(now);
    else if (!(now >= this.last)) throw new InvariantError("a level changes in the order of time");
    if (this.rises) this.rise(now);
    else this.stretchArea += this.level * (now - this.last);
    this.last = now;
    this.level = level;
    if (level > this.stretchMax) this.stretchMax = level;
  }

  /** From now on it is the time since then, ns; 0 for Infinity. */
  age(now: number, since: number): void {
    this.set(now, since < Infinity ? now - since : 0);
    this.since = since;
    this.rises = since < Infinity;
  }

  /** The age grows until then, within the stretch under way. */
  private rise(to: number): void {
    const { since, last } = this;
    this.stretchArea += (to - last) * ((to + last) / 2 - since);
    this.level = to - since;
    if (this.level > this.stretchMax) this.stretchMax = this.level;
  }

  add(now: number, delta: number): void {
    this.set(now, this.level + delta);
  }

  /** The largest level inside the window. */
  get max(): number {
    return this.inWindow ? Math.max(this.windowMax, this.stretchMax) : 0;
  }

  /** Level × ns inside the window, exact. */
  area(): number {
    return this.inWindow ? this.windowArea + this.stretchArea : 0;
  }

  /** Carries the level on to this time, such as the end of the run. */
  finish(now: number): void {
    this.set(now, this.rises ? now - this.since : this.level);
  }

  /** The time average: exact over the window; over another part of the run, as far as the buckets resolve it. */
  mean(from = this.windowFrom, to = this.last): number {
    if (!(to > from)) return this.level;
    if (from === this.windowFrom && to === this.last) return this.area() / (to - from);
    let area = 0;
    let time = 0;
    for (let bucket = 0; bucket <= this.bucket; bucket++) {
      const start = bucket * this.grid.width;
      const covered = this.grid.covered(bucket, this.last);
      const share = Math.min(to, start + covered) - Math.max(from, start);
      if (share <= 0) continue;
      time += share;
      area += (share / covered) * this.areaOf(bucket);
    }
    return time > 0 ? area / time : this.level;
  }

  /** Over the window. */
  summary(): LevelSummary {
    return { max: this.max, mean: this.mean(), end: this.level };
  }

  /** Over the range of this number, as far as the run has come. */
  over(number: number): LevelSummary {
    const range = this.ranges[number]!;
    const open = range.holds(this.stretchEnd);
    const area = range.area + (open ? this.stretchArea : 0);
    const { from, to } = range.range;
    const time = Math.min(to, this.last) - from;
    const end = this.last < range.to ? this.level : range.end;
    return {
      max: open ? Math.max(range.max, this.stretchMax) : range.max,
      mean: time > 0 ? area / time : end,
      end,
    };
  }

  columns(): SeriesColumns {
    const count = this.bucket + 1;
    const mean = new Float64Array(count);
    const max = new Float64Array(count);
    for (let bucket = 0; bucket < count; bucket++) {
      const covered = this.grid.covered(bucket, this.last);
      mean[bucket] = covered > 0 ? this.areaOf(bucket) / covered : this.level;
      max[bucket] = Math.max(this.maxima[bucket]!, bucket === this.bucket ? this.stretchMax : 0);
    }
    return { time: this.grid.times(count), mean, max };
  }

  private areaOf(bucket: number): number {
    return this.areas[bucket]! + (bucket === this.bucket ? this.stretchArea : 0);
  }

  /** Closes every stretch that ends before `now`. */
  private cross(now: number): void {
    while (now > this.stretchEnd) {
      const { stretchEnd, bucket } = this;
      if (this.rises) this.rise(stretchEnd);
      else this.stretchArea += this.level * (stretchEnd - this.last);
      this.last = stretchEnd;
      this.areas[bucket]! += this.stretchArea;
      this.maxima[bucket] = Math.max(this.maxima[bucket]!, this.stretchMax);
      if (this.inWindow) {
        this.windowArea += this.stretchArea;
        this.windowMax = Math.max(this.windowMax, this.stretchMax);
      }
      for (const range of this.ranges) if (range.holds(stretchEnd)) this.closeIn(range);
      this.stretchArea = 0;
      this.stretchMax = this.level;
      if (stretchEnd === this.windowFrom) this.inWindow = true;
      if (stretchEnd === this.cuts.at(-1)) this.cuts.pop();
      if (stretchEnd === this.bucketEnd) this.nextBucket();
      this.stretchEnd = this.nextEnd();
    }
  }

  private closeIn(range: LevelRange): void {
    range.area += this.stretchArea;
    range.max = Math.max(range.max, this.stretchMax);
    range.end = this.level;
  }

  private nextEnd(): number {
    return zero + Math.min(this.bucketEnd, this.cuts.at(-1) ?? Infinity);
  }

  private nextBucket(): void {
    this.bucket++;
    if (this.bucket === this.grid.buckets) {
      this.grid.widen();
      this.bucket /= 2;
    }
    this.bucketEnd = (this.bucket + 1) * this.grid.width;
  }
}
