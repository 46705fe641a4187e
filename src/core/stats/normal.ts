import { exp } from "../sim/exp-log.ts";

const perRootTwoPi = 0.3989422804014327;
/** From here on the continued fraction of the tail converges fast; below, the series does. */
const tailFrom = 4;

export function normalDensity(x: number): number {
  return perRootTwoPi * exp(-0.5 * x * x);
}

/** The probability that a standard normal variate is at most x, exact to about 15 digits in both tails. */
export function normalProbability(x: number): number {
  if (x > tailFrom) return 1 - upperTail(x);
  if (x < -tailFrom) return upperTail(-x);
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/** The density at x over the probability of being above x. */
export function normalHazard(x: number): number {
  return x > tailFrom ? tailFraction(x) : normalDensity(x) / normalProbability(-x);
}

function upperTail(x: number): number {
  return normalDensity(x) / tailFraction(x);
}

function tailFraction(x: number): number {
  let fraction = x;
  for (let level = 100; level >= 1; level--) fraction = x + level / fraction;
  return fraction;
}
