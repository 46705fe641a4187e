import { SeriesGrid, type SeriesColumns } from "./series-grid.ts";

/** 8 buckets per doubling: each is 1/8 of its lower bound wide, so that its middle is at most 6 % off. */
const fractionBits = 3;
const shift = 20 - fractionBits;
/** From 2^10 ns, a microsecond, to 2^44 ns, five hours; what lies outside counts at the ends. */
const lowest = 10;
const values = (44 - lowest) << fractionBits;
const origin = (0x3ff00000 >> shift) + (lowest << fractionBits);

const float = new Float64Array([1]);
const words = new Int32Array(float.buffer);
const high = words[1] === 0x3ff00000 ? 1 : 0;

/** Durations over time: percentiles of each bucket, from counts on a coarse logarithmic scale. Times and durations are ns. */
export class PercentileSeries {
  private readonly grid: SeriesGrid;
  /** By bucket, made when the first value falls into it: 1 kB each. */
  private rows: (Uint32Array | undefined)[];

  constructor(horizon: number, buckets = 128) {
    this.grid = new SeriesGrid(horizon, () => this.merge(), buckets);
    this.rows = Array.from({ length: this.grid.buckets }, () => undefined);
  }

  add(now: number, duration: number): void {
    count(this.rowOf(now), duration);
  }

  /** As `add` of how long so many things took, which ended in the order of their ends. */
  addAll(ends: Float64Array, starts: Float64Array, number: number): void {
    for (let first = 0; first < number;) {
      const row = this.rowOf(ends[first]!);
      const end = this.grid.stretch(ends, first, number);
      for (let i = first; i < end; i++) count(row, ends[i]! - starts[i]!);
      first = end;
    }
  }

  /** The value that a share of each bucket's durations does not exceed, NaN where there are none; `max` is the same. */
  columns(share: number): SeriesColumns {
    const last = this.rows.findLastIndex((row) => row !== undefined);
    const mean = Float64Array.from({ length: last + 1 }, (_, bucket) => {
      const row = this.rows[bucket];
      return row === undefined ? NaN : quantile(row, share);
    });
    return { time: this.grid.times(last + 1), mean, max: mean.slice() };
  }

  private rowOf(now: number): Uint32Array {
    // It may merge the rows.
    const bucket = this.grid.at(now);
    return (this.rows[bucket] ??= new Uint32Array(values));
  }

  private merge(): void {
    const { rows } = this;
    this.rows = rows.map((_, at) => merged(rows[2 * at], rows[2 * at + 1]));
  }
}

function count(row: Uint32Array, duration: number): void {
  float[0] = duration;
  const value = (words[high]! >> shift) - origin;
  row[value < 0 ? 0 : value < values ? value : values - 1]!++;
}

function merged(a: Uint32Array | undefined, b: Uint32Array | undefined): Uint32Array | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  for (let value = 0; value < values; value++) a[value]! += b[value]!;
  return a;
}

function quantile(row: Uint32Array, share: number): number {
  let all = 0;
  for (const one of row) all += one;
  const rank = Math.max(1, Math.ceil(share * all * (1 - 1e-13)));
  let value = 0;
  for (let below = row[0]!; below < rank; below += row[value]!) value++;
  return (lowerBound(value) + lowerBound(value + 1)) / 2;
}

function lowerBound(value: number): number {
  words[1 - high] = 0;
  words[high] = (value + origin) << shift;
  return float[0]!;
}
