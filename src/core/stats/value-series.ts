import { zero } from "../sim/zero.ts";
import { mergeMaxima, mergeSums, SeriesGrid, type SeriesColumns } from "./series-grid.ts";

/** Values of at least 0 over time, such as latencies: their mean and maximum in each bucket. Times are ns, in any order. */
export class ValueSeries {
  private readonly grid: SeriesGrid;
  private readonly counts: Float64Array;
  private readonly sums: Float64Array;
  private readonly maxima: Float64Array;
  private last = zero;

  constructor(horizon: number, buckets?: number) {
    this.grid = new SeriesGrid(horizon, buckets);
    this.counts = new Float64Array(this.grid.buckets);
    this.sums = new Float64Array(this.grid.buckets);
    this.maxima = new Float64Array(this.grid.buckets);
  }

  add(now: number, value: number): void {
    let bucket = this.grid.at(now);
    if (bucket >= this.grid.buckets) bucket = this.widen(now);
    this.counts[bucket]!++;
    this.sums[bucket]! += value;
    if (value > this.maxima[bucket]!) this.maxima[bucket] = value;
    if (now > this.last) this.last = now;
  }

  /** The end of the run: the columns reach up to it. */
  finish(now: number): void {
    if (this.grid.index(now) >= this.grid.buckets) this.widen(now);
    if (now > this.last) this.last = now;
  }

  /** NaN where a bucket holds no value; `count` is how many it holds. */
  columns(): SeriesColumns & { readonly count: Float64Array } {
    const rows = this.grid.index(this.last) + 1;
    const count = this.counts.slice(0, rows);
    return {
      time: this.grid.times(rows),
      count,
      mean: count.map((values, bucket) => this.sums[bucket]! / values),
      max: count.map((values, bucket) => (values > 0 ? this.maxima[bucket]! : NaN)),
    };
  }

  private widen(now: number): number {
    for (;;) {
      const bucket = this.grid.index(now);
      if (bucket < this.grid.buckets) return bucket;
      mergeSums(this.counts);
      mergeSums(this.sums);
      mergeMaxima(this.maxima);
      this.grid.widen();
    }
  }
}
