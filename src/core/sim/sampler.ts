import { exp, log } from "./exp-log.ts";
import type { Distribution } from "../text/distribution.ts";
import { normalHazard } from "../stats/normal.ts";
import { assert, assertNever } from "./invariant.ts";
import type { RandomStream } from "./random.ts";
import { WeightedChoice } from "./weighted-choice.ts";

export { WeightedChoice } from "./weighted-choice.ts";
export { Zipf } from "./zipf.ts";

/** The 99th percentile of the standard normal distribution. */
const normalP99 = 2.3263478740408408;
/** From this shape on, a gamma variate costs less than a sum of exponentials. */
const gammaFrom = 6;

const form = {
  constant: 0,
  exponential: 1,
  uniform: 2,
  normal: 3,
  lognormal: 4,
  exponentialSum: 5,
  gamma: 6,
  pareto: 7,
  empirical: 8,
} as const;

/** In the distribution's unit; Infinity for a pareto of shape 1 or less. */
export function meanOf(distribution: Distribution): number {
  return parameters(distribution).mean;
}

interface Parameters {
  readonly form: number;
  readonly first: number;
  readonly second: number;
  readonly mean: number;
}

/** Draws from a distribution, in the distribution's unit. */
export class Sampler {
  readonly constant: boolean;
  /** Infinity for a pareto of shape 1 or less. */
  readonly mean: number;
  private readonly stream: RandomStream;
  private readonly form: number;
  private readonly first: number;
  private readonly second: number;
  private readonly values: Float64Array;
  private readonly choice: WeightedChoice;

  constructor(distribution: Distribution, stream: RandomStream) {
    const { first, second, mean, ...of } = parameters(distribution);
    this.stream = stream;
    this.form = of.form;
    this.first = first;
    this.second = second;
    this.mean = mean;
    this.constant = of.form === form.constant;
    const empirical = distribution.kind === "empirical" ? distribution : { values: [0], weights: [1] };
    this.values = Float64Array.from(empirical.values);
    this.choice = new WeightedChoice(empirical.weights);
  }

  draw(): number {
    if (this.constant) return this.first;
    return this.form === form.exponential ? this.first * this.stream.exponential() : this.drawRarer();
  }

  private drawRarer(): number {
    const { stream, first, second } = this;
    switch (this.form) {
      case form.uniform:
        return first + second * stream.next();
      case form.normal:
        return this.truncatedNormal();
      case form.lognormal:
        return exp(first + second * stream.normal());
      case form.exponentialSum: {
        let sum = 0;
        for (let stage = 0; stage < first; stage++) sum += stream.exponential();
        return second * sum;
      }
      case form.gamma:
        return second * this.gamma(first);
      case form.pareto:
        return first * exp(second * stream.exponential());
      default:
        return this.values[this.choice.pick(stream)]!;
    }
  }

  private truncatedNormal(): number {
    const { stream, first, second } = this;
    // Drawing again until one is above 0 could take forever; the tail gives the same distribution at once.
    if (first < 0) return Math.max(first + second * stream.normalTail(-first / second), 0);
    for (;;) {
      const value = first + second * stream.normal();
      if (value >= 0) return value;
    }
  }

  /** Gamma of this shape and scale 1 (Marsaglia and Tsang 2000). */
  private gamma(shape: number): number {
    const { stream } = this;
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = stream.normal();
      const cube = 1 + c * x;
      if (cube <= 0) continue;
      const v = cube * cube * cube;
      if (log(1 - stream.next()) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
    }
  }
}

function parameters(distribution: Distribution): Parameters {
  switch (distribution.kind) {
    case "constant":
      return { form: form.constant, first: distribution.value, second: 0, mean: distribution.value };
    case "exponential":
      return { form: form.exponential, first: distribution.mean, second: 0, mean: distribution.mean };
    case "uniform": {
      const { from, to } = distribution;
      return { form: form.uniform, first: from, second: to - from, mean: (from + to) / 2 };
    }
    case "normal":
      return normal(distribution.mean, distribution.deviation);
    case "lognormal": {
      const deviation = log(distribution.p99 / distribution.median) / normalP99;
      const mean = distribution.median * exp((deviation * deviation) / 2);
      return { form: form.lognormal, first: log(distribution.median), second: deviation, mean };
    }
    case "erlang": {
      const { shape, mean } = distribution;
      assert(shape >= 1 && Number.isInteger(shape), "an Erlang distribution has one stage or more");
      return {
        form: shape < gammaFrom ? form.exponentialSum : form.gamma,
        first: shape,
        second: mean / shape,
        mean,
      };
    }
    case "pareto": {
      const { minimum, shape } = distribution;
      const mean = shape > 1 ? (shape * minimum) / (shape - 1) : Infinity;
      return { form: form.pareto, first: minimum, second: 1 / shape, mean };
    }
    case "empirical": {
      const total = distribution.weights.reduce((sum, weight) => sum + weight, 0);
      const sum = distribution.values.reduce(
        (sum, value, at) => sum + value * (distribution.weights[at] ?? 0),
        0,
      );
      return { form: form.empirical, first: 0, second: 0, mean: sum / total };
    }
    default:
      return assertNever(distribution);
  }
}

function normal(mean: number, deviation: number): Parameters {
  if (deviation === 0)
    return { form: form.constant, first: Math.max(mean, 0), second: 0, mean: Math.max(mean, 0) };
  // Far below 0 the mean of what is left drowns in rounding.
  const truncated = Math.max(mean + deviation * normalHazard(-mean / deviation), 0);
  return { form: form.normal, first: mean, second: deviation, mean: truncated };
}
