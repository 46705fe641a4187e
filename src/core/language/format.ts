import { parse } from "../parse/parse.ts";
import type { Tree } from "../parse/tree.ts";
import { spaced, type LineState } from "./line-spacing.ts";
import { plainerQuantities } from "./written-quantities.ts";

/**
 * The file with two spaces for each step of indentation, one space after colons and commas, one empty line at most between
 * others, and quantities in their plainest unit; comments and order stay. Undefined for a file that cannot be read
 * throughout, and where the result would say anything else: a formatter never changes what is meant.
 */
export function format(text: string): string | undefined {
  const before = parse(text);
  if (before.problems.some(({ code }) => code === "yaml-syntax")) return undefined;
  const quantities = plainerQuantities(before.tree, text);
  let plainer = "";
  let from = 0;
  for (const { span, text: plain } of quantities) {
    plainer += text.slice(from, span.start) + plain;
    from = span.end;
  }
  plainer += text.slice(from);
  const result = laidOut(plainer);
  if (result === undefined || result === text) return result;
  const isSame = sameContent(parse(plainer).tree, parse(result).tree) && comments(text) === comments(result);
  return isSame ? result : undefined;
}

interface Level {
  /** Where it stands in the text, and where it will. */
  readonly column: number;
  readonly indent: number;
  readonly list: boolean;
}

/** Undefined where the layout says more than indentation does: tabs, explicit indentation of texts, several documents. */
function laidOut(text: string): string | undefined {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(/\r?\n/u);
  const out: string[] = [];
  const levels: Level[] = [];
  let pending: string[] = [];
  let state: LineState = { depth: 0, quote: "" };
  let flowIndent = 0;
  for (let number = 0; number < lines.length; number++) {
    const line = lines[number]!;
    const content = line.trim();
    const column = line.length - line.trimStart().length;
    if (state.quote !== "") {
      const goesOn = spaced(line, state);
      state = goesOn.after;
      out.push(goesOn.text);
      continue;
    }
    if (content === "") {
      pending.push("");
      continue;
    }
    if (line.slice(0, column).includes("\t") || /^(?:---|\.\.\.|%)/u.test(line)) return undefined;
    if (state.depth > 0) {
      const closing = /^[}\]]+/u.exec(content)?.[0].length ?? 0;
      const goesOn = spaced(content, state);
      for (const comment of pending)
        if (comment !== "") out.push(" ".repeat(flowIndent + 2 * state.depth) + comment.trim());
      pending = [];
      out.push(" ".repeat(flowIndent + 2 * Math.max(0, state.depth - closing)) + goesOn.text);
      state = goesOn.after;
      continue;
    }
    if (content.startsWith("#")) {
      pending.push(line);
      continue;
    }
    const known = [...levels];
    const indent = indentOf(levels, column, content.startsWith("- ") || content === "-");
    flushComments(out, pending, known, column, indent);
    pending = [];
    const { dashes, rest, column: inner } = withoutDashes(content, column);
    let innerIndent = indent;
    for (let dash = 0; dash < dashes; dash++) innerIndent += 2;
    if (dashes > 1) return undefined;
    if (dashes === 1 && rest !== "") levels.push({ column: inner, indent: innerIndent, list: false });
    const laid = spaced(rest, state);
    const mark = dashes === 1 ? (rest === "" ? "-" : "- ") : "";
    out.push(" ".repeat(indent) + mark + laid.text);
    state = laid.after;
    flowIndent = indent;
    const block = /(?:^|[:\s-])[|>]([+-]?\d?[+-]?)\s*(?:#.*)?$/u.exec(laid.text);
    if (block !== null && state.depth === 0 && state.quote === "") {
      if (/\d/u.test(block[1]!)) return undefined;
      number = blockText(lines, number, column, innerIndent + 2, out);
    }
  }
  if (state.depth > 0 || state.quote !== "") return undefined;
  for (const comment of pending.filter((one) => one !== ""))
    out.push(" ".repeat(nearest(levels, indentColumn(comment))) + comment.trim());
  return `${collapse(out).join(end)}${end}`;
}

/** Copies the lines of a text of several lines; answers the last one's number. */
function blockText(
  lines: readonly string[],
  at: number,
  parent: number,
  indent: number,
  out: string[],
): number {
  let last = at;
  let first: number | undefined;
  for (let number = at + 1; number < lines.length; number++) {
    const line = lines[number]!;
    const column = indentColumn(line);
    if (line.trim() !== "" && column <= parent) break;
    if (line.trim() !== "") {
      first ??= column;
      last = number;
    }
  }
  for (let number = at + 1; number <= last; number++) {
    const line = lines[number]!;
    out.push(
      line.trim() === ""
        ? ""
        : " ".repeat(indent + Math.max(0, indentColumn(line) - (first ?? 0))) + line.trimStart(),
    );
  }
  return last;
}

/** Where a line in this column goes; it opens and closes levels on the way. */
function indentOf(levels: Level[], column: number, dash: boolean): number {
  while (levels.length > 0) {
    const top = levels.at(-1)!;
    if (top.column < column || (top.column === column && (top.list === dash || !top.list))) break;
    levels.pop();
  }
  const top = levels.at(-1);
  if (top !== undefined && top.column === column && top.list === dash) return top.indent;
  // A list may stand in the column of its key; it is set in by one step.
  const indent = top === undefined ? 0 : top.indent + 2;
  levels.push({ column, indent, list: dash });
  return indent;
}

function withoutDashes(content: string, column: number) {
  let rest = content;
  let at = column;
  let dashes = 0;
  for (let found = /^-(?:\s+|$)/u.exec(rest); found !== null; found = /^-(?:\s+|$)/u.exec(rest)) {
    dashes++;
    at += found[0].length;
    rest = rest.slice(found[0].length);
  }
  return { dashes, rest, column: at };
}

/** Comments go with the line after them, unless they stand in the column of what is above. */
function flushComments(
  out: string[],
  pending: readonly string[],
  known: readonly Level[],
  column: number,
  indent: number,
): void {
  for (const comment of pending) {
    if (comment === "") out.push("");
    else {
      const own = indentColumn(comment);
      const above = own > column ? known.findLast((level) => level.column === own) : undefined;
      out.push(" ".repeat(above?.indent ?? indent) + comment.trim());
    }
  }
}

function nearest(levels: readonly Level[], column: number): number {
  return levels.findLast((level) => level.column <= column)?.indent ?? 0;
}

function indentColumn(line: string): number {
  return line.length - line.trimStart().length;
}

/** No empty line at either end, and no two in a row. */
function collapse(lines: readonly string[]): string[] {
  const kept = lines.filter((line, at) => line !== "" || (at > 0 && lines[at - 1] !== ""));
  if (kept[0] === "") kept.shift();
  while (kept.at(-1) === "") kept.pop();
  return kept;
}

function comments(text: string): string {
  return [...text.matchAll(/(?:^|\s)#[^\n]*/gu)].map(([comment]) => comment.trim()).join("\n");
}

/** Whether two trees hold the same, wherever it stands. */
function sameContent(a: Tree | undefined, b: Tree | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.kind === "scalar") return b.kind === "scalar" && Object.is(a.value, b.value) && a.source === b.source;
  if (a.kind === "list")
    return (
      b.kind === "list" &&
      a.items.length === b.items.length &&
      a.items.every((item, at) => sameContent(item, b.items[at]))
    );
  if (b.kind !== "map" || a.entries.size !== b.entries.size) return false;
  const others = [...b.entries.values()];
  return [...a.entries.values()].every(({ key, value }, at) => {
    const other = others[at];
    return other !== undefined && key.text === other.key.text && sameContent(value, other.value);
  });
}
