import { InvariantError } from "../sim/invariant.ts";
import { zero } from "../sim/zero.ts";

/** 128 buckets per doubling: each is 1/128 (0.8 %) of its lower bound wide. */
const fractionBits = 7;
const shift = 20 - fractionBits;
const perDoubling = 128;
/** Values from 1 to 2^44; what is larger counts in the last bucket, what is below 1 in the one before the first. */
const doublings = 44;
const buckets = perDoubling * doublings + 1;
/** The high word of the float 1, moved so that values from 1 on fall into the buckets from 1 on. */
const origin = (0x3ff00000 >> shift) - 1;

/** One number seen as a float and as two words: the high word holds the exponent and the leading digits. */
const float = new Float64Array([1]);
const words = new Int32Array(float.buffer);
const high = words[1] === 0x3ff00000 ? 1 : 0;

/** Counts of values of at least 0, such as latencies in ns, on logarithmic buckets; the mean, least and largest are exact. */
export class Histogram {
  count = 0;
  /** 0 while there is no value. */
  max = zero;
  private sum = zero;
  private least = Infinity;
  private readonly counts = new Uint32Array(buckets);

  /** Infinity while there is no value. */
  get min(): number {
    return this.least;
  }

  /** NaN while there is no value. */
  get mean(): number {
    return this.sum / this.count;
  }

  record(value: number): void {
    if (!(value >= 0)) throw new InvariantError("a duration is at least 0");
    this.count++;
    this.sum += value;
    if (value > this.max) this.max = value;
    if (value < this.least) this.least = value;
    this.counts[bucketOf(value)]!++;
  }

  /** As `record` of how long so many things took, one after the other. */
  recordAll(ends: Float64Array, starts: Float64Array, count: number): void {
    const { counts } = this;
    let { sum, max, least } = this;
    for (let i = 0; i < count; i++) {
      const value = ends[i]! - starts[i]!;
      if (!(value >= 0)) throw new InvariantError("a duration is at least 0");
      sum += value;
      if (value > max) max = value;
      if (value < least) least = value;
      counts[bucketOf(value)]!++;
    }
    this.count += count;
    this.sum = sum;
    this.max = max;
    this.least = least;
  }

  /** Nearest rank: the middle of the bucket that holds the value of rank ⌈q·count⌉, NaN while there is none. */
  quantile(q: number): number {
    if (this.count === 0) return NaN;
    // The product may come out a hair above the whole number that it stands for (0.07 × 100).
    const rank = Math.ceil(q * this.count * (1 - 1e-13));
    if (rank <= 1) return this.least;
    if (rank >= this.count) return this.max;
    let bucket = 0;
    for (let below = this.counts[0]!; below < rank; below += this.counts[bucket]!) bucket++;
    return Math.min(Math.max(middle(bucket), this.least), this.max);
  }

  merge(other: Histogram): void {
    this.count += other.count;
    this.sum += other.sum;
    if (other.max > this.max) this.max = other.max;
    if (other.least < this.least) this.least = other.least;
    for (let bucket = 0; bucket < buckets; bucket++) this.counts[bucket]! += other.counts[bucket]!;
  }
}

function bucketOf(value: number): number {
  float[0] = value;
  const bucket = (words[high]! >> shift) - origin;
  return bucket < 0 ? 0 : bucket < buckets ? bucket : buckets - 1;
}

/** What lies below 1 is answered with 0; the last bucket is open, so its least value stands for it. */
function middle(bucket: number): number {
  return bucket === 0 ? 0 : (lowerBound(bucket) + lowerBound(Math.min(bucket + 1, buckets - 1))) / 2;
}

function lowerBound(bucket: number): number {
  words[1 - high] = 0;
  words[high] = (bucket + origin) << shift;
  return float[0]!;
}
