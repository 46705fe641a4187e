import fc from "fast-check";
import { expect, test } from "vitest";
import { codeLinks, folds, selections } from "../../../src/core/language/structure.ts";
import { fileInWork } from "../parse/mutation.ts";

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

test("no mutation and no prefix makes them throw or lead outside of the text", () => {
  fc.assert(
    fc.property(fileInWork, ({ text, cursor }) => {
      const lines = text.split("\n").length;
      for (const { from, to } of folds(text)) {
        expect(from).toBeLessThan(to);
        expect(to).toBeLessThanOrEqual(lines + text.split("\r").length);
      }
      let inner = { start: cursor, end: cursor };
      for (const span of selections(text, cursor)) {
        expect(span.start).toBeLessThanOrEqual(inner.start);
        expect(span.end).toBeGreaterThanOrEqual(inner.end);
        inner = span;
      }
      codeLinks(text);
    }),
    { numRuns: 300 },
  );
});
