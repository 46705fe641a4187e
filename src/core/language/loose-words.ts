/** Behind a word between brackets; a key ends at its colon as well. */
export function flowWordEnd(text: string, start: number, isKey: boolean): number {
  const quoted = quotedEnd(text, start, text.length);
  if (quoted !== undefined) return quoted;
  let end = start;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (isFlowMark(unit)) break;
    if (unit === 35 && isSpace(text.charCodeAt(end - 1))) break;
    if (unit === 58 && isKey) {
      const next = text.charCodeAt(end + 1);
      if (Number.isNaN(next) || isSpace(next) || isFlowMark(next)) break;
    }
  }
  return trimmed(text, start, end);
}

/** Behind a value on its line, before a comment. */
export function scalarEnd(text: string, start: number, end: number): number {
  const quoted = quotedEnd(text, start, end);
  if (quoted !== undefined) return quoted;
  let comment = start;
  while (comment < end && !(text.charCodeAt(comment) === 35 && isSpace(text.charCodeAt(comment - 1))))
    comment++;
  return trimmed(text, start, comment);
}

/** Behind the quote that closes a text, on the same line; undefined where none is opened or closed. */
export function quotedEnd(text: string, start: number, end: number): number | undefined {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return undefined;
  for (let at = start + 1; at < end; at++) {
    const unit = text[at];
    if (unit === "\n") return undefined;
    if (unit === "\\" && quote === '"') at++;
    else if (unit === quote) {
      if (quote === "'" && text[at + 1] === "'") at++;
      else return at + 1;
    }
  }
  return undefined;
}

export function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  for (; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 32 && unit !== 9) break;
  }
  return at;
}

export function trimmed(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && (text[at - 1] === " " || text[at - 1] === "\t")) at--;
  return at;
}

/** A comma, a bracket, or the end of a line. */
function isFlowMark(unit: number): boolean {
  return (
    unit === 44 || unit === 123 || unit === 125 || unit === 91 || unit === 93 || unit === 10 || unit === 13
  );
}

function isSpace(unit: number): boolean {
  return unit === 32 || unit === 9 || unit === 10 || unit === 13;
}
