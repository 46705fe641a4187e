import fc from "fast-check";
import { expect, test } from "vitest";
import { fileChanges } from "../../../src/core/compare/file-changes.ts";
import { readYaml } from "../../../src/core/parse/yaml-text.ts";

/** Each change in one line: `path: before → after`. */
function changes(before: string, after: string): readonly string[] {
  return fileChanges(readYaml(before).tree, readYaml(after).tree).map(
    (one) => `${one.path}: ${one.before ?? "∅"} → ${one.after ?? "∅"}`,
  );
}

const shop = `
# a shop
queues: {work: {arguments: {x-max-length: 3}}, "a.b": {}}
bindings:
  - {source: orders, destination: work}
  - {source: orders, destination: audit}
run: {duration: 10s, seed: 3}
`;

test.each<[what: string, before: string, after: string, changes: readonly string[]]>([
  ["a value", "seed: 3", "seed: 4", ["run.seed: 3 → 4"]],
  ["a key that is new", "seed: 3", "seed: 3, warmup: 1s", ["run.warmup: ∅ → 1s"]],
  ["a key that is gone", "duration: 10s, ", "", ["run.duration: 10s → ∅"]],
  [
    "a block that is new",
    '"a.b": {}',
    '"a.b": {x: 1, y: [2]}',
    [`queues["a.b"].x: ∅ → 1`, `queues["a.b"].y: ∅ → [2]`],
  ],
  ["a map for a value", "seed: 3", "seed: {a: 1}", ["run.seed: 3 → {a: 1}"]],
  ["a text for a number", "seed: 3", `seed: "3"`, [`run.seed: 3 → "3"`]],
  ["a changed item", "destination: audit", "destination: log", ["bindings[1].destination: audit → log"]],
  [
    "an item that is new in the middle",
    "  - {source: orders, destination: audit}",
    "  - {source: a, destination: b}\n  - {source: orders, destination: audit}",
    ["bindings[1]: ∅ → {source: a, destination: b}"],
  ],
  ["comments, quotes and layout", "# a shop", "# another\n\n", []],
  ["quotes around a text", "source: orders", `source: "orders"`, []],
])("%s", (_, from, to, expected) => {
  expect(shop).toContain(from);
  expect(changes(shop, shop.replace(from, to))).toEqual(expected);
});

test("long values are cut, also inside a pair of surrogates", () => {
  const [change] = changes("a: b", `a: ${"😀".repeat(100)}`);
  expect(change).not.toMatch(/\p{Surrogate}/u);
  expect(change?.length).toBeLessThan(100);
});

test("a text that is compared with itself has no change, and the way back has as many", () => {
  const text = fc.json({ maxDepth: 3 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(changes(one, one)).toEqual([]);
      expect(changes(one, other).length).toBe(changes(other, one).length);
    }),
  );
});
