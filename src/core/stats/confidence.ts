import { exp, log } from "../sim/exp-log.ts";
import { assert } from "../sim/invariant.ts";
import { normalProbability } from "./normal.ts";

/** The value that a standard normal variate stays below with probability p. */
export function normalQuantile(p: number): number {
  return symmetricQuantile(p, normalProbability);
}

/** The same for Student's t with so many degrees of freedom. */
export function studentQuantile(p: number, df: number): number {
  assert(df >= 1, "Student's t has one degree of freedom or more");
  return symmetricQuantile(p, (t) => studentProbability(t, df));
}

/** The probability that Student's t is at most `t`. */
export function studentProbability(t: number, df: number): number {
  const lower = incompleteBeta(df / 2, 0.5, df / (df + t * t)) / 2;
  return t <= 0 ? lower : 1 - lower;
}

/** Inverts a distribution that is symmetric about 0 by halving, down to the last digit. */
function symmetricQuantile(p: number, probability: (x: number) => number): number {
  assert(p > 0 && p < 1, "a quantile is asked for between 0 and 1");
  if (p > 0.5) return -symmetricQuantile(1 - p, probability);
  let low = -1;
  while (probability(low) > p) low *= 2;
  let high = 0;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (probability(middle) > p) high = middle;
    else low = middle;
  }
}

/** The regularized incomplete beta function (Numerical Recipes §6.4). */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(a, b, x)) / a
    : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(a: number, b: number, x: number): number {
  const away = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let level = 1; level <= 1000; level++) {
    const even = (level * (b - level) * x) / ((a + 2 * level - 1) * (a + 2 * level));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + level) * (a + b + level) * x) / ((a + 2 * level) * (a + 2 * level + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return fraction;
}

/** Stirling's series, after moving the argument to where it is exact. */
function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 15; at++) shift += log(at);
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (at - 0.5) * log(at) - at + 0.9189385332046727 + series - shift;
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Intervals of the mean of so many independent values, by Student's t. `confidence` is a share, 0.95 say. */
export function intervalsOf(count: number, confidence: number): (values: readonly number[]) => Interval {
  assert(count >= 2, "an interval needs two values or more");
  const t = studentQuantile(1 - (1 - confidence) / 2, count - 1);
  return (values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    const half = t * Math.sqrt(squares / (count - 1) / count);
    return { mean, low: mean - half, high: mean + half };
  };
}
