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
    this.grid = new SeriesGrid(
      horizon,
      () => {
        mergeSums(this.counts);
        mergeSums(this.sums);
        mergeMaxima(this.maxima);
      },
      buckets,
    );
    this.counts = new Float64Array(this.grid.buckets);
    this.sums = new Float64Array(this.grid.buckets);
    this.maxima = new Float64Array(this.grid.buckets);
  }

  add(now: number, value: number): void {
    const bucket = this.grid.at(now);
    this.counts[bucket]!++;
    this.sums[bucket]! += value;
    if (value > this.maxima[bucket]!) this.maxima[bucket] = value;
    if (now > this.last) this.last = now;
  }

  /** As `add` of how long so many things took, which ended in the order of their ends. */
  addAll(ends: Float64Array, starts: Float64Array, count: number): void {
    const { sums, maxima } = this;
    for (let first = 0; first < count;) {
      const bucket = this.grid.at(ends[first]!);
      const end = this.grid.stretch(ends, first, count);
      this.counts[bucket]! += end - first;
      for (let i = first; i < end; i++) {
        const value = ends[i]! - starts[i]!;
        sums[bucket]! += value;
        if (value > maxima[bucket]!) maxima[bucket] = value;
      }
      first = end;
      if (ends[end - 1]! > this.last) this.last = ends[end - 1]!;
    }
  }

  /** The end of the run: the columns reach up to it. */
  finish(now: number): void {
    this.grid.reach(now);
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
}
