import fc from "fast-check";
import { expect, test } from "vitest";
import { LineIndex } from "../../../src/core/text/line-index.ts";

test.each([
  ["a\nb", 2, { line: 2, column: 1 }],
  ["a\r\nb", 3, { line: 2, column: 1 }],
  ["a\rb", 2, { line: 2, column: 1 }],
  ["a\n\nb", 2, { line: 2, column: 1 }],
  ["", 0, { line: 1, column: 1 }],
  ["abc", 3, { line: 1, column: 4 }],
])("%j at %d", (text, offset, position) => {
  expect(new LineIndex(text).position(offset)).toEqual(position);
});

test("an offset and its position are two names of one place", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "\n", "\r\n", "\r", "ü")).map((parts) => parts.join("")),
      fc.nat(),
      (text, at) => {
        const offset = Math.min(at, text.length);
        const index = new LineIndex(text);
        const { line, column } = index.position(offset);
        expect(index.startOf(line, text.length) + column - 1).toBe(offset);
        expect(line).toBeLessThanOrEqual(index.lines);
      },
    ),
  );
});
