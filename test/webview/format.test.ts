import { expect, test } from "vitest";
import { format } from "../../src/webview/shared/format.ts";
import type { Format } from "../../src/webview/shared/format.ts";
import { beginning, visible } from "../../src/webview/shared/name.tsx";

test.each<readonly [number | null, Format, string]>([
  [0, "count", "0"],
  [31_204, "count", "31,204"],
  [2_417.3318, "count", "2,417"],
  [0.0834, "count", "0.0834"],
  [12.05, "count", "12.1"],
  [null, "count", "–"],
  [NaN, "duration", "–"],
  [0, "duration", "0 ms"],
  [0.000_25, "duration", "250 ns"],
  [0.42, "duration", "420 µs"],
  [4.016, "duration", "4.02 ms"],
  [999.4, "duration", "999 ms"],
  [5_830, "duration", "5.83 s"],
  [59_999, "duration", "60 s"],
  [120_000, "duration", "2 m"],
  [125_000, "duration", "2 m 5 s"],
  [3_900_000, "duration", "1 h 5 m"],
  [93_600_000, "duration", "1 d 2 h"],
  [0, "share", "0 %"],
  [0.0004, "share", "< 0.1 %"],
  [0.0571, "share", "5.7 %"],
  [0.8437, "share", "84 %"],
  [0.9996, "share", "99.9 %"],
  [1, "share", "100 %"],
  [397.2, "rate", "397/s"],
  [512, "bytes", "512 B"],
  [24_886_614, "bytes", "23.7 MiB"],
])("%d as a %s is %s", (value, as, text) => {
  expect(format(value, as).replaceAll("\u202f", " ")).toBe(text);
});

test("what cannot be seen in a name is spelled out", () => {
  expect(visible("a\u202eb\u0000\n")).toBe("a[U+202E]b[U+0000][U+000A]");
  expect(visible("")).toBe("(default)");
  expect(visible("طلبات 👩‍👩‍👧‍👦")).toBe("طلبات 👩‍👩‍👧‍👦");
});

test("a name is cut between what people see as characters", () => {
  expect(beginning("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 12)).toBe("👩‍👩‍👧‍👦…");
  expect(beginning("abc", 3)).toBe("abc");
});
