import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram } from "../../../src/core/stats/histogram.ts";
import { summarize } from "../../../src/core/stats/summary.ts";

const of = (values: Iterable<number>) => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

const largest = 17_592_186_044_416;
const duration = fc.oneof(
  fc.double({ min: 1, max: largest, maxExcluded: true, noNaN: true }),
  fc.integer({ min: 1, max: 10_000 }),
  fc.nat(44).map((power) => (largest / Math.pow(2, power)) * (1 - 1e-15)),
);
const quantiles = [0.001, 0.07, 0.25, 0.5, 0.9, 0.99, 0.999, 1];
/** Nearest rank, in whole numbers where the quantile is in thousandths. */
const exact = (values: readonly number[], q: number) =>
  values.toSorted((one, other) => one - other)[Math.ceil((Math.round(q * 1000) * values.length) / 1000) - 1]!;

describe("Histogram", () => {
  it("answers every quantile within 0.8 % of nearest rank on the sorted values", () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (values) => {
        const histogram = of(values);
        for (const q of quantiles) {
          const right = exact(values, q);
          expect(Math.abs(histogram.quantile(q) - right)).toBeLessThanOrEqual(0.008 * right);
        }
      }),
    );
  });

  it("keeps count, least and largest exactly, and the mean to the rounding of a sum", () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1 }), (values) => {
        const histogram = of(values);
        expect([histogram.count, histogram.min, histogram.max]).toEqual([
          values.length,
          Math.min(...values),
          Math.max(...values),
        ]);
        expect(histogram.mean).toBe(values.reduce((sum, value) => sum + value, 0) / values.length);
        expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([histogram.min, histogram.max]);
      }),
    );
  });

  it("answers with the value itself where all are equal", () => {
    expect(of([5e6, 5e6, 5e6]).quantile(0.5)).toBe(5e6);
    expect(of([0, 0, 0]).quantile(0.5)).toBe(0);
  });

  it("takes the rank of 0.07 of 100 as the seventh", () => {
    const histogram = of(Array.from({ length: 100 }, (_, index) => (index < 7 ? 1 : 1000)));
    expect(histogram.quantile(0.07)).toBeLessThan(2);
    expect(histogram.quantile(0.08)).toBeGreaterThan(900);
  });

  it("counts what is below 1 ns as 0, and what is beyond 2^44 ns in the last bucket", () => {
    const histogram = of([0, 0.5, 0.999, 3, largest, 4 * largest, 1e300]);
    expect(histogram.quantile(0.3)).toBe(0);
    expect(histogram.quantile(0.5)).toBeCloseTo(3, 1);
    expect(histogram.quantile(0.8)).toBeGreaterThanOrEqual(0.99 * largest);
    expect(histogram.max).toBe(1e300);
  });

  it("is the same when merged as when all was recorded in one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 })),
        fc.array(fc.integer({ min: 0, max: 1e9 })),
        (one, other) => {
          const merged = of(one);
          merged.merge(of(other));
          expect(merged).toEqual(of([...one, ...other]));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("refuses what is no duration", () => {
    const histogram = new Histogram();
    for (const value of [-1, NaN]) expect(() => histogram.record(value)).toThrow("at least 0");
    expect(histogram.count).toBe(0);
  });
});

describe("summarize", () => {
  it("gives milliseconds", () => {
    expect(summarize(of(Array.from({ length: 1000 }, () => 2_500_000)))).toEqual({
      count: 1000,
      mean: 2.5,
      p50: 2.5,
      p90: 2.5,
      p99: 2.5,
      p999: 2.5,
      max: 2.5,
    });
  });

  it("says that there is no value rather than 0", () => {
    expect(summarize(new Histogram())).toEqual({
      count: 0,
      mean: null,
      p50: null,
      p90: null,
      p99: null,
      p999: null,
      max: null,
    });
  });
});
