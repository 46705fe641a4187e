import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile, studentProbability, studentQuantile } from "../../../src/core/stats/confidence.ts";
import { normalHazard, normalProbability } from "../../../src/core/stats/normal.ts";

describe("normal distribution", () => {
  it.each([
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.9995, 3.2905267314919255],
    [1e-9, -5.997807015007686],
  ])("has its quantile %d at %d", (p, x) => {
    expect(normalQuantile(p)).toBeCloseTo(x, 7);
  });

  it.each([
    [1, 0.8413447460685429],
    [-3, 0.0013498980316300933],
    [-6, 9.865876450376981e-10],
    [-10, 7.619853024160527e-24],
    [5, 0.9999997133484281],
  ])("is at most %d with probability %d", (x, p) => {
    expect(normalProbability(x) / p).toBeCloseTo(1, 11);
  });

  it("joins series and continued fraction without a step", () => {
    expect(normalProbability(-4 - 1e-12) / normalProbability(-4)).toBeCloseTo(1, 9);
    expect(normalHazard(4 + 1e-12) / normalHazard(4)).toBeCloseTo(1, 9);
  });
});

describe("Student's t", () => {
  // From the tables that every textbook prints.
  it.each([
    [0.975, 1, 12.7062],
    [0.975, 2, 4.30265],
    [0.975, 4, 2.77645],
    [0.95, 9, 1.83311],
    [0.995, 19, 2.86093],
    [0.975, 30, 2.04227],
    [0.9, 120, 1.28865],
    [0.75, 1, 1],
  ])("has its quantile %d with %d degrees of freedom at %d", (p, df, t) => {
    expect(studentQuantile(p, df) / t).toBeCloseTo(1, 5);
  });

  it("comes close to the normal distribution as the degrees of freedom grow", () => {
    expect(studentQuantile(0.975, 1e6)).toBeCloseTo(normalQuantile(0.975), 4);
  });

  it("inverts: the quantile's probability is the one asked for, and the halves mirror each other", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 0.9999, noNaN: true }),
        fc.integer({ min: 1, max: 300 }),
        (p, df) => {
          expect(studentProbability(studentQuantile(p, df), df)).toBeCloseTo(p, 9);
          expect(studentQuantile(p, df)).toBeCloseTo(-studentQuantile(1 - p, df), 4);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("refuses what is no probability", () => {
    for (const p of [0, 1, -1, NaN]) expect(() => studentQuantile(p, 3)).toThrow("between 0 and 1");
    expect(() => studentQuantile(0.5, 0)).toThrow("degree of freedom");
  });
});
