import { exp, log } from "./exp-log.ts";
import { assert } from "./invariant.ts";
import type { RandomStream } from "./random.ts";
import { WeightedChoice } from "./weighted-choice.ts";

/** Up to this many values a table is faster and small. */
const tableMax = 16_384;

/** Picks 0 to n − 1, value i with a probability in proportion to 1 / (i + 1)^s; 0 is the most frequent. */
export class Zipf {
  private readonly table: WeightedChoice | undefined;
  private readonly n: number;
  private readonly s: number;
  /** The integral of the density at the left and right end of the range, and how far a rank takes without a test. */
  private readonly left: number;
  private readonly right: number;
  private readonly certain: number;

  constructor(n: number, s: number) {
    assert(n >= 1 && Number.isInteger(n), "a choice is among one value or more");
    assert(s >= 0 && s < Infinity, "the exponent of a Zipf law is at least 0");
    this.n = n;
    this.s = s;
    this.table =
      n <= tableMax
        ? new WeightedChoice(Float64Array.from({ length: n }, (_, index) => density(index + 1, s)))
        : undefined;
    this.left = integral(1.5, s) - 1;
    this.right = integral(n + 0.5, s);
    this.certain = 2 - inverse(integral(2.5, s) - density(2, s), s);
  }

  pick(stream: RandomStream): number {
    return this.table === undefined ? this.invert(stream) : this.table.pick(stream);
  }

  /** Rejection-inversion (Hörmann and Derflinger 1996): exact, without a table; fewer than 1.3 tries on average. */
  private invert(stream: RandomStream): number {
    const { n, s, left, right, certain } = this;
    for (;;) {
      const height = right + stream.next() * (left - right);
      const x = inverse(height, s);
      const rank = Math.min(Math.max(Math.floor(x + 0.5), 1), n);
      if (rank - x <= certain || height >= integral(rank + 0.5, s) - density(rank, s)) return rank - 1;
    }
  }
}

function density(x: number, s: number): number {
  return exp(-s * log(x));
}

/** The integral of the density from 1 to x: (x^(1−s) − 1) / (1 − s), and log x where s is 1. */
function integral(x: number, s: number): number {
  const logX = log(x);
  return growth((1 - s) * logX) * logX;
}

function inverse(height: number, s: number): number {
  // Rounding may push the argument past the pole of the logarithm.
  const scaled = Math.max(height * (1 - s), -1);
  return exp(logarithm(scaled) * height);
}

/** (e^x − 1) / x, by its series where the difference would cancel. */
function growth(x: number): number {
  if (Math.abs(x) > 1e-3) return (exp(x) - 1) / x;
  return 1 + (x / 2) * (1 + (x / 3) * (1 + (x / 4) * (1 + x / 5)));
}

/** log(1 + x) / x, by its series where the sum would lose digits. */
function logarithm(x: number): number {
  if (Math.abs(x) > 1e-3) return log(1 + x) / x;
  return 1 - x * (1 / 2 - x * (1 / 3 - x * (1 / 4 - x / 5)));
}
