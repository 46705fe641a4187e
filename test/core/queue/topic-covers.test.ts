import fc from "fast-check";
import { expect, test } from "vitest";
import { topicCovers, topicMatches } from "../../../src/core/queue/topic-pattern.ts";

test.each([
  ["#", "a.*", true],
  ["a.#", "a", true],
  ["a.#", "a.*.b", true],
  ["a.*", "a.#", false],
  ["#.#", "#", true],
  ["*.#", "#.*", true],
  ["#.a", "a.#.a", true],
  ["a", "a", true],
  ["*", "#", false],
  ["*.*", "a.#.b", false],
  ["a*", "a*", true],
])("%s covers %s: %s", (general, special, covers) => {
  expect(topicCovers(general, special)).toBe(covers);
});

const words = ["a", "b", "c"];
/** Every key of up to four words, one of which no pattern names. */
const keys = [""].concat(
  ...[1, 2, 3, 4].map((length) =>
    Array.from({ length: words.length ** length }, (_, number) =>
      Array.from({ length }, (__, at) => words[Math.floor(number / words.length ** at) % words.length]).join(
        ".",
      ),
    ),
  ),
);
const pattern = fc.array(fc.constantFrom("a", "b", "*", "#"), { maxLength: 3 }).map((all) => all.join("."));

test("a pattern covers another when it matches all that the other matches", () => {
  fc.assert(
    fc.property(pattern, pattern, (general, special) => {
      const among = keys.filter((key) => topicMatches(special, key));
      expect(topicCovers(general, special), `${general} ${special}`).toBe(
        among.every((key) => topicMatches(general, key)),
      );
    }),
    { numRuns: 2000 },
  );
});
