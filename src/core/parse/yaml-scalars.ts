import type { CST } from "yaml";
import type { Report } from "./yaml-node.ts";

/** Line ends inside an unquoted or quoted text: one is a space, of several all but the first stay. (YAML 1.2.2 §6.5) */
const fold = String.raw`(?<![ \t])[ \t]*(?:\r?\n[ \t]*)+`;
const folds = new RegExp(fold, "gu");
const inDoubleQuotes = new RegExp(
  String.raw`\\\r?\n[ \t]*|\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[^])|${fold}`,
  "gu",
);

const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
  "\t": "\t",
};

function folded(lines: string): string {
  const count = lines.split("\n").length - 1;
  return count === 1 ? " " : "\n".repeat(count - 1);
}

/** The text of a value on one line or several, in quotes or not. */
export function flowText({ type, offset, source }: CST.FlowScalar, report: Report): string {
  if (type === "scalar") {
    if (/^[\t,%|>@`]/u.test(source)) report("BAD_SCALAR_START", offset);
    return source.replaceAll(folds, folded);
  }
  const quote = type === "single-quoted-scalar" ? "'" : '"';
  const inner = source.slice(1, -1);
  if (source.length === 1 || !source.endsWith(quote)) report("MISSING_CHAR", offset + source.length);
  if (quote === "'") return inner.replaceAll(folds, folded).replaceAll("''", "'");
  return inner.replaceAll(inDoubleQuotes, (found, at: number) => {
    if (!found.startsWith("\\")) return folded(found);
    const letter = found[1]!;
    if (letter === "\n" || letter === "\r") return "";
    const point = found.length > 2 ? Number.parseInt(found.slice(2), 16) : undefined;
    if (point !== undefined && point <= 0x10ffff) return String.fromCodePoint(point);
    const escaped = point === undefined && Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (escaped === undefined) report("BAD_DQ_ESCAPE", offset + 1 + at);
    return escaped ?? found;
  });
}

interface Header {
  readonly folds: boolean;
  /** Columns, as written after the mark; 0 where the first line decides. */
  readonly indent: number;
  readonly chomp: string;
  readonly length: number;
}

function headerOf({ offset, props }: CST.BlockScalar, report: Report): Header {
  const source = "source" in props[0]! ? props[0].source : "";
  let length = source.length;
  let separated = false;
  for (const token of props.slice(1)) {
    if (token.type === "space") separated = true;
    else if (token.type !== "newline" && (token.type !== "comment" || !separated))
      report(token.type === "comment" ? "MISSING_CHAR" : "UNEXPECTED_TOKEN", token);
    if ("source" in token) length += token.source.length;
  }
  const signs = /^[|>](?:([1-9])([-+]?)|([-+])([1-9]?))?/u.exec(source);
  const read = signs?.[0].length ?? 1;
  if (read < source.length) report("UNEXPECTED_TOKEN", offset + read);
  return {
    folds: source.startsWith(">"),
    indent: Number(signs?.[1] ?? signs?.[4] ?? 0),
    chomp: signs?.[2] ?? signs?.[3] ?? "",
    length,
  };
}

/** The text of the lines under `|` or `>`, and the length of all of it. (YAML 1.2.2 §8.1) */
export function blockText(
  token: CST.BlockScalar,
  atRoot: boolean,
  report: Report,
): { text: string; length: number } {
  const header = headerOf(token, report);
  const length = header.length + token.source.length;
  const written = token.source.split("\n");
  const lines = written.map((line) => line.replace(/\r$/u, ""));
  const first = lines.findIndex((line) => /[^ ]/u.test(line));
  if (first < 0)
    return {
      text: header.chomp === "+" && token.source !== "" ? "\n".repeat(Math.max(1, lines.length - 1)) : "",
      length,
    };
  const own = lines[first]!.search(/[^ ]/u);
  const least = token.indent + header.indent;
  const indent = header.indent === 0 ? own : least;
  let at = token.offset + header.length;
  for (const [index, line] of written.entries()) {
    const begin = lines[index]!.search(/[^ ]/u);
    if (index === first) {
      const blank = Math.max(0, ...lines.slice(0, first).map((before) => before.length));
      if (own < least || (header.indent === 0 && own < blank)) report("MISSING_CHAR", at + own);
      if (indent === 0 && !atRoot) report("BAD_INDENT", at);
    }
    if (begin >= 0 && begin < indent) report("BAD_INDENT", at + begin);
    at += line.length + 1;
  }
  const content = lines.map((line) => line.slice(Math.min(indent, Math.max(0, line.search(/[^ ]|$/u)))));
  const ending = content.findLastIndex((line) => line !== "") + 1;
  const text = header.folds ? foldedBlock(content.slice(0, ending)) : content.slice(0, ending).join("\n");
  if (header.chomp === "-") return { text, length };
  const kept = header.chomp === "+" ? Math.max(1, content.length - ending) : 1;
  return { text: text + "\n".repeat(kept), length };
}

function foldedBlock(lines: readonly string[]): string {
  let text = "";
  let ends = 0;
  let before = true;
  for (const [index, line] of lines.entries()) {
    if (line === "") {
      ends++;
      continue;
    }
    const indented = line.startsWith(" ") || line.startsWith("\t");
    if (index === ends) text = "\n".repeat(ends);
    else if (indented || before) text += "\n".repeat(ends + 1);
    else text += ends === 0 ? " " : "\n".repeat(ends);
    text += line;
    before = indented;
    ends = 0;
  }
  return text;
}
