import fc from "fast-check";
import { expect, test } from "vitest";
import { PercentileSeries } from "../../../src/core/stats/percentile-series.ts";

const second = 1e9;

test("each bucket knows the percentiles of what fell into it, within 7 %", () => {
  const durations = fc.array(fc.double({ min: 2000, max: 1e12, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(durations, durations, fc.constantFrom(0.5, 0.9, 0.99), (early, late, share) => {
      const series = new PercentileSeries(10 * second, 10);
      for (const one of early) series.add(2.5 * second, one);
      for (const one of late) series.add(7.5 * second, one);
      const { time, mean } = series.columns(share);
      expect(mean).toHaveLength(8);
      expect(time[7]).toBe(7000);
      for (const [bucket, values] of [[2, early] as const, [7, late] as const]) {
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length * (1 - 1e-13))) - 1]!;
        expect(Math.abs(mean[bucket]! / exact - 1)).toBeLessThan(0.07);
      }
      expect(mean[3]).toBeNaN();
    }),
  );
});

test("neighbours are merged when time outgrows the buckets", () => {
  const series = new PercentileSeries(Infinity, 4);
  for (let step = 0; step < 64; step++) series.add(step * 1e6, step < 32 ? 1e6 : 4e6);
  const { mean } = series.columns(0.5);
  expect(mean).toHaveLength(4);
  for (const [bucket, exact] of [1e6, 1e6, 4e6, 4e6].entries())
    expect(Math.abs(mean[bucket]! / exact - 1)).toBeLessThan(0.07);
});

test("values beyond the scale count at its ends", () => {
  const series = new PercentileSeries(second, 2);
  series.add(0, 0);
  series.add(0.9 * second, 1e18);
  const { mean } = series.columns(0.99);
  expect(mean[0]).toBeLessThan(1200);
  expect(mean[1]).toBeGreaterThan(1.5e13);
});
