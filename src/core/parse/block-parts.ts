import type { Span } from "../text/span.ts";

/** A key with nothing behind it, and the parts of the map or list below: where each begins, the first at the line below the key. */
export interface BlockParts {
  readonly key: Span;
  readonly kind: "map" | "list";
  readonly starts: readonly number[];
}

const blankLine = /[ ]*(?:#[^\n]*)?\r?\n/uy;
const bareKey = /[ ]*([A-Za-z_][\w.-]{0,99}):[ ]*(?: #[^\n]*)?\r?\n/uy;
const partKey = /(?:[A-Za-z_][\w.-]*|"[^"\n\\]*"|'[^'\n]*'):(?=[ \r\n]|$)/uy;
const partDash = /-(?=[ \r\n]|$)/uy;

/**
 * Where a block can be read in parts, so that what is broken in one takes no other along. In whole YAML everything below
 * the key in the column of its first line, if it begins as a part, is one: what goes on from the line above stands deeper.
 * Undefined where the text from `start` to `end` begins as anything else.
 */
export function blockParts(text: string, start: number, end: number): BlockParts | undefined {
  const head = lineBehind(text, start);
  const found = matchAt(bareKey, text, head);
  if (found === undefined || head + found[0].length >= end) return undefined;
  const column = head + found[0].indexOf(found[1]!);
  const key = { start: column, end: column + found[1]!.length };
  const below = head + found[0].length;
  const first = lineBehind(text, below);
  const indent = indentAt(text, first);
  const kind = matchAt(partDash, text, first + indent) === undefined ? "map" : "list";
  const part = kind === "map" ? partKey : partDash;
  const deepest = indent - (column - head);
  if (first >= end || deepest < (kind === "map" ? 1 : 0)) return undefined;
  if (matchAt(part, text, first + indent) === undefined) return undefined;
  const starts = [below];
  for (let line = nextLine(text, first); line < end; line = nextLine(text, line))
    if (indentAt(text, line) === indent && matchAt(part, text, line + indent) !== undefined)
      starts.push(line);
  return { key, kind, starts };
}

/** Past lines without anything but a comment. */
function lineBehind(text: string, start: number): number {
  let at = start;
  for (let blank = matchAt(blankLine, text, at); blank !== undefined; blank = matchAt(blankLine, text, at))
    at += blank[0].length;
  return at;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function indentAt(text: string, line: number): number {
  let at = line;
  while (text.charCodeAt(at) === 32) at++;
  return at - line;
}

function nextLine(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found < 0 ? text.length : found + 1;
}
