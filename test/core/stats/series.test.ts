import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LevelSeries, RateSeries, ValueSeries } from "../../../src/core/stats/series.ts";

const ms = 1e6;

interface Change {
  readonly at: number;
  readonly level: number;
}

/** Whole multiples of 1 ms / 64, so that every sum is exact. */
const changes = fc
  .array(fc.tuple(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })), fc.nat(9)), { maxLength: 60 })
  .map((steps) => {
    let at = 0;
    return steps.map(([gap, level]): Change => ({ at: (at += gap * 15_625), level }));
  });

/** The level on [from, to] as stretches: what an integral and a maximum are made of. */
function naive(all: readonly Change[], from: number, to: number): { area: number; max: number } {
  const points = [{ at: 0, level: 0 }, ...all];
  let area = 0;
  let max = 0;
  points.forEach(({ at, level }, index) => {
    const until = points[index + 1]?.at ?? Infinity;
    const overlap = Math.min(until, to) - Math.max(at, from);
    if (overlap > 0) area += level * overlap;
    // An instant that is on an edge belongs to what ends there; a level that lasts belongs to both sides.
    if (overlap > 0 || (until === at && at > from && at <= to) || (at === to && at > from))
      max = Math.max(max, level);
  });
  return { area, max };
}

describe("LevelSeries", () => {
  const shapes = [
    { name: "a known horizon", horizon: 64 * ms, buckets: 8, width: () => 8 * ms },
    {
      name: "an unknown horizon",
      horizon: Infinity,
      buckets: 8,
      width: (end: number) => doubled(ms, 8, end),
    },
    {
      name: "a horizon that is outgrown",
      horizon: 4 * ms,
      buckets: 4,
      width: (end: number) => doubled(ms, 4, end),
    },
    { name: "an odd number of buckets", horizon: 64 * ms, buckets: 7, width: () => 8 * ms },
  ];

  it.each(shapes)("has the mean and the maximum of each bucket and of the window, with $name", (shape) => {
    fc.assert(
      fc.property(changes, fc.nat(100), fc.nat(100), (all, tail, warmup) => {
        const end = Math.min(
          (all.at(-1)?.at ?? 0) + tail * 15_625,
          shape.name === "a known horizon" ? 64 * ms : 1e12,
        );
        const within = all.filter(({ at }) => at <= end);
        const windowFrom = warmup * 31_250;
        const series = new LevelSeries(shape.horizon, shape.buckets, windowFrom);
        for (const { at, level } of within) series.set(at, level);
        series.finish(end);

        if (end > windowFrom) {
          const window = naive(within, windowFrom, end);
          expect([series.area(), series.max]).toEqual([
            window.area,
            windowFrom > 0 ? window.max : naive(within, -1, end).max,
          ]);
          expect(series.mean()).toBe(window.area / (end - windowFrom));
        }

        if (shape.name === "an odd number of buckets") return;
        const width = shape.width(end);
        const { time, mean, max } = series.columns();
        expect(time.length).toBe(Math.max(Math.ceil(end / width), 1));
        time.forEach((start, bucket) => {
          expect(start).toBe((bucket * width) / ms);
          const to = Math.min((bucket + 1) * width, end);
          const expected = naive(within, bucket === 0 ? -1 : bucket * width, to);
          expect(max[bucket]).toBe(expected.max);
          if (to > bucket * width) expect(mean[bucket]).toBeCloseTo(expected.area / (to - bucket * width), 9);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("adds to the level as it sets it", () => {
    const series = new LevelSeries(Infinity);
    series.add(1, 3);
    series.add(5, -1);
    expect([series.level, series.max, series.area()]).toEqual([2, 3, 12]);
  });

  it("averages over a part of the run as far as its buckets resolve it", () => {
    const series = new LevelSeries(100, 10);
    series.set(20, 4);
    series.set(30, 1);
    series.finish(100);
    expect(series.mean(20, 30)).toBeCloseTo(4, 12);
    expect(series.mean(10, 40)).toBeCloseTo(5 / 3, 12);
    expect(series.mean(25, 35)).toBeCloseTo(2.5, 12);
  });

  it("refuses to go back in time", () => {
    const series = new LevelSeries(100);
    series.set(20, 4);
    expect(() => series.set(19, 4)).toThrow("order of time");
    expect(() => series.set(NaN, 4)).toThrow("order of time");
  });

  it("stays within its buckets over any length", () => {
    const series = new LevelSeries(Infinity);
    for (let at = 1; at < 1e17; at *= 1.5) series.set(at, 1);
    expect(series.columns().time.length).toBeLessThanOrEqual(512);
    expect(series.columns().time.length).toBeGreaterThan(256);
  });
});

/** The width after so many doublings that the buckets reach the end. */
function doubled(width: number, buckets: number, end: number): number {
  return end > width * buckets ? doubled(2 * width, buckets, end) : width;
}

/** At odd ns, so that none is on an edge between two buckets. */
const events = fc.array(
  fc.record({ at: fc.nat(99_999_999).map((half) => 2 * half + 1), value: fc.nat(1000) }),
  { minLength: 1, maxLength: 60 },
);

describe("RateSeries", () => {
  it("counts per second in each bucket, in any order of time", () => {
    fc.assert(
      fc.property(events, fc.constantFrom(Infinity, 50 * ms, 200 * ms), (all, horizon) => {
        const series = new RateSeries(horizon, 16);
        const last = Math.max(...all.map(({ at }) => at));
        for (const { at, value } of all) series.add(at, value);
        series.finish(last + ms / 2);
        const { time, mean } = series.columns();
        const width = doubled(horizon === Infinity ? ms : horizon / 16, 16, last + ms / 2);
        expect(time.length).toBe(Math.ceil((last + ms / 2) / width));
        mean.forEach((rate, bucket) => {
          const inside = all.filter(({ at }) => Math.min(Math.floor(at / width), 15) === bucket);
          const seconds = (Math.min((bucket + 1) * width, last + ms / 2) - bucket * width) / 1e9;
          expect(rate).toBeCloseTo(inside.reduce((sum, { value }) => sum + value, 0) / seconds, 6);
        });
      }),
    );
  });

  it("counts what happens at the very end", () => {
    const series = new RateSeries(1e9, 4);
    for (const at of [0, 5e8, 1e9]) series.add(at);
    series.finish(1e9);
    expect([...series.columns().mean]).toEqual([4, 0, 4, 4]);
  });

  it("is one bucket of nothing when nothing happened and time did not pass", () => {
    expect([...new RateSeries(1e9, 4).columns().mean]).toEqual([0]);
  });
});

describe("ValueSeries", () => {
  it("has the mean, maximum and number of values of each bucket, in any order of time", () => {
    fc.assert(
      fc.property(events, fc.constantFrom(Infinity, 50 * ms, 200 * ms), (all, horizon) => {
        const series = new ValueSeries(horizon, 16);
        const last = Math.max(...all.map(({ at }) => at));
        for (const { at, value } of all) series.add(at, value);
        const { time, mean, max, count } = series.columns();
        const width = doubled(horizon === Infinity ? ms : horizon / 16, 16, last);
        expect(time.length).toBe(Math.min(Math.floor(last / width), 15) + 1);
        time.forEach((_, bucket) => {
          const values = all
            .filter(({ at }) => Math.min(Math.floor(at / width), 15) === bucket)
            .map(({ value }) => value);
          expect(count[bucket]).toBe(values.length);
          expect(mean[bucket]).toBe(values.reduce((sum, value) => sum + value, 0) / values.length);
          expect(max[bucket]).toBe(values.length === 0 ? NaN : Math.max(...values));
        });
      }),
    );
  });
});
