import fc from "fast-check";
import { expect, test } from "vitest";
import type { Format } from "../../src/webview/shared/format.ts";
import { ticks } from "../../src/webview/shared/ticks.ts";

const minute = 60_000;
const hour = 60 * minute;
const steps = (first: number, step: number): number[] =>
  Array.from({ length: 4 }, (_, index) => first + index * step);

test.each<readonly [Format, readonly number[], readonly string[]]>([
  ["count", steps(0, 2_500), ["0", "2,500", "5,000", "7,500"]],
  ["count", steps(0, 5_000), ["0", "5,000", "10k", "15k"]],
  ["count", steps(10_000, 2_500), ["10k", "12.5k", "15k", "17.5k"]],
  ["count", steps(0, 500_000), ["0", "500k", "1M", "1.5M"]],
  ["count", steps(0, 0.000_02), ["0", "0.00002", "0.00004", "0.00006"]],
  ["rate", steps(100, 0.25), ["100", "100.25", "100.5", "100.75"]],
  ["share", steps(0, 0.0002), ["0", "0.02 %", "0.04 %", "0.06 %"]],
  ["share", steps(0.1, 0.025), ["10 %", "12.5 %", "15 %", "17.5 %"]],
  ["share", steps(0.7, 0.1), ["70 %", "80 %", "90 %", "100 %"]],
  ["bytes", steps(0, 512), ["0", "512 B", "1 KiB", "1.5 KiB"]],
  ["duration", steps(0, 0.05), ["0", "50 µs", "100 µs", "150 µs"]],
  ["duration", steps(999.8, 0.1), ["999.8 ms", "999.9 ms", "1 s", "1.0001 s"]],
  ["duration", steps(61_234, 0.5), ["1 m 1.234 s", "1 m 1.2345 s", "1 m 1.235 s", "1 m 1.2355 s"]],
  ["duration", steps(40_000, 20_000), ["40 s", "1 m", "1 m 20 s", "1 m 40 s"]],
  ["duration", steps(hour, 10_000), ["1 h", "1 h 10 s", "1 h 20 s", "1 h 30 s"]],
  ["duration", steps(22 * hour, hour), ["22 h", "23 h", "1 d", "1 d 1 h"]],
])("%s: %j", (as, values, labels) => {
  expect(ticks(values, as).map((label) => label.replaceAll("\u202f", " "))).toEqual(labels);
});

test("no two ticks of an axis have the same label, however near they are", () => {
  const round = fc.tuple(fc.constantFrom(1, 2, 2.5, 5), fc.integer({ min: -4, max: 5 }));
  fc.assert(
    fc.property(
      fc.constantFrom<Format>("count", "rate", "share", "duration"),
      round,
      fc.nat({ max: 2_000 }),
      (as, [digit, power], from) => {
        const step = digit * 10 ** power;
        const labels = ticks(
          Array.from({ length: 8 }, (_, index) => (from + index) * step),
          as,
        );
        expect(new Set(labels).size).toBe(8);
      },
    ),
  );
});
