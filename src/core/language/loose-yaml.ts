import type { Path } from "../text/path.ts";
import type { Span } from "../text/span.ts";
import type { MapTree, Tree } from "../parse/tree.ts";
import { flowWordEnd, quotedEnd, scalarEnd, skipBlanks, trimmed } from "./loose-words.ts";
import { listAt, LooseBlocks, mapAt, nothing, scalar, type LooseMap } from "./loose-blocks.ts";

/**
 * Where a cursor stands: in a `key` of the map at `path`; in the `value` at `path`; at the `start` of what belongs to `path` on a
 * line of its own, be it a map, a list or a value; before the dash of an `item` of the list at `path`; in a `comment`.
 */
export interface Place {
  readonly role: "key" | "value" | "start" | "item" | "comment";
  readonly path: Path;
  /** The word that is being written, empty between words. */
  readonly word: Span;
  /** The map that a key is, or would be, part of. */
  readonly holder: MapTree | undefined;
  /** Within brackets. */
  readonly flow: boolean;
}

export interface LooseText {
  readonly root: MapTree;
  /** Of the cursor; undefined inside a text of several lines. */
  readonly place: Place | undefined;
}

const depthMax = 40;

/**
 * Reads a topology file as it is while somebody writes it: by indentation and brackets alone, never refusing anything. What
 * is well formed it reads as the parser does, but for anchors and texts of several lines.
 */
export function readLoosely(text: string, cursor = -1): LooseText {
  const reader = new LooseReader(text, cursor);
  reader.read();
  return { root: reader.blocks.root, place: reader.place };
}

/** `key:` at the beginning of a line, after dashes: quoted, or up to the first colon that a space or the end follows. */
const keyForm =
  /(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\n]|'')*)'|([^\s#"'{}[\],&*!|>%@`][^\n#]*?|[^\s#"'{}[\],&*!|>%@`]))[ \t]*:(?=[\s]|$)/uy;
const props = /(?:[&!][^\s,[\]{}]*[ \t]+)+/uy;

class LooseReader {
  readonly blocks = new LooseBlocks();
  place: Place | undefined = undefined;
  private readonly text: string;
  private readonly cursor: number;
  private at = 0;
  private lineStart = 0;
  /** Lines indented further than this are a text's. */
  private textIndent = Infinity;

  constructor(text: string, cursor: number) {
    this.text = text;
    this.cursor = cursor;
  }

  read(): void {
    while (this.lineStart <= this.text.length) {
      const end = this.endOfLine(this.lineStart);
      this.line(this.lineStart, this.text[end - 1] === "\r" && end > this.lineStart ? end - 1 : end);
      // Brackets may have read further.
      this.lineStart = this.endOfLine(Math.max(end, this.at)) + 1;
    }
  }

  private line(start: number, end: number): void {
    this.at = skipBlanks(this.text, start, end);
    const column = this.at - start;
    const isBlank = this.at === end;
    if (this.textIndent !== Infinity) {
      if (isBlank || column > this.textIndent) return;
      this.textIndent = Infinity;
    }
    if (isBlank) {
      if (this.holds(start, end)) this.between(this.cursor - start, this.cursor, this.cursor);
      return;
    }
    if (this.text[this.at] === "#") {
      this.comment(this.at, end);
      return;
    }
    if (column === 0 && /^(?:---|\.\.\.|%)/u.test(this.text.slice(start, start + 3))) return;
    this.content(column, end);
  }

  private content(firstColumn: number, end: number): void {
    let column = firstColumn;
    while (this.isDash(this.at, end)) {
      this.blocks.leave(column, true);
      this.blocks.item(column, this.at);
      const dash = this.at;
      this.at = skipBlanks(this.text, dash + 1, end);
      if (this.cursor === dash + 1 && this.at === end)
        this.set("item", this.blocks.path.slice(0, -1), dash, this.cursor);
      else if (this.holds(dash + 2, this.at === end ? end : this.at - 1))
        this.set("start", this.blocks.path, this.cursor, this.cursor);
      column = this.at - this.lineStart;
      if (this.at === end) return;
    }
    if (column === firstColumn) this.blocks.leave(column, false);
    const key = this.key(this.at, end);
    if (key === undefined) {
      this.bare(column, end);
      return;
    }
    this.blocks.key(column, key.name);
    const { span } = key.name;
    this.blocks.reach(end);
    if (this.holds(span.start, span.end))
      this.set("key", this.blocks.path.slice(0, -1), span.start, span.end, this.blocks.holder);
    this.value(key.after, end);
  }

  /** What stands behind `key:` on its line. */
  private value(from: number, end: number): void {
    this.at = this.skipProps(skipBlanks(this.text, from, end));
    const path = this.blocks.path;
    const { holder } = this.blocks;
    if (this.at >= end || this.text[this.at] === "#") {
      if (this.holds(from, Math.max(from, this.at - (this.at < end ? 1 : 0))))
        this.set("value", path, this.cursor, this.cursor, holder);
      this.comment(this.at, end);
      return;
    }
    if (this.holds(from, this.at - 1)) this.set("value", path, this.cursor, this.cursor, holder);
    this.node(path, end);
  }

  private node(path: Path, end: number): void {
    const first = this.text[this.at];
    if (first === "{" || first === "[") {
      this.blocks.put(this.flow(path, this.blocks.indent, 0));
      this.blocks.reach(this.at);
      return;
    }
    if (first === "|" || first === ">") {
      this.textIndent = this.blocks.indent;
      this.blocks.put(scalar("", { start: this.at, end }));
      return;
    }
    const word = scalarEnd(this.text, this.at, end);
    if (this.holds(this.at, word)) this.set("value", path, this.at, word, this.blocks.holder);
    this.blocks.put(this.scalarOf(this.at, word));
    this.blocks.reach(word);
    this.at = word;
    this.comment(skipBlanks(this.text, word, end), end);
  }

  /** A line that has no key: a key that is being written, or a value on a line of its own. */
  private bare(column: number, end: number): void {
    const first = this.text[this.at];
    const { awaits, kind, indent } = this.blocks.standing(column, false);
    const isValue = awaits && (kind === "list" || column > indent);
    if (isValue && (first === "{" || first === "[" || first === "|" || first === ">")) {
      this.node(this.blocks.path, end);
      return;
    }
    const start = this.at;
    const word = scalarEnd(this.text, start, end);
    if (this.holds(start, word)) this.between(column, start, word);
    if (isValue) this.blocks.put(this.scalarOf(start, word));
    this.blocks.reach(word);
    this.at = word;
    this.comment(skipBlanks(this.text, word, end), end);
  }

  /** The cursor's place in a line that holds nothing, or only the word from `start` to `end`, in this column. */
  private between(column: number, start: number, end: number): void {
    const standing = this.blocks.standing(column, start === end);
    const { kind, awaits, indent, path, inside, holder } = standing;
    if (awaits && column > indent) this.set("start", inside, start, end);
    else if (kind === "list") this.set("item", path, start, end);
    else this.set("key", path, start, end, holder);
  }

  private comment(at: number, end: number): void {
    if (this.text[at] !== "#" || at >= end) return;
    if (this.cursor > at && this.cursor <= end) this.set("comment", [], at, end);
    this.at = end;
  }

  private flow(path: Path, indent: number, depth: number): Tree {
    const start = this.at++;
    const isMap = this.text[start] === "{";
    const map = mapAt(start);
    const list = listAt(start);
    /** Whether a key or value may come here: not directly after another one. */
    let comes = true;
    for (;;) {
      const gap = this.at;
      const goesOn = this.flowBlanks(indent);
      const here = isMap ? path : [...path, list.items.length];
      const unit = this.text[this.at];
      const ends = !goesOn || unit === undefined;
      const isBetween = ends || unit === "," || unit === "}" || unit === "]";
      if (comes && this.holds(gap, isBetween ? this.at : this.at - 1))
        this.setFlow(isMap ? "key" : "value", here, this.cursor, this.cursor, isMap ? map : undefined);
      if (ends) break;
      if (unit === "}" || unit === "]") {
        if ((unit === "}") === isMap) this.at++;
        break;
      }
      if (unit === ",") {
        this.at++;
        comes = true;
        continue;
      }
      comes = false;
      if (isMap) this.flowEntry(map, path, indent, depth);
      else list.items.push(this.flowValue(here, indent, depth, undefined));
    }
    const node = isMap ? map : list;
    node.span = { start, end: this.at };
    return node;
  }

  private flowEntry(map: LooseMap, path: Path, indent: number, depth: number): void {
    const start = this.at;
    const end = flowWordEnd(this.text, start, true);
    this.at = Math.max(end, start + 1);
    const { source, span } = this.scalarOf(start, this.at);
    if (this.holds(start, end)) this.setFlow("key", path, start, end, map);
    const colon = skipBlanks(this.text, this.at, this.text.length);
    const inside = [...path, source];
    if (this.text[colon] !== ":") {
      map.entries.set(source, { key: { text: source, span }, value: nothing({ start: end, end }) });
      return;
    }
    this.at = colon + 1;
    const from = this.at;
    const entry = { key: { text: source, span }, value: nothing({ start: from, end: from }) as Tree };
    map.entries.set(source, entry);
    const goesOn = this.flowBlanks(indent);
    const unit = this.text[this.at];
    const isEmpty = !goesOn || unit === undefined || unit === "," || unit === "}" || unit === "]";
    if (this.holds(from, isEmpty ? this.at : this.at - 1))
      this.setFlow("value", inside, this.cursor, this.cursor, map);
    if (!isEmpty) entry.value = this.flowValue(inside, indent, depth, map);
  }

  private flowValue(path: Path, indent: number, depth: number, holder: MapTree | undefined): Tree {
    this.at = this.skipProps(this.at);
    const first = this.text[this.at];
    if ((first === "{" || first === "[") && depth < depthMax) return this.flow(path, indent, depth + 1);
    const start = this.at;
    const end = flowWordEnd(this.text, start, false);
    this.at = Math.max(end, start + 1);
    if (this.holds(start, end)) this.setFlow("value", path, start, end, holder);
    return this.scalarOf(start, Math.max(start, end));
  }

  /** Skips blanks, lines and comments between brackets; false where a line that is not indented ends them. */
  private flowBlanks(indent: number): boolean {
    for (;;) {
      this.at = skipBlanks(this.text, this.at, this.text.length);
      const unit = this.text[this.at];
      if (unit === "#" && /[\s]/u.test(this.text[this.at - 1] ?? " ")) {
        this.comment(this.at, this.endOfLine(this.at));
        this.at = this.endOfLine(this.at);
      } else if (unit === "\n" || unit === "\r") {
        const next = this.nextLine(this.at);
        const content = skipBlanks(this.text, next, this.text.length);
        const first = this.text[content];
        const isBlank = first === "\n" || first === "\r";
        const closes = first === "}" || first === "]";
        if (first !== undefined && !isBlank && content - next <= indent && !closes) return false;
        this.at = next;
      } else return unit !== undefined;
    }
  }

  private key(start: number, end: number) {
    keyForm.lastIndex = start;
    const found = keyForm.exec(this.text);
    if (found === null || start + found[0].length > end) return undefined;
    const colon = start + found[0].length - 1;
    const written = trimmed(this.text, start, colon);
    const { source, span } = this.scalarOf(start, written);
    return { name: { text: source, span }, after: colon + 1 };
  }

  /** As the parser has it: spans with quotes, text without. */
  private scalarOf(start: number, end: number) {
    const written = this.text.slice(start, end);
    const span = { start, end };
    if (end - start >= 2 && quotedEnd(this.text, start, end) === end) {
      const inside = written.slice(1, -1);
      return scalar(written.startsWith("'") ? inside.replaceAll("''", "'") : unescaped(inside), span);
    }
    return scalar(written, span);
  }

  private isDash(at: number, end: number): boolean {
    return this.text[at] === "-" && (at + 1 >= end || /\s/u.test(this.text[at + 1]!));
  }

  private holds(start: number, end: number): boolean {
    return this.place === undefined && this.cursor >= start && this.cursor <= end;
  }

  private set(role: Place["role"], path: Path, start: number, end: number, holder?: MapTree): void {
    this.place = { role, path, word: { start, end }, holder, flow: false };
  }

  private setFlow(
    role: Place["role"],
    path: Path,
    start: number,
    end: number,
    holder: MapTree | undefined,
  ): void {
    if (this.place === undefined) this.place = { role, path, word: { start, end }, holder, flow: true };
  }

  private skipProps(at: number): number {
    props.lastIndex = at;
    return at + (props.exec(this.text)?.[0].length ?? 0);
  }

  /** Before the line's end, whichever way it is written. */
  private endOfLine(from: number): number {
    const found = this.text.indexOf("\n", from);
    if (found === -1) return this.text.length;
    return found;
  }

  private nextLine(from: number): number {
    const found = this.text.indexOf("\n", from);
    return found === -1 ? this.text.length : found + 1;
  }
}

function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
