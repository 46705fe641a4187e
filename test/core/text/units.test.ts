import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readQuantity } from "../../../src/core/text/units.ts";
import type { Unit } from "../../../src/core/text/units.ts";

const read: readonly (readonly [Unit, string | number, number])[] = [
  ["duration", "200ns", 200],
  ["duration", "250us", 250e3],
  ["duration", "5ms", 5e6],
  ["duration", "1.1ms", 1_100_000],
  ["duration", "30s", 30e9],
  ["duration", "2m", 120e9],
  ["duration", "6h", 21_600e9],
  ["duration", "7d", 604_800e9],
  ["duration", 5, 5e6],
  ["duration", "5", 5e6],
  ["duration", 0.5, 500_000],
  ["size", "512B", 512],
  ["size", "64KiB", 65_536],
  ["size", "1GiB", 1_073_741_824],
  ["size", "10MB", 10_000_000],
  ["size", 1024, 1024],
  ["rate", "200/s", 200],
  ["rate", "12000/m", 200],
  ["rate", "5/h", 5 / 3600],
  ["rate", "10k/s", 10_000],
  ["rate", 7, 7],
  ["bandwidth", "125MiB/s", 131_072_000],
  ["bandwidth", "1Gbit/s", 125_000_000],
  ["bandwidth", 100, 100],
  ["count", 1_000_000, 1_000_000],
  ["count", "1M", 1_000_000],
  ["count", "100k", 100_000],
  ["share", "1%", 0.01],
  ["share", 0.01, 0.01],
  ["share", "100%", 1],
];

test.each(read)("a %s %s is %d", (unit, written, value) => {
  expect(readQuantity(unit, written)).toBeCloseTo(value, 9);
});

const refused: readonly (readonly [Unit, string | number, string])[] = [
  ["duration", "5 parsecs", "`parsecs` is not a unit here: the units are ns, us, ms, s, m, h and d"],
  ["duration", "soon", "a duration such as `5ms`"],
  ["duration", "-5ms", "it is below 0"],
  ["duration", Number.NaN, "a duration"],
  ["duration", Infinity, "a duration"],
  ["duration", "", "a duration"],
  ["size", "5XB", "`XB` is not a unit here"],
  ["size", "1K", "`K` is not a unit here"],
  ["rate", "10/fortnight", "the units are /s, /m and /h"],
  ["count", 1.5, "it is not a whole number"],
  ["count", 1e300, "it is not a whole number"],
  ["share", "120%", "it is above 100%"],
  ["share", 5, "it is above 1"],
];

test.each(refused)("a %s %s is refused", (unit, written, reason) => {
  expect(readQuantity(unit, written)).toEqual(expect.stringContaining(reason));
});

describe("every quantity", () => {
  test("is read back from its text", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000_000 }),
        fc.constantFrom("ns", "us", "ms", "s"),
        (amount, unit) => {
          const factor = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 }[unit]!;
          expect(readQuantity("duration", `${amount}${unit}`)).toBe(amount * factor);
        },
      ),
    );
  });

  test("is a finite number from 0, or a reason", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Unit>("duration", "size", "rate", "bandwidth", "count", "share"),
        fc.string(),
        (unit, text) => {
          const value = readQuantity(unit, text);
          expect(typeof value === "string" || (Number.isFinite(value) && value >= 0)).toBe(true);
        },
      ),
    );
  });
});
