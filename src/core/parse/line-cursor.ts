/** A text that is not the plain YAML of `plain-yaml.ts`; the library reads it. */
export class NotPlain extends Error {}
export const notPlain = new NotPlain("not plain YAML");

export const code = {
  tab: 9,
  lineFeed: 10,
  carriageReturn: 13,
  space: 32,
  quote: 34,
  hash: 35,
  apostrophe: 39,
  comma: 44,
  dash: 45,
  point: 46,
  colon: 58,
  open: 91,
  backslash: 92,
  close: 93,
  openBrace: 123,
  closeBrace: 125,
} as const;

/** Characters with which an unquoted text cannot begin, or begins something else. */
const special: ReadonlySet<number> = new Set(
  Array.from("-?:,[]{}#&*!|>'\"%@`\uFEFF\t\n\r ", (character) => character.charCodeAt(0)),
);

/** A place in plain YAML, and the steps over spaces, comments, lines and words from there. */
export class LineCursor {
  protected readonly text: string;
  protected readonly end: number;
  protected at: number;
  /** Column of the next line with something on it, -1 at the end of the text. */
  protected column = -1;

  constructor(text: string, start: number, end: number) {
    this.text = text;
    this.at = start;
    this.end = end;
  }

  protected code(at: number): number {
    return at < this.end ? this.text.charCodeAt(at) : code.lineFeed;
  }

  protected spaces(): void {
    while (this.at < this.end && this.text.charCodeAt(this.at) === code.space) this.at++;
  }

  /** Past the spaces, comment and end of this line, to the next line with something on it. */
  protected restOfLine(): void {
    const from = this.at;
    this.spaces();
    const next = this.code(this.at);
    if (next === code.hash && this.at > from) this.lineEnd();
    else if (next !== code.lineFeed && next !== code.carriageReturn) throw notPlain;
    this.lines(this.at);
  }

  protected lineEnd(): void {
    const found = this.text.indexOf("\n", this.at);
    this.at = found < 0 || found > this.end ? this.end : found;
  }

  /** From the end or beginning of a line to the next line with something on it. */
  protected lines(from: number): void {
    this.at = from;
    let lineStart = from;
    for (;;) {
      if (this.at >= this.end) {
        this.column = -1;
        return;
      }
      const next = this.text.charCodeAt(this.at);
      if (next === code.lineFeed) lineStart = ++this.at;
      else if (next === code.space || next === code.carriageReturn) this.at++;
      else if (next === code.hash) this.lineEnd();
      else if (next === code.tab) throw notPlain;
      else {
        this.column = this.at - lineStart;
        return;
      }
    }
  }

  protected atDash(): boolean {
    return this.code(this.at) === code.dash && this.endsWord(this.at + 1, false);
  }

  /** Ends behind the last character that is no space. */
  protected plain(inFlow: boolean): void {
    const first = this.code(this.at);
    if (special.has(first) && (first !== code.dash || !isWord(this.code(this.at + 1)))) throw notPlain;
    let last = this.at;
    for (let at = this.at; at < this.end; at++) {
      const next = this.text.charCodeAt(at);
      if (next === code.space) continue;
      if (next === code.lineFeed || next === code.carriageReturn) break;
      if (next === code.tab) throw notPlain;
      if (next === code.colon && this.endsWord(at + 1, inFlow)) break;
      if (next === code.hash && last < at - 1) break;
      if (inFlow && isBracketOrComma(next)) break;
      last = at;
    }
    this.at = last + 1;
  }

  /** Whether a space, a line end or, inside brackets, one of theirs stands here. */
  protected endsWord(at: number, inFlow: boolean): boolean {
    const next = this.code(at);
    return (
      next === code.space ||
      next === code.lineFeed ||
      next === code.carriageReturn ||
      (inFlow && isBracketOrComma(next))
    );
  }

  protected quoted(quote: number): string {
    const start = this.at + 1;
    let doubled = false;
    for (let at = start; at < this.end; at++) {
      const next = this.text.charCodeAt(at);
      if (next < code.space || next === code.backslash) {
        if (next !== code.backslash || quote === code.quote) throw notPlain;
      } else if (next === quote) {
        if (quote === code.apostrophe && this.code(at + 1) === quote) {
          doubled = true;
          at++;
          continue;
        }
        this.at = at + 1;
        const text = this.text.slice(start, at);
        return doubled ? text.replaceAll("''", "'") : text;
      }
    }
    throw notPlain;
  }
}

function isBracketOrComma(unit: number): boolean {
  return (
    unit === code.comma ||
    unit === code.open ||
    unit === code.close ||
    unit === code.openBrace ||
    unit === code.closeBrace
  );
}

function isWord(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || unit === code.point || (unit >= 97 && unit <= 122);
}
