import { zero } from "../sim/zero.ts";

const nanosPerMilli = 1e6;
const bucketsDefault = 512;
/** Width of the buckets at the start of a run whose length is not known. */
const widthUnknown = nanosPerMilli;

/** What a series hands to the panels: a row a bucket, its start in ms. */
export interface SeriesColumns {
  readonly time: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
}

/** A fixed number of buckets of equal width; when time outgrows them, neighbours are merged and the width doubles. */
export class SeriesGrid {
  /** Even, since buckets are merged in pairs. */
  readonly buckets: number;
  width: number;
  /** The bucket asked for last, whose times are [from, to): those that follow one another most often lie in the same one. */
  private bucket = 0;
  private from = zero;
  private to = zero;
  private readonly merge: () => void;

  /** `merge`: whoever keeps a value a bucket merges those of each pair, in half as many buckets. */
  constructor(horizon: number, merge: () => void, buckets = bucketsDefault) {
    this.merge = merge;
    this.buckets = buckets + (buckets % 2);
    this.width = zero + (horizon < Infinity && horizon > 0 ? horizon / this.buckets : widthUnknown);
  }

  /** The bucket in which a time lies; where it is later than the last one, buckets become as wide as it takes. */
  at(time: number): number {
    return time >= this.from && time < this.to ? this.bucket : this.seek(time);
  }

  /** The end of those of so many times, which only grow, that lie in the bucket of the first: the one asked for last. */
  stretch(times: Float64Array, first: number, count: number): number {
    const { to } = this;
    let end = first + 1;
    while (end < count && times[end]! < to) end++;
    return end;
  }

  /** Buckets become as wide as it takes to reach up to this time. */
  reach(time: number): void {
    while (this.index(time) >= this.buckets) this.widen();
  }

  /** Buckets are twice as wide from now on. */
  widen(): void {
    this.merge();
    this.width *= 2;
    this.to = this.from;
  }

  /** The bucket of a time; the end of the last bucket belongs to it, what is later has an index past it. */
  index(time: number): number {
    const bucket = Math.floor(time / this.width);
    return bucket === this.buckets && time <= this.width * this.buckets ? bucket - 1 : bucket;
  }

  private seek(time: number): number {
    this.reach(time);
    this.bucket = this.index(time);
    this.from = this.bucket * this.width;
    this.to = this.from + this.width;
    return this.bucket;
  }

  /** How much of a bucket lies before `end`. */
  covered(bucket: number, end: number): number {
    return Math.max(Math.min(this.width, end - bucket * this.width), 0);
  }

  times(count: number): Float64Array {
    return Float64Array.from({ length: count }, (_, bucket) => (bucket * this.width) / nanosPerMilli);
  }
}

export function mergeSums(values: Float64Array): void {
  const half = values.length / 2;
  for (let bucket = 0; bucket < half; bucket++)
    values[bucket] = values[2 * bucket]! + values[2 * bucket + 1]!;
  values.fill(0, half);
}

/** Of values that are at least 0. */
export function mergeMaxima(values: Float64Array): void {
  const half = values.length / 2;
  for (let bucket = 0; bucket < half; bucket++)
    values[bucket] = Math.max(values[2 * bucket]!, values[2 * bucket + 1]!);
  values.fill(0, half);
}
