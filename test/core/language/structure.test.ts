import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeLinks, folds, selections } from "../../../src/core/language/structure.ts";
import { edit, mutate, texts } from "../parse/mutation.ts";

const file = `# A shop.
# With a queue.
topology: 1
rabbitmq:
  queues:
    work: {}
    rest: {}

run: {seed: 3, duration: 5s}
`;

test("entries of several lines fold, and so do comments", () => {
  expect(folds(file)).toEqual([
    { from: 1, to: 2, comment: true },
    { from: 4, to: 7, comment: false },
    { from: 5, to: 7, comment: false },
  ]);
});

test("a selection grows from the word to the file", () => {
  const words = selections(file, file.indexOf("seed") + 1).map(({ start, end }) => file.slice(start, end));
  expect(words).toEqual(
    [
      "seed",
      "seed: 3",
      "{seed: 3, duration: 5s}",
      "run: {seed: 3, duration: 5s}",
      file.trimEnd().slice(0),
      file,
    ].filter((word, at, all) => all.indexOf(word) === at),
  );
});

test("codes in comments lead to their pages", () => {
  const text = "# brokerlab-disable-next-line bad-value, no-such-code schema\nrun: {}\n";
  expect(codeLinks(text).map(({ code, span }) => [code, text.slice(span.start, span.end)])).toEqual([
    ["bad-value", "bad-value"],
    ["schema", "schema"],
  ]);
});

describe("no mutation and no prefix", () => {
  test("makes them throw or lead outside of the text", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(edit, { maxLength: 6 }),
        share,
        fc.boolean(),
        (text, edits, where, cut) => {
          const mutant = mutate(text, edits);
          const offset = Math.floor(where * mutant.length);
          const broken = cut ? mutant.slice(0, offset) : mutant;
          const lines = broken.split("\n").length;
          for (const { from, to } of folds(broken)) {
            expect(from).toBeLessThan(to);
            expect(to).toBeLessThanOrEqual(lines + broken.split("\r").length);
          }
          let inner = { start: offset, end: offset };
          for (const span of selections(broken, offset)) {
            expect(span.start).toBeLessThanOrEqual(inner.start);
            expect(span.end).toBeGreaterThanOrEqual(inner.end);
            inner = span;
          }
          codeLinks(broken);
        },
      ),
      { numRuns: 300 },
    );
  });
});
