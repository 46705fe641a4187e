import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topicMatches, TopicTrie } from "../../../src/core/queue/topic-pattern.ts";

const matching: readonly (readonly [pattern: string, key: string])[] = [
  ["", ""],
  ["#", ""],
  ["#.#", ""],
  ["a.*", "a."],
  ["*.*", "."],
  ["#", "a.b.c"],
  ["a.#", "a"],
  ["#.a", "a"],
  ["a.#.b", "a.b"],
  ["a.#.b", "a.x.y.b"],
  ["#.a.#", "x.a.y"],
  ["*.#", "a.b"],
  ["a.**", "a.**"],
  ["order.*.eu", "order.placed.eu"],
  ["#.b.#.b", "b.b"],
];

const other: readonly (readonly [pattern: string, key: string])[] = [
  ["*", ""],
  ["", "a"],
  ["a", "A"],
  ["*", "a.b"],
  ["a.*", "a"],
  ["a.#.b", "a"],
  ["*.#", ""],
  ["a*", "ab"],
  ["a.#x", "a.b"],
  ["#.b.#.b", "b"],
  ["a.b", "a.b."],
];

describe("a topic pattern", () => {
  it.each(matching)("'%s' matches '%s'", (pattern, key) => expect(topicMatches(pattern, key)).toBe(true));
  it.each(other)("'%s' does not match '%s'", (pattern, key) =>
    expect(topicMatches(pattern, key)).toBe(false),
  );
});

const word = fc.constantFrom("a", "b", "", "*", "#", "a*");
const text = fc.array(word, { maxLength: 6 }).map((words) => words.join("."));

/** The rule as it is said: `#` takes no word, or one and then again. */
function saysSo(pattern: readonly string[], key: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return key.length === 0;
  if (first === "#") return saysSo(rest, key) || (key.length > 0 && saysSo(pattern, key.slice(1)));
  return key.length > 0 && (first === "*" || first === key[0]) && saysSo(rest, key.slice(1));
}

const split = (all: string): string[] => (all === "" ? [] : all.split("."));

describe("patterns of one exchange", () => {
  it("match as the rule says", () => {
    fc.assert(
      fc.property(text, text, (pattern, key) => {
        expect(topicMatches(pattern, key)).toBe(saysSo(split(pattern), split(key)));
      }),
      { numRuns: 3000 },
    );
  });

  it("give in a trie what each gives alone", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), text, (patterns, key) => {
        const trie = new TopicTrie();
        for (const [number, pattern] of patterns.entries()) trie.add(pattern, number);
        const alone = patterns.flatMap((pattern, number) => (topicMatches(pattern, key) ? [number] : []));
        expect([...trie.match(key)].sort((a, b) => a - b)).toEqual(alone);
      }),
      { numRuns: 3000 },
    );
  });

  it("with many # stay fast", () => {
    const pattern = Array.from({ length: 60 }, () => "#.a").join(".");
    const key = Array.from({ length: 120 }, (_, i) => (i === 119 ? "b" : "a")).join(".");
    const trie = new TopicTrie();
    trie.add(pattern, 1);
    expect(trie.match(key).size).toBe(0);
    expect(topicMatches(pattern, key)).toBe(false);
  });
});
