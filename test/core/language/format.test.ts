import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { format } from "../../../src/core/language/format.ts";
import { parse } from "../../../src/core/parse/parse.ts";
import { edit, mutate, texts } from "../parse/mutation.ts";

/** Without places, which formatting moves. */
const meaning = (text: string): unknown => {
  const bare = (_: string, value: unknown): unknown => (value instanceof Map ? [...value] : value);
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => (key === "span" ? [] : [[key, strip(inner)]])),
    );
  };
  const { topology } = parse(text);
  return strip(JSON.parse(JSON.stringify(topology, bare)));
};

describe("a formatted file", () => {
  test.each([
    [
      "indentation is two spaces",
      "topology: 1\nrun:\n    seed: 3\n    warmup: 1s",
      "topology: 1\nrun:\n  seed: 3\n  warmup: 1s\n",
    ],
    [
      "lists stand below their key",
      "topology: 1\nexpect:\n- metric: lost.broker\n  equals: 0\n",
      "topology: 1\nexpect:\n  - metric: lost.broker\n    equals: 0\n",
    ],
    [
      "dashes have one space",
      "expect:\n  -   metric: a\n      equals: 0\n",
      "expect:\n  - metric: a\n    equals: 0\n",
    ],
    [
      "a colon without a space is part of a word",
      "run: { seed:3, warmup :  1s }",
      "run: {seed:3, warmup: 1s}\n",
    ],
    [
      "spaces around colons and commas",
      "run: { seed: 3 ,  warmup:   1s }\nname:   A   b",
      "run: {seed: 3, warmup: 1s}\nname: A   b\n",
    ],
    [
      "comments stay",
      "# one\ntopology: 1   # two\nrun:\n    # three\n    seed: 3\n",
      "# one\ntopology: 1 # two\nrun:\n  # three\n  seed: 3\n",
    ],
    [
      "a comment below its block stays with it",
      "run:\n    seed: 3\n    # of run\nname: a\n",
      "run:\n  seed: 3\n  # of run\nname: a\n",
    ],
    ["one empty line is enough", "topology: 1\n\n\n\nname: a\n\n\n", "topology: 1\n\nname: a\n"],
    [
      "units",
      "run: {duration: 60000 ms, warmup: 1000us}\nproducers: {a: {size: 2048B, rate: 5 /s}}",
      "run: {duration: 60s, warmup: 1ms}\nproducers: {a: {size: 2KiB, rate: 5/s}}\n",
    ],
    ["quotes", "name: 'a:  {b'\ndescription: \"x,y  #z\"\n", "name: 'a:  {b'\ndescription: \"x,y  #z\"\n"],
    [
      "texts of several lines",
      "description: >\n     one\n      two\n\n     three\nname: a\n",
      "description: >\n  one\n   two\n\n  three\nname: a\n",
    ],
    [
      "brackets over several lines",
      "run: {\n      seed: 3,\n  warmup: 1s\n }\n",
      "run: {\n  seed: 3,\n  warmup: 1s\n}\n",
    ],
    ["Windows' lines", "run:\r\n    seed: 3\r\n", "run:\r\n  seed: 3\r\n"],
    ["what cannot be read stays", "run: {seed: 3\nname: a", undefined],
  ])("%s", (_, text, wanted) => {
    expect(format(text)).toBe(wanted);
  });

  test("is what every example is already", () => {
    // The last text lines its comments up.
    for (const text of texts.slice(0, -1)) expect(format(text)).toBe(text);
  });

  test("says what it said, and formatting twice equals once", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(edit, { maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (text, edits, factor) => {
          const wider = text
            .replaceAll(/^ +/gmu, (indent) => indent.repeat(factor))
            .replaceAll(": {", ":   { ");
          const mutant = mutate(wider, edits);
          const once = format(mutant);
          if (once === undefined) return;
          expect(format(once)).toBe(once);
          expect(meaning(once)).toEqual(meaning(mutant));
        },
      ),
      { numRuns: 300 },
    );
  });
});
