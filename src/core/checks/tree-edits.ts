import { at, entriesOf, type Entry, type ListTree, type MapTree, type Tree } from "../parse/tree.ts";
import type { Edit } from "../problems/problem.ts";
import type { Path } from "../text/path.ts";

const plain = /^[A-Za-z_][\w.-]*$/u;
const otherThanText = /^(?:true|false|null|yes|no|on|off)$/iu;

/** A name as YAML takes it for a text. */
export function written(name: string): string {
  return plain.test(name) && !otherThanText.test(name) ? name : JSON.stringify(name);
}

/** Several changes as one: lines that come to one place stand the deeper the earlier, each under what holds it. */
export function together(edits: readonly Edit[]): Edit[] {
  const places = new Map<number, string[]>();
  const kept: Edit[] = [];
  for (const edit of edits) {
    const { start, end } = edit.span;
    const lines = places.get(start);
    if (start !== end) kept.push(edit);
    else if (lines === undefined) places.set(start, [edit.text]);
    else lines.push(edit.text);
  }
  const depth = (text: string): number => /^\n( *)/u.exec(text)?.[1]?.length ?? 0;
  for (const [start, lines] of places)
    kept.push({ span: { start, end: start }, text: lines.sort((a, b) => depth(b) - depth(a)).join("") });
  return kept;
}

/** Edits of a text by what it says: values are YAML on one line. They keep everything else, comments included. */
export class TreeEdits {
  private readonly text: string;
  private readonly root: Tree | undefined;

  constructor(text: string, root: Tree | undefined) {
    this.text = text;
    this.root = root;
  }

  /** Puts a value in the place of that at the path, or adds it with the keys that lead to it. */
  set(written: Path, value: string): Edit[] {
    const path = hostedPath(written, this.root);
    let holder = this.root;
    for (const [depth, step] of path.entries()) {
      if (holder === undefined) return [];
      const inside = child(holder, step);
      const rest = path.slice(depth + 1).map(String);
      if (inside === undefined)
        return holder.kind === "map" ? [this.addKey(holder, [String(step), ...rest], value)] : [];
      const nothing = inside.value.kind === "scalar" && inside.value.value === null;
      if (rest.length === 0 || nothing) return [this.replaceValue(inside, nested(rest, value))];
      holder = inside.value;
    }
    return [];
  }

  /** Adds an item to the list at the path, or the list with this item. */
  append(path: readonly string[], item: string): Edit[] {
    const list = at(this.root, ...path);
    if (list?.kind !== "list") return this.set(path, `[${item}]`);
    const last = list.items.at(-1);
    if (this.text[list.span.start] === "[")
      return [this.insert(last?.span.end ?? list.span.start + 1, last === undefined ? item : `, ${item}`)];
    return last === undefined
      ? []
      : [this.insert(this.lineEnd(this.contentEnd(last)), `\n${this.indentAt(list.span.start)}- ${item}`)];
  }

  /** Takes a key with its value out of its map; the only one of a map in braces leaves the map empty. */
  removeKey(map: MapTree, key: string): Edit[] {
    const entries = [...map.entries.values()];
    const place = entries.findIndex((entry) => entry.key.text === key);
    const entry = entries[place];
    if (entry === undefined) return [];
    if (entries.length === 1)
      return this.text[map.span.start] === "{"
        ? [{ span: { start: entry.key.span.start, end: this.entryEnd(entry) }, text: "" }]
        : [];
    const next = entries[place + 1];
    if (this.text[map.span.start] === "{" || place === 0) {
      const start = place === 0 ? entry.key.span.start : this.entryEnd(entries[place - 1]!);
      const end = place === 0 ? next!.key.span.start : this.entryEnd(entry);
      return [{ span: { start, end }, text: "" }];
    }
    const start = this.lineEnd(this.entryEnd(entries[place - 1]!));
    return [{ span: { start, end: this.lineEnd(this.entryEnd(entry)) }, text: "" }];
  }

  /** Takes an item out of a list, which has others. */
  removeItem(list: ListTree, index: number): Edit[] {
    const item = list.items[index];
    if (item === undefined || list.items.length === 1) return [];
    const before = list.items[index - 1];
    const after = list.items[index + 1];
    if (this.text[list.span.start] === "[") {
      const start = before?.span.end ?? item.span.start;
      const end = before === undefined ? after!.span.start : item.span.end;
      return [{ span: { start, end }, text: "" }];
    }
    const start = this.text.lastIndexOf("\n", this.text.lastIndexOf("-", item.span.start)) + 1;
    return [
      { span: { start, end: Math.min(this.lineEnd(this.contentEnd(item)) + 1, this.text.length) }, text: "" },
    ];
  }

  private replaceValue({ key, value }: Entry, text: string): Edit {
    if (value.span.start !== key.span.start) return { span: value.span, text };
    const colon = this.colonAfter(key.span.end);
    return colon === undefined ? this.insert(key.span.end, `: ${text}`) : this.insert(colon, ` ${text}`);
  }

  private addKey(map: MapTree, [key = "", ...rest]: readonly string[], value: string): Edit {
    const last = [...map.entries.values()].at(-1);
    const text = `${written(key)}: ${nested(rest, value)}`;
    if (last === undefined) return this.insert(map.span.start + 1, text);
    if (this.text[map.span.start] === "{") return this.insert(this.entryEnd(last), `, ${text}`);
    const first = map.entries.values().next().value!;
    const indent = this.indentAt(first.key.span.start);
    const [inner] = rest;
    const lines =
      map === this.root && inner !== undefined
        ? `${written(key)}:\n${indent}  ${written(inner)}: ${nested(rest.slice(1), value)}`
        : text;
    return this.insert(this.lineEnd(this.entryEnd(last)), `\n${indent}${lines}`);
  }

  /** As many spaces as stand before the place, whatever stands there. */
  private indentAt(offset: number): string {
    return " ".repeat(offset - this.text.lastIndexOf("\n", offset - 1) - 1);
  }

  private entryEnd({ key, value }: Entry): number {
    if (value.kind === "scalar" && value.span.start === key.span.start)
      return this.colonAfter(key.span.end) ?? key.span.end;
    return this.contentEnd(value);
  }

  /** Where the last word of a value ends. */
  private contentEnd(tree: Tree): number {
    const block = this.text[tree.span.start] !== "{" && this.text[tree.span.start] !== "[";
    if (block && tree.kind === "map") {
      const last = [...tree.entries.values()].at(-1);
      if (last !== undefined) return this.entryEnd(last);
    }
    if (block && tree.kind === "list") {
      const last = tree.items.at(-1);
      if (last !== undefined) return this.contentEnd(last);
    }
    const { end } = tree.span;
    return this.text[end - 1] === "\n" ? end - 1 : end;
  }

  private lineEnd(offset: number): number {
    const end = this.text.indexOf("\n", offset);
    return end === -1 ? this.text.length : this.text[end - 1] === "\r" ? end - 1 : end;
  }

  /** Behind the colon that follows a key. */
  private colonAfter(offset: number): number | undefined {
    const found = /^["']?[ \t]*:/u.exec(this.text.slice(offset, offset + 20));
    return found === null ? undefined : offset + found[0].length;
  }

  private insert(offset: number, text: string): Edit {
    return { span: { start: offset, end: offset }, text };
  }
}

function child(holder: Tree, step: string | number): Entry | undefined {
  if (holder.kind === "map") return holder.entries.get(String(step));
  if (holder.kind !== "list" || typeof step !== "number") return undefined;
  const item = holder.items[step];
  return item === undefined
    ? undefined
    : { key: { text: String(step), span: { start: -1, end: -1 } }, value: item };
}

function nested(keys: readonly string[], value: string): string {
  return keys.reduceRight((inside, key) => `{${written(key)}: ${inside}}`, value);
}

/** Where a virtual host stands with what it declares. */
export function placeOfHost(vhost: string): readonly string[] {
  return vhost === "" ? ["rabbitmq"] : ["rabbitmq", "vhosts", vhost];
}

/** Where a thing of RabbitMQ stands that is named with its virtual host. */
export function hostedPath(path: Path, root: Tree | undefined): Path {
  const [section, kind, name] = path;
  if (section !== "rabbitmq" || (kind !== "queues" && kind !== "exchanges")) return path;
  for (const { key } of entriesOf(at(root, "rabbitmq", "vhosts")))
    if (typeof name === "string" && name.startsWith(`${key.text}/`))
      return ["rabbitmq", "vhosts", key.text, kind, name.slice(key.text.length + 1), ...path.slice(3)];
  return path;
}
