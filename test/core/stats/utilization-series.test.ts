import { expect, test } from "vitest";
import { UtilizationSeries } from "../../../src/core/stats/utilization-series.ts";

const second = 1e9;
/** 512 buckets of a second each. */
const horizon = 512 * second;

test("work is spread over the buckets in which it was done", () => {
  const series = new UtilizationSeries(horizon, 1);
  series.change(0, 1);
  series.add(1.5 * second, 4.25 * second);
  const { mean, time } = series.columns(10 * second);
  expect([...mean.subarray(0, 6)]).toEqual([0, 0.5, 1, 1, 0.25, 0]);
  expect(time[4]).toBe(4000);
});

test("it is a share of the time of those that are there", () => {
  const series = new UtilizationSeries(horizon, 2);
  series.change(0, 1);
  series.add(0, second);
  series.change(second, 1);
  series.add(second, 2 * second);
  series.change(2 * second, -1);
  series.change(2 * second, -1);
  expect([...series.columns(3 * second).mean]).toEqual([0.5, 0.25, 0]);
});

test("widths that double keep what was counted", () => {
  const series = new UtilizationSeries(Infinity, 1);
  series.change(0, 1);
  for (let at = 0; at < 2000; at++) series.add(at * 1e6, at * 1e6 + 5e5);
  const { mean } = series.columns(2000e6);
  for (const share of mean.subarray(0, 490)) expect(share).toBeCloseTo(0.5, 9);
});
