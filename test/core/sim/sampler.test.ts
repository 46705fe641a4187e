import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/sim/random.ts";
import { Sampler, WeightedChoice, Zipf } from "../../../src/core/sim/sampler.ts";
import { normalProbability } from "../../../src/core/stats/normal.ts";
import type { Distribution } from "../../../src/core/text/distribution.ts";
import { deviations, distance, drawn, mean } from "./goodness-of-fit.ts";

const many = 200_000;
const far = 4;

const erlang = (shape: number, whole: number) => (x: number) => {
  let term = 1;
  let sum = 1;
  for (let stage = 1; stage < shape; stage++) sum += term *= (x * shape) / whole / stage;
  return 1 - Math.exp((-x * shape) / whole) * sum;
};
const above = (from: number, x: number) =>
  (normalProbability(x) - normalProbability(from)) / normalProbability(-from);
const deviation = Math.log(80 / 5) / 2.3263478740408408;

const laws: readonly [Distribution, (x: number) => number][] = [
  [{ kind: "exponential", mean: 5e6 }, (x) => 1 - Math.exp(-x / 5e6)],
  [{ kind: "uniform", from: 2, to: 8 }, (x) => (x - 2) / 6],
  [{ kind: "normal", mean: 5, deviation: 1 }, (x) => above(-5, x - 5)],
  [{ kind: "normal", mean: 1, deviation: 2 }, (x) => above(-0.5, (x - 1) / 2)],
  [{ kind: "normal", mean: 0, deviation: 2 }, (x) => above(0, x / 2)],
  [{ kind: "normal", mean: -6, deviation: 2 }, (x) => above(3, (x + 6) / 2)],
  [{ kind: "normal", mean: -12, deviation: 2 }, (x) => above(6, (x + 12) / 2)],
  [{ kind: "lognormal", median: 5, p99: 80 }, (x) => normalProbability(Math.log(x / 5) / deviation)],
  [{ kind: "erlang", shape: 1, mean: 5 }, erlang(1, 5)],
  [{ kind: "erlang", shape: 3, mean: 5 }, erlang(3, 5)],
  [{ kind: "erlang", shape: 6, mean: 5 }, erlang(6, 5)],
  [{ kind: "erlang", shape: 40, mean: 5 }, erlang(40, 5)],
  [{ kind: "pareto", minimum: 1, shape: 2.5 }, (x) => 1 - Math.exp(-2.5 * Math.log(x))],
  [{ kind: "pareto", minimum: 3, shape: 0.8 }, (x) => 1 - Math.exp(-0.8 * Math.log(x / 3))],
];

const sampler = (distribution: Distribution) =>
  new Sampler(distribution, new RandomStream(1, JSON.stringify(distribution)));

describe("Sampler", () => {
  it.each(laws)("draws %j as its distribution says", (distribution, probability) => {
    const of = sampler(distribution);
    const draws = drawn(many, () => of.draw());
    expect(distance(draws, probability)).toBeLessThan(1.95);
    expect(of.constant).toBe(false);
    if (of.mean === Infinity) return;
    const spread = Math.sqrt(mean(draws.map((x) => (x - of.mean) * (x - of.mean))) / many);
    expect(Math.abs(mean(draws) - of.mean)).toBeLessThan(far * spread);
  });

  it("has the median and the 99th percentile that a lognormal is given by", () => {
    const of = sampler({ kind: "lognormal", median: 20, p99: 300 });
    const draws = drawn(many, () => of.draw()).sort();
    expect(draws[many * 0.5]! / 20).toBeCloseTo(1, 1.5);
    expect(draws[many * 0.99]! / 300).toBeCloseTo(1, 1);
  });

  it("draws values in proportion to their weights", () => {
    const of = sampler({ kind: "empirical", values: [5, 200, 7], weights: [90, 10, 0] });
    const draws = drawn(many, () => of.draw());
    const counts = [5, 200, 7].map((value) => draws.filter((x) => x === value).length);
    expect(deviations(counts, [0.9 * many, 0.1 * many, 0])).toBeLessThan(far);
    expect(of.mean).toBeCloseTo(24.5, 12);
  });

  it("draws nothing from the stream for a constant", () => {
    const stream = new RandomStream(1, "x");
    for (const distribution of [
      { kind: "constant", value: 3 },
      { kind: "normal", mean: 3, deviation: 0 },
    ] as const) {
      const of = new Sampler(distribution, stream);
      expect([of.draw(), of.draw(), of.mean, of.constant]).toEqual([3, 3, 3, true]);
    }
    expect(stream.uint32()).toBe(new RandomStream(1, "x").uint32());
  });

  it("never draws below 0 or what is no number", () => {
    const shape = fc.integer({ min: 1, max: 60 });
    const size = fc.double({ min: 1e-3, max: 1e12, noNaN: true });
    const any: fc.Arbitrary<Distribution> = fc.oneof(
      fc.record({ kind: fc.constant("exponential" as const), mean: size }),
      fc.record({
        kind: fc.constant("normal" as const),
        mean: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        deviation: size,
      }),
      fc.record({ kind: fc.constant("erlang" as const), shape, mean: size }),
      fc.record({ kind: fc.constant("lognormal" as const), median: size, p99: size }),
    );
    fc.assert(
      fc.property(any, fc.integer(), (distribution, seed) => {
        const of = new Sampler(distribution, new RandomStream(seed, "any"));
        for (let draw = 0; draw < 100; draw++) if (!(of.draw() >= 0)) return false;
        return of.mean >= 0;
      }),
    );
  });
});

describe("WeightedChoice", () => {
  it("picks each index in proportion to its weight, and never one of weight 0", () => {
    const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1000, noNaN: true })), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(
        weights.filter((some) => some.some((weight) => weight > 0)),
        (some) => {
          const choice = new WeightedChoice(some);
          const stream = new RandomStream(1, "weights");
          const total = some.reduce((sum, weight) => sum + weight);
          const counts = new Float64Array(some.length);
          for (let draw = 0; draw < 20_000; draw++) counts[choice.pick(stream)]!++;
          some.forEach((weight, index) => {
            const due = (20_000 * weight) / total;
            expect(Math.abs(counts[index]! - due)).toBeLessThanOrEqual(
              6 * Math.sqrt(due) + (weight > 0 ? 6 : 0),
            );
          });
        },
      ),
      { numRuns: 50, seed: 1 },
    );
  });

  it("refuses weights that give no choice", () => {
    for (const weights of [[], [0, 0], [1, -1], [NaN], [Infinity]])
      expect(() => new WeightedChoice(weights)).toThrow("weight");
  });
});

describe("Zipf", () => {
  const laws = [10, 1000, 16_384, 16_385, 1_000_000].flatMap((n) =>
    [0, 0.5, 0.99, 1, 1.05, 2, 3.5].map((s) => ({ n, s })),
  );

  it.each(laws)("picks the ranks of $n values with exponent $s as often as the law says", ({ n, s }) => {
    const zipf = new Zipf(n, s);
    const stream = new RandomStream(1, `zipf ${n} ${s}`);
    let sum = 0;
    for (let rank = n; rank >= 1; rank--) sum += Math.exp(-s * Math.log(rank));
    const counts = new Float64Array(n);
    for (let draw = 0; draw < many; draw++) counts[zipf.pick(stream)]!++;
    const expected = counts.map((_, index) => (many * Math.exp(-s * Math.log(index + 1))) / sum);
    expect(deviations(counts, expected)).toBeLessThan(far);
  });

  it("stays within a hundred million values without a table of them", () => {
    for (const s of [0, 0.7, 1, 1.2]) {
      const zipf = new Zipf(100_000_000, s);
      const stream = new RandomStream(1, `many ${s}`);
      const draws = drawn(many, () => zipf.pick(stream));
      expect(draws.every((value) => Number.isInteger(value) && value >= 0 && value < 100_000_000)).toBe(true);
      expect(draws.some((value) => value > 90_000_000)).toBe(true);
    }
    // For s = 1 the share of rank 1 is 1 / H(n), and H(n) = ln n + 0.57722 for large n.
    const zipf = new Zipf(100_000_000, 1);
    const stream = new RandomStream(1, "first");
    const share = drawn(many, () => zipf.pick(stream)).filter((value) => value === 0).length / many;
    expect(share).toBeCloseTo(1 / (Math.log(1e8) + 0.5772156649), 2.5);
  });

  it("picks the only value there is", () => {
    expect(new Zipf(1, 1).pick(new RandomStream(1, "one"))).toBe(0);
  });
});
