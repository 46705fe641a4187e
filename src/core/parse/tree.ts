import type { Name, Span } from "../text/span.ts";

/** What a YAML text says, with places: the parser's own view, free of the YAML library. */
export type Tree = MapTree | ListTree | ScalarTree;

export interface MapTree {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Entry>;
  readonly span: Span;
}

export interface Entry {
  readonly key: Name;
  readonly value: Tree;
}

export interface ListTree {
  readonly kind: "list";
  readonly items: readonly Tree[];
  readonly span: Span;
}

export interface ScalarTree {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `3.10` where the value is 3.1. */
  readonly source: string;
  readonly span: Span;
  /** Stands for what could not be read, which has been reported. */
  readonly broken?: true;
}

/** The value under a key; undefined where the tree is no map or has no such key. */
export function at(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  let found = tree;
  for (const key of keys) found = found?.kind === "map" ? found.entries.get(key)?.value : undefined;
  return found;
}

/** The entries of a map; none for anything else. */
export function entriesOf(tree: Tree | undefined): Iterable<Entry> {
  return tree?.kind === "map" ? tree.entries.values() : [];
}

/** A text, or a number as it was written; undefined for anything else. */
export function textOf(tree: Tree | undefined): string | undefined {
  if (tree?.kind !== "scalar") return undefined;
  if (typeof tree.value === "string") return tree.value;
  return typeof tree.value === "number" ? tree.source : undefined;
}

export function nameOf(tree: Tree | undefined): Name | undefined {
  const text = textOf(tree);
  return text === undefined || tree === undefined ? undefined : { text, span: tree.span };
}

/** What a person sees where the tree stands, for messages: short, on one line. */
export function describe(tree: Tree): string {
  if (tree.kind === "map") return tree.entries.size === 0 ? "an empty map" : "a map";
  if (tree.kind === "list") return tree.items.length === 0 ? "an empty list" : "a list";
  if (tree.value === null) return "nothing";
  return `\`${shortened(tree.source)}\``;
}

/** Names and values go into messages as text on one line, never at full length. */
export function shortened(text: string): string {
  const line = text.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029`]+/gu, " ");
  return line.length <= 60 ? line : `${line.slice(0, 57)}…`;
}
