/** How deep in brackets a line begins, and whether a quoted text of an earlier line goes on. */
export interface LineState {
  readonly depth: number;
  readonly quote: string;
}

export interface SpacedLine {
  readonly text: string;
  readonly after: LineState;
}

/**
 * A line without its indentation, with one space after colons and commas and before comments, and none inside of brackets. Texts
 * stay as they are.
 */
export function spaced(line: string, before: LineState): SpacedLine {
  let { depth, quote } = before;
  let out = "";
  let at = 0;
  let keySeen = depth > 0 || quote !== "";
  const last = (): string => out.at(-1) ?? "";
  while (at < line.length) {
    const unit = line[at]!;
    if (quote !== "") {
      const end = quoteEnd(line, at, quote);
      out += line.slice(at, end ?? line.length);
      if (end !== undefined) quote = "";
      at = end ?? line.length;
      continue;
    }
    if (unit === "#" && (at === 0 || isBlank(line[at - 1]))) {
      out = `${out.trimEnd()}${out.trimEnd() === "" ? "" : " "}${line.slice(at).trimEnd()}`;
      break;
    }
    if ((unit === '"' || unit === "'") && startsToken(out)) {
      quote = unit;
      out += unit;
      at++;
      continue;
    }
    if ((unit === "{" || unit === "[") && (depth > 0 || startsToken(out))) {
      depth++;
      keySeen = true;
      out += unit;
      at = skipBlanks(line, at + 1);
      continue;
    }
    if (depth > 0 && (unit === "}" || unit === "]")) {
      depth--;
      out = `${last() === " " ? out.trimEnd() : out}${unit}`;
      if (out === `,${unit}`) out = unit;
      at++;
      continue;
    }
    if (depth > 0 && unit === ",") {
      out = `${out.trimEnd()},`;
      at = skipBlanks(line, at + 1);
      if (at < line.length && !"}]".includes(line[at]!)) out += " ";
      continue;
    }
    const separates = unit === ":" && (at + 1 >= line.length || isBlank(line[at + 1]));
    if (separates && (depth > 0 || !keySeen)) {
      keySeen = true;
      out = `${out.trimEnd()}:`;
      at = skipBlanks(line, at + 1);
      if (at < line.length) out += " ";
      continue;
    }
    out += unit;
    at++;
  }
  return { text: out.trimEnd(), after: { depth, quote } };
}

function quoteEnd(line: string, from: number, quote: string): number | undefined {
  for (let at = from; at < line.length; at++) {
    if (line[at] === "\\" && quote === '"') at++;
    else if (line[at] === quote) {
      if (quote === "'" && line[at + 1] === "'") at++;
      else return at + 1;
    }
  }
  return undefined;
}

/** A quote or a bracket opens something only where a value or a key begins. */
function startsToken(out: string): boolean {
  const before = out.trimEnd();
  return (
    before === "" ||
    (/[{[,:]$/u.test(before) && (out !== before || !before.endsWith(":"))) ||
    /(?:^|\s)-$/u.test(before)
  );
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (isBlank(line[at])) at++;
  return at;
}

function isBlank(unit: string | undefined): boolean {
  return unit === " " || unit === "\t";
}
