import { expect, test } from "vitest";
import { samples, wayOf } from "../../src/webview/panel/playback/way.ts";

const at = ({ points }: ReturnType<typeof wayOf>, one: number): [number, number] => [
  points[2 * one]!,
  points[2 * one + 1]!,
];

test("a way begins and ends where its path does, and its stretches are of one length", () => {
  const way = wayOf("M10 20C60 20 60 120 110 120C150 120 150 -30.5 200 -30.5");
  expect(at(way, 0)).toEqual([10, 20]);
  expect(at(way, samples)).toEqual([200, -30.5]);
  const stretches = Array.from({ length: samples }, (_, one) => {
    const [[x, y], [u, v]] = [at(way, one), at(way, one + 1)];
    return Math.hypot(u - x, v - y);
  });
  const even = way.length / samples;
  for (const stretch of stretches) expect(Math.abs(stretch - even)).toBeLessThan(even * 0.05);
});

test("a straight curve is as long as it is, whatever its inner points do", () => {
  const way = wayOf("M0 0C0 0 10 0 100 0");
  expect(way.length).toBeCloseTo(100, 3);
  expect(at(way, samples / 2)[0]).toBeCloseTo(50, 0);
});

test("an edge without a path has no way", () => {
  expect(wayOf("").length).toBe(0);
});
