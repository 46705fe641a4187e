import type { Name } from "../text/span.ts";
import { depthMax, valuesMax } from "./limits.ts";
import { code, LineCursor, NotPlain, notPlain } from "./line-cursor.ts";
import type { OffsetMap } from "./offset-map.ts";
import { plainValue } from "./plain-scalar.ts";
import type { Entry, ListTree, MapTree, Tree } from "./tree.ts";

/** A tenth of what YAML allows for a key on one line. */
const keyMax = 100;

export interface PlainBlock {
  readonly tree: MapTree | ListTree;
  readonly values: number;
  /** Keys that stand a second time in their map. */
  readonly duplicates: readonly Name[];
}

/**
 * Reads a text, or a block in it from the beginning of a line. It is the YAML that nearly every topology is written in: maps, lists, and values on one line. It is some twenty times as
 * fast as the library and gives the same tree. Undefined for every other text, broken ones among them: the library reads those.
 */
export function readPlain(
  text: string,
  start: number,
  end: number,
  offsets: OffsetMap,
): PlainBlock | undefined {
  const reader = new PlainReader(text, start, end, offsets);
  try {
    return { tree: reader.block(), values: reader.values, duplicates: reader.duplicates };
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class PlainReader extends LineCursor {
  values = 0;
  readonly duplicates: Name[] = [];
  private readonly offsets: OffsetMap;
  private depth = 0;
  /** Where the last value ended, in the text that is read. */
  private valueEnd = 0;
  /** A line may close the outermost bracket in this column. */
  private closing = -1;

  constructor(text: string, start: number, end: number, offsets: OffsetMap) {
    super(text, start, end);
    this.offsets = offsets;
  }

  block(): MapTree | ListTree {
    this.lines(this.at);
    if (this.text.startsWith("---", this.at) && this.column === 0) {
      this.at += 3;
      this.restOfLine();
    }
    if (this.column < 0) throw notPlain;
    const block = this.atDash() ? this.blockList(this.column) : this.blockMap(this.column, true);
    if (this.at < this.end) throw notPlain;
    return block;
  }

  private count(): void {
    if (++this.values > valuesMax) throw notPlain;
  }

  private enter(): void {
    this.count();
    // Where the library's limit is near, the library decides.
    if (++this.depth > depthMax - 4) throw notPlain;
  }

  private blockMap(indent: number, atLineStart: boolean): MapTree {
    this.enter();
    const start = this.at;
    const entries = new Map<string, Entry>();
    let compact = !atLineStart;
    do {
      if (indent === 0 && this.text.startsWith("...", this.at)) throw notPlain;
      const key = this.key(false);
      const keyEnd = this.at;
      this.spaces();
      if (this.code(this.at) !== code.colon || !this.endsWord(this.at + 1, false)) throw notPlain;
      this.at++;
      this.add(entries, key, this.blockValue(indent, compact), keyEnd);
      compact = false;
    } while (this.column === indent && !this.atDash());
    if (this.column > indent) throw notPlain;
    this.depth--;
    return { kind: "map", entries, span: this.offsets.span(start, this.valueEnd) };
  }

  private add(entries: Map<string, Entry>, key: Name, value: Tree | undefined, keyEnd: number): void {
    if (value === undefined) {
      this.count();
      this.valueEnd = keyEnd;
    }
    if (entries.has(key.text)) this.duplicates.push(key);
    else
      entries.set(key.text, {
        key,
        value: value ?? { kind: "scalar", value: null, source: "", span: key.span },
      });
  }

  /** What stands behind a key's colon or below it; undefined for nothing. */
  private blockValue(indent: number, compact: boolean): Tree | undefined {
    const from = this.at;
    this.spaces();
    const next = this.code(this.at);
    if (next !== code.lineFeed && next !== code.carriageReturn && (next !== code.hash || this.at === from)) {
      this.closing = compact ? -1 : indent;
      const value = this.inline(indent);
      this.restOfLine();
      if (this.column > indent) throw notPlain;
      return value;
    }
    this.at = from;
    this.restOfLine();
    if (this.column > indent) return this.deeper(indent);
    return this.column === indent && this.atDash() ? this.blockList(indent) : undefined;
  }

  private deeper(indent: number): Tree {
    const first = this.code(this.at);
    if (first !== code.open && first !== code.openBrace)
      return this.atDash() ? this.blockList(this.column) : this.blockMap(this.column, true);
    this.closing = -1;
    const value = this.inline(indent);
    this.restOfLine();
    if (this.column > indent) throw notPlain;
    return value;
  }

  private blockList(indent: number): ListTree {
    this.enter();
    const start = this.at;
    const items: Tree[] = [];
    do {
      this.at++;
      this.spaces();
      if (this.endsWord(this.at, false)) throw notPlain;
      items.push(this.item(indent));
    } while (this.column === indent && this.atDash());
    if (this.column > indent) throw notPlain;
    this.depth--;
    return { kind: "list", items, span: this.offsets.span(start, this.valueEnd) };
  }

  private item(indent: number): Tree {
    const start = this.at;
    const first = this.code(start);
    this.closing = -1;
    if (first !== code.open && first !== code.openBrace) {
      const values = this.values;
      this.key(false);
      this.spaces();
      if (this.code(this.at) === code.colon) {
        const column = start - (this.text.lastIndexOf("\n", start) + 1);
        this.at = start;
        return this.blockMap(column, false);
      }
      this.values = values;
      this.at = start;
    }
    const item = this.inline(indent);
    this.restOfLine();
    return item;
  }

  /** A value that begins on this line: in brackets, in quotes or plain. */
  private inline(indent: number): Tree {
    const first = this.code(this.at);
    const value =
      first === code.open
        ? this.flowList(indent)
        : first === code.openBrace
          ? this.flowMap(indent)
          : this.scalar(false);
    this.valueEnd = this.at;
    return value;
  }

  private flowMap(indent: number): MapTree {
    this.enter();
    const start = this.at++;
    const { closing } = this;
    const entries = new Map<string, Entry>();
    for (this.flowSpace(indent, true, closing); this.code(this.at) !== code.closeBrace;) {
      const key = this.key(true);
      const keyEnd = this.at;
      this.spaces();
      let value: Tree | undefined;
      if (this.code(this.at) === code.colon) {
        if (!this.endsWord(++this.at, true)) throw notPlain;
        this.flowSpace(indent, false);
        const next = this.code(this.at);
        if (next !== code.comma && next !== code.closeBrace) value = this.flowValue(indent);
      }
      this.add(entries, key, value, keyEnd);
      this.flowSpace(indent, true, closing);
      this.comma(indent, code.closeBrace, closing);
    }
    this.at++;
    this.depth--;
    return { kind: "map", entries, span: this.offsets.span(start, this.at) };
  }

  private flowList(indent: number): Tree {
    this.enter();
    const start = this.at++;
    const { closing } = this;
    const items: Tree[] = [];
    for (this.flowSpace(indent, true, closing); this.code(this.at) !== code.close;) {
      items.push(this.flowValue(indent));
      this.flowSpace(indent, true, closing);
      this.comma(indent, code.close, closing);
    }
    this.at++;
    this.depth--;
    return { kind: "list", items, span: this.offsets.span(start, this.at) };
  }

  private comma(indent: number, close: number, closing: number): void {
    const next = this.code(this.at);
    if (next === code.comma) {
      this.at++;
      this.flowSpace(indent, true, closing);
    } else if (next !== close || this.at >= this.end) throw notPlain;
  }

  private flowValue(indent: number): Tree {
    this.closing = -1;
    const first = this.code(this.at);
    if (first === code.open) return this.flowList(indent);
    return first === code.openBrace ? this.flowMap(indent) : this.scalar(true);
  }

  /** Space, comments and line ends inside brackets; a new line stands deeper than the block around. */
  private flowSpace(indent: number, mayClose: boolean, closing = -1): void {
    const from = this.at;
    this.spaces();
    const next = this.code(this.at);
    if (next !== code.lineFeed && next !== code.carriageReturn && (next !== code.hash || this.at === from))
      return;
    this.at = from;
    this.restOfLine();
    if (this.column > indent) return;
    const close = this.code(this.at);
    if (!mayClose || this.column !== closing || (close !== code.close && close !== code.closeBrace))
      throw notPlain;
  }

  private key(inFlow: boolean): Name {
    const start = this.at;
    const first = this.code(start);
    let text: string;
    if (first === code.quote || first === code.apostrophe) text = this.quoted(first);
    else {
      this.plain(inFlow);
      text = this.text.slice(start, this.at);
    }
    if (this.at - start > keyMax) throw notPlain;
    return { text, span: this.offsets.span(start, this.at) };
  }

  private scalar(inFlow: boolean): Tree {
    this.count();
    const start = this.at;
    const first = this.code(start);
    if (first === code.quote || first === code.apostrophe) {
      const value = this.quoted(first);
      return { kind: "scalar", value, source: value, span: this.offsets.span(start, this.at) };
    }
    this.plain(inFlow);
    const source = this.text.slice(start, this.at);
    return {
      kind: "scalar",
      value: plainValue(source),
      source,
      span: this.offsets.span(start, this.at),
    };
  }
}
