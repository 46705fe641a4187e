import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLoosely, type Place } from "../../../src/core/language/loose-yaml.ts";
import type { Tree } from "../../../src/core/parse/tree.ts";
import { readYaml } from "../../../src/core/parse/yaml-text.ts";
import { project, read } from "../../tidy/files.ts";
import { fileInWork } from "../parse/mutation.ts";

const examples = ["examples", "starters"].flatMap((folder) =>
  readdirSync(join(project, folder)).flatMap((name) => (name.endsWith(".yaml") ? [`${folder}/${name}`] : [])),
);

/** Keys and values in order, with their places; of a text of several lines its beginning. */
function outline(tree: Tree | undefined): unknown {
  if (tree === undefined) return undefined;
  if (tree.kind === "map")
    return [...tree.entries.values()].map(({ key, value }) => [
      key.text,
      key.span.start,
      key.span.end,
      outline(value),
    ]);
  if (tree.kind === "list") return tree.items.map(outline);
  if (tree.value === null) return null;
  return /[\n]|^$/.test(tree.source) ? tree.span.start : [tree.source, tree.span.start, tree.span.end];
}

/** The text with the cursor taken out, and its place. */
function placeAt(marked: string): (Omit<Place, "holder"> & { siblings: string[]; text: string }) | undefined {
  const cursor = marked.indexOf("│");
  const text = marked.replace("│", "");
  const { place } = readLoosely(text, cursor);
  if (place === undefined) return undefined;
  const { holder, ...rest } = place;
  return {
    ...rest,
    siblings: [...(holder?.entries.keys() ?? [])],
    text: text.slice(place.word.start, place.word.end),
  };
}

describe("a well-formed file", () => {
  test.each(examples)("%s is read as the parser reads it", (file) => {
    const text = read(file);
    expect(outline(readLoosely(text).root)).toEqual(outline(readYaml(text).tree));
    const windows = text.replaceAll("\n", "\r\n");
    expect(outline(readLoosely(windows).root)).toEqual(outline(readYaml(windows).tree));
  });

  test.each(examples)("%s has a place for every key and value", (file) => {
    const text = read(file);
    const visit = (tree: Tree, path: (string | number)[]): void => {
      if (tree.kind === "map")
        for (const { key, value } of tree.entries.values()) {
          for (const cursor of [key.span.start, key.span.end]) {
            const { place } = readLoosely(text, cursor);
            expect([place?.role, place?.path, place?.word]).toEqual(["key", path, key.span]);
          }
          visit(value, [...path, key.text]);
        }
      else if (tree.kind === "list") tree.items.forEach((item, index) => visit(item, [...path, index]));
      else if (tree.value !== null && !tree.source.includes("\n")) {
        const { place } = readLoosely(text, tree.span.end);
        expect([place?.path, place?.word]).toEqual([path, tree.span]);
      }
    };
    visit(readYaml(text).tree!, []);
  });
});

const head = "topology: 1\n";

describe("a file that is being written", () => {
  test.each<[string, string, Place["role"], (string | number)[], string, string[]]>([
    ["nothing", "│", "key", [], "", []],
    ["a key", "top│", "key", [], "top", []],
    ["a value", "topology: │", "value", ["topology"], "", ["topology"]],
    ["a value's word", "run: {calibration: la│", "value", ["run", "calibration"], "la", ["calibration"]],
    ["under a key", `${head}rabbitmq:\n  │`, "start", ["rabbitmq"], "", []],
    ["a word under a key", `${head}rabbitmq:\n  que│`, "start", ["rabbitmq"], "que", []],
    ["a second key", `${head}rabbitmq:\n  queues: {}\n  │`, "key", ["rabbitmq"], "", ["queues"]],
    ["back at the left", `${head}rabbitmq:\n  queues: {}\n│`, "key", [], "", ["topology", "rabbitmq"]],
    ["between entries", `run:\n  seed: 1\n  │\n  warmup: 1s`, "key", ["run"], "", ["seed", "warmup"]],
    ["an entry of a list", `expect:\n  - │`, "start", ["expect", 0], "", []],
    ["a second entry", `expect:\n  - metric: x\n  - m│`, "start", ["expect", 1], "m", []],
    ["before a dash", `expect:\n  - metric: x\n  │`, "item", ["expect"], "", []],
    ["a bare dash", `expect:\n  -│`, "item", ["expect"], "-", []],
    ["inside an entry", `expect:\n  - metric: x\n    │`, "key", ["expect", 0], "", ["metric"]],
    ["a list at its key's column", `expect:\n- metric: x\n  b│`, "key", ["expect", 0], "b", ["metric"]],
    ["after a brace", `queues: {│`, "key", ["queues"], "", []],
    ["in closed braces", `queues: {a: 1, │}`, "key", ["queues"], "", ["a"]],
    ["an empty map", `queues: {│}`, "key", ["queues"], "", []],
    ["a word in braces", `run: {se│, warmup: 1s}`, "key", ["run"], "se", ["se", "warmup"]],
    ["a list in brackets", `queues: [a, │]`, "value", ["queues", 1], "", []],
    [
      "an unclosed brace, and a line after it",
      `producers:\n  a: {topic: o,\n  b: {topic: │}\n`,
      "value",
      ["producers", "b", "topic"],
      "",
      ["topic"],
    ],
    ["a map over several lines", `run: {\n  seed: 1,\n  │\n}`, "key", ["run"], "", ["seed"]],
    ["a quoted word", `a: {b: "c│"}`, "value", ["a", "b"], '"c"', ["b"]],
    ["a comment", `a: 1 # so│`, "comment", [], "# so", []],
    ["a broken line before", `a: "x\nb:\n  │`, "start", ["b"], "", []],
  ])("%s", (_, marked, role, path, text, siblings) => {
    const place = placeAt(marked);
    const held =
      place?.role === "start" || place?.role === "item" || place?.role === "comment" ? [] : siblings;
    expect(place).toMatchObject({ role, path, text });
    expect(place?.siblings).toEqual(held);
  });

  test("a text of several lines has no place", () => {
    expect(placeAt("description: |\n  some │\nrun: {}")).toBeUndefined();
    expect(placeAt("description: |\n  some\nrun: {│}")).toMatchObject({ role: "key", path: ["run"] });
  });

  test("names after an empty line that is indented less still belong to their map", () => {
    const { root } = readLoosely("queues:\n  a: {}\n\n  b: {}\n", 17);
    expect(outline(root)).toEqual([["queues", 0, 6, [expect.anything(), expect.anything()]]]);
  });
});

test("no mutation and no prefix makes it throw, or places the cursor outside its word", () => {
  fc.assert(
    fc.property(fileInWork, ({ text, cursor }) => {
      const { place } = readLoosely(text, cursor);
      if (place === undefined) return;
      expect(place.word.start).toBeLessThanOrEqual(cursor);
      expect(place.word.end).toBeGreaterThanOrEqual(cursor);
    }),
    { numRuns: 500 },
  );
});
