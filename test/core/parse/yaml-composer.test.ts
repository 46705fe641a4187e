import { expect } from "vitest";
import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Parser } from "yaml";
import { YamlComposer } from "../../../src/core/parse/yaml-composer.ts";
import type { YamlNode } from "../../../src/core/parse/yaml-node.ts";
import { describeReading } from "./reading.ts";

/** Names that the library has for what has one name here. */
const renamed: Readonly<Record<string, string>> = {
  MULTIPLE_ANCHORS: "MULTIPLE_PROPS",
  MULTIPLE_TAGS: "MULTIPLE_PROPS",
  ALIAS_PROPS: "UNEXPECTED_TOKEN",
  IMPOSSIBLE: "UNEXPECTED_TOKEN",
};

interface Read {
  readonly documents: readonly unknown[];
  /** Place and name of each, once. */
  readonly errors: readonly string[];
}

/** In a broken header of a block the library takes any digit for an indentation, and reports every line after it. */
const cascade = "Block scalar header includes extra characters";

function byLibrary(text: string): Read | undefined {
  const composer = new Composer({
    version: "1.2",
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const documents = [...composer.compose(new Parser().parse(text), true, text.length)];
  const found = documents.flatMap((document) => [...document.errors, ...document.warnings]);
  if (found.some(({ message }) => message.startsWith(cascade))) return undefined;
  const errors = found
    // The parser says itself what an alias without a name is.
    .filter(({ message }) => !message.includes("cannot be an empty string"))
    .map(({ code, pos }) => `${pos[0]} ${renamed[code] ?? code}`);
  return {
    documents: documents.flatMap(({ contents }) => (contents === null ? [] : [plainOf(contents)])),
    errors: [...new Set(errors)].sort(),
  };
}

function plainOf(node: unknown): unknown {
  if (isAlias(node)) return { alias: node.source, at: node.range?.slice(0, 2) };
  if (isPair(node)) return [plainOf(node.key), plainOf(node.value)];
  if (isMap(node)) return { map: node.items.map(plainOf), anchor: node.anchor, at: node.range?.[0] };
  if (isSeq(node)) return { list: node.items.map(plainOf), anchor: node.anchor, at: node.range?.[0] };
  if (isScalar(node)) return { value: node.value, anchor: node.anchor, at: node.range?.slice(0, 2) };
  return undefined;
}

function byOwn(text: string): Read {
  const composer = new YamlComposer();
  for (const token of new Parser().parse(text)) composer.take(token);
  composer.end(text.length);
  const errors = composer.errors.map(({ code, start }) => `${start} ${code}`);
  return { documents: composer.documents.map(described), errors: [...new Set(errors)].sort() };
}

function described(node: YamlNode | undefined): unknown {
  if (node === undefined) return undefined;
  const { start, end, anchor } = node;
  switch (node.kind) {
    case "alias":
      return { alias: node.name, at: [start, end] };
    case "map":
      return {
        map: node.pairs.map(({ key, value }) => [described(key), described(value)]),
        anchor,
        at: start,
      };
    case "list":
      return { list: node.items.map(described), anchor, at: start };
    case "scalar":
      return { value: node.value, anchor, at: [start, end] };
  }
}

function same(text: string): void {
  const [own, library] = [byOwn(text), byLibrary(text)];
  if (library === undefined) return;
  expect(own.errors, text).toEqual(library.errors);
  if (library.errors.length === 0) expect(own.documents, text).toEqual(library.documents);
}

describeReading("the library's own composer finds the same values and the same errors", same, 5);
