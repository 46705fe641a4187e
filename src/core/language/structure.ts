import type { Tree } from "../parse/tree.ts";
import { codes } from "../problems/catalogue.ts";
import { LineIndex } from "../text/line-index.ts";
import type { Span } from "../text/span.ts";
import { readLoosely } from "./loose-yaml.ts";

/** Lines counted from 1; the first one stays to be seen. */
export interface Fold {
  readonly from: number;
  readonly to: number;
  readonly comment: boolean;
}

/** What can be folded: entries that go over several lines, and comments of several lines. */
export function folds(text: string): Fold[] {
  const index = new LineIndex(text);
  const found = new Map<number, Fold>();
  const add = (start: number, end: number): void => {
    const from = index.position(start).line;
    const to = index.position(lastVisible(text, start, end)).line;
    if (to > from && (found.get(from)?.to ?? 0) < to) found.set(from, { from, to, comment: false });
  };
  visit(readLoosely(text).root, add);
  for (const match of text.matchAll(/^[ \t]*#[^\n]*(?:\n[ \t]*#[^\n]*)+/gmu)) {
    const from = index.position(match.index).line;
    found.set(from, { from, to: index.position(match.index + match[0].length).line, comment: true });
  }
  return [...found.values()].sort((a, b) => a.from - b.from);
}

/** Of each entry from its key, of each collection, from the outermost on. */
function visit(tree: Tree, take: (start: number, end: number) => void): void {
  if (tree.kind === "map")
    for (const { key, value } of tree.entries.values()) {
      take(key.span.start, Math.max(key.span.end, value.span.end));
      visit(value, take);
    }
  else if (tree.kind === "list")
    for (const item of tree.items) {
      take(item.span.start, item.span.end);
      visit(item, take);
    }
}

function lastVisible(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && /\s/u.test(text[at - 1] ?? "")) at--;
  return at;
}

/** What a growing selection takes in at a place, from the word to the whole file. */
export function selections(text: string, offset: number): Span[] {
  const { root, place } = readLoosely(text, offset);
  const found: Span[] = [{ start: 0, end: text.length }];
  const add = (start: number, end: number): void => {
    const last = lastVisible(text, start, end);
    if (start <= offset && offset <= last) found.push({ start, end: last });
  };
  const inside = (tree: Tree): void => {
    add(tree.span.start, tree.span.end);
    if (tree.kind === "map")
      for (const { key, value } of tree.entries.values()) {
        add(key.span.start, Math.max(key.span.end, value.span.end));
        inside(value);
      }
    else if (tree.kind === "list") tree.items.forEach(inside);
  };
  inside(root);
  if (place !== undefined && place.word.end > place.word.start) found.push(place.word);
  return nested(found);
}

/** Each within the one before, from the smallest to the largest, none twice. */
function nested(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => b.end - b.start - (a.end - a.start))) {
    const last = result.at(-1);
    const isInside = last === undefined || (last.start <= span.start && span.end <= last.end);
    const isSame = last?.start === span.start && last.end === span.end;
    if (isInside && !isSame) result.push(span);
  }
  return result.reverse();
}

/** A code in a comment that switches it off; its page says what it means. */
export interface CodeLink {
  readonly span: Span;
  readonly code: string;
}

export function codeLinks(text: string): CodeLink[] {
  const known = new Set<string>(codes);
  const found: CodeLink[] = [];
  for (const comment of text.matchAll(/#[ \t]*brokerlab-disable-next-line[ \t]+([^\n]*)/gu)) {
    const from = comment.index + comment[0].length - comment[1]!.length;
    for (const word of comment[1]!.matchAll(/[a-z][a-z-]*/gu)) {
      const start = from + word.index;
      if (known.has(word[0])) found.push({ code: word[0], span: { start, end: start + word[0].length } });
    }
  }
  return found;
}
