import { Parser } from "yaml";
import type { CST } from "yaml";
import { blockParts } from "./block-parts.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { Name, Span } from "../text/span.ts";
import { charactersMax, depthMax } from "./limits.ts";
import { cutDepth } from "./token-depth.ts";
import type { Entry, MapTree, Tree } from "./tree.ts";
import { TreeReader } from "./tree-reader.ts";
import { readPlain } from "./plain-yaml.ts";
import { quotePatterns } from "./unquoted-pattern.ts";
import type { OffsetMap } from "./offset-map.ts";
import { syntaxMessages } from "./syntax-message.ts";
import { YamlComposer } from "./yaml-composer.ts";
import type { YamlError, YamlErrorCode, YamlNode } from "./yaml-node.ts";

export interface YamlText {
  readonly tree: Tree | undefined;
  readonly problems: readonly Problem[];
}

/** Errors that are found on what follows. */
const endings: ReadonlySet<YamlErrorCode> = new Set(["BAD_INDENT", "MISSING_CHAR"]);

interface Composed {
  readonly documents: YamlNode[];
  readonly broken: boolean;
  /** A tab stands where a line is indented. */
  readonly tabs: boolean;
  /** Something lay too deep and was left out. */
  readonly cut: boolean;
  /** Problems that were added. */
  readonly reported: number;
}

/** A key at the beginning of a line opens a section, which is read apart from the others when one is broken. */
const sectionStart = /^(?:[A-Za-z_][\w.-]*|"[^"\n]*"|'[^'\n]*')[ \t]*:(?=[ \t\r\n]|$)/gmu;

/** A broken block is read in parts down to this depth: that of the settings of a queue. */
const partsDepthMax = 3;

/** Where a document begins or ends inside a text. */
const documentMark = /^(?:---|\.\.\.)(?=\s|$)/mu;

const indentingTab = /^ *\t/mu;

/**
 * Reads YAML into a tree with places. Never throws; what cannot be read is left out and reported. With `byLibrary` nothing
 * is read by the faster `plain-yaml.ts`: the tree is the same.
 */
export function readYaml(written: string, byLibrary = false): YamlText {
  if (written.length > charactersMax)
    return {
      tree: undefined,
      problems: [
        syntaxProblem(
          { start: 0, end: Math.min(written.length, 1) },
          `The file has ${written.length} characters; BrokerLab reads at most ${charactersMax}. Split it, or generate less.`,
        ),
      ],
    };
  const quoted = quotePatterns(written);
  const { text, control } = readable(quoted.text);
  const reader = new YamlReader(quoted.offsets, text);
  if (control !== undefined)
    reader.report(
      control,
      control + 1,
      "A control character stands here; YAML allows only tab and line ends. Delete it.",
    );
  reader.read(byLibrary);
  return { tree: reader.tree, problems: [...quoted.problems, ...reader.problems] };
}

/** A text of the same length that the YAML library reads: a lone CR ends a line, control characters are replaced. */
function readable(written: string): { text: string; control: number | undefined } {
  const text = written.includes("\r") ? written.replaceAll(/\r(?!\n)/gu, "\n") : written;
  const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/u;
  const control = text.search(controls);
  if (control < 0) return { text, control: undefined };
  return { text: text.replaceAll(new RegExp(controls, "gu"), "\ufffd"), control };
}

function syntaxProblem(span: Span, message: string): Problem {
  return problem("yaml-syntax", span, { message });
}

/** Composes a text, and its sections apart where one of them is broken. */
class YamlReader {
  tree: Tree | undefined = undefined;
  readonly problems: Problem[] = [];
  private readonly offsets: OffsetMap;
  private text: string;
  private trees: TreeReader;

  constructor(offsets: OffsetMap, text: string) {
    this.offsets = offsets;
    this.text = text;
    this.trees = new TreeReader(offsets, this.problems);
  }

  report(start: number, end: number, message: string): void {
    this.problems.push(syntaxProblem(this.offsets.span(start, Math.max(end, start)), message));
  }

  read(byLibrary: boolean): void {
    if (!byLibrary && this.readQuickly()) return;
    let whole = this.compose(this.text, 0);
    if (whole.tabs) {
      this.problems.length -= whole.reported;
      this.spacesForTabs();
      whole = this.compose(this.text, 0);
    }
    const starts = whole.broken ? this.sectionStarts() : [];
    if (this.isOne(starts)) {
      this.take(whole.documents);
      return;
    }
    this.problems.length -= whole.reported;
    if (this.tryReading(() => this.readSections(starts, (start, end) => this.block(start, end, 0, false))))
      return;
    this.readSections(starts, (start, end) => {
      const { documents } = this.compose(this.text.slice(start, end), start);
      this.trees.base = start;
      return this.contents(documents);
    });
  }

  private sectionStarts(): number[] {
    return [...this.text.matchAll(sectionStart)].map((match) => match.index);
  }

  /** Whether the text has no sections to be read apart. */
  private isOne(starts: readonly number[]): boolean {
    return starts.length < 2 || /^\s*[{[]/u.test(this.text);
  }

  /** Without the library, or with it only for the sections that need it. False where it has to see the whole. */
  private readQuickly(): boolean {
    this.tree = this.plain(0, this.text.length);
    if (this.tree !== undefined) return true;
    const starts = this.sectionStarts();
    if (this.isOne(starts) || indentingTab.test(this.text)) return false;
    if (documentMark.test(this.text.slice(starts[0]))) return false;
    return this.tryReading(() =>
      this.readSections(starts, (start, end) => {
        const tree = this.block(start, end, 0, true);
        return tree === undefined || tree === "unclear" || tree.kind === "map" ? tree : "unclear";
      }),
    );
  }

  /** Forgets what was read where the reading ends in nothing. */
  private tryReading(read: () => boolean): boolean {
    const before = this.problems.length;
    if (read()) return true;
    this.problems.length = before;
    this.tree = undefined;
    this.trees = new TreeReader(this.offsets, this.problems);
    return false;
  }

  private plain(start: number, end: number): Tree | undefined {
    const read = readPlain(this.text, start, end, this.offsets);
    if (read === undefined || !this.trees.take(read.values)) return undefined;
    for (const key of read.duplicates) this.trees.duplicate(key);
    return read.tree;
  }

  /**
   * A block that begins at the beginning of a line, `depth` blocks deep, and what is broken in it in parts: without the
   * library where `quick` and plain. "unclear" where that cannot be told of the block alone.
   */
  private block(
    start: number,
    end: number,
    depth: number,
    quick: boolean,
    key?: Name,
  ): Tree | "unclear" | undefined {
    const plain = quick ? this.plain(start, end) : undefined;
    if (plain !== undefined) return plain;
    let composed = quick ? undefined : this.compose(this.text.slice(start, end), start, depth);
    if (composed?.broken !== false) {
      if (composed !== undefined) this.problems.length -= composed.reported;
      const parts = depth < partsDepthMax ? this.inParts(start, end, depth, quick) : undefined;
      if (parts !== undefined) return parts;
      composed = this.compose(this.text.slice(start, end), start, depth);
    }
    const { documents, tabs, cut } = composed;
    if (tabs || documents.length > 1 || (cut && depth > 0)) return "unclear";
    this.trees.base = start;
    return this.contents(documents, key);
  }

  private inParts(start: number, end: number, depth: number, quick: boolean): Tree | "unclear" | undefined {
    const found = blockParts(this.text, start, end);
    if (found === undefined) return undefined;
    const key = {
      text: this.text.slice(found.key.start, found.key.end),
      span: this.offsets.span(found.key.start, found.key.end),
    };
    const entries = new Map<string, Entry>();
    const items: Tree[] = [];
    let span: Span | undefined;
    for (const [index, from] of found.starts.entries()) {
      const part = this.block(from, found.starts[index + 1] ?? end, depth + 1, quick, key);
      // A block around the part alone has been counted with it.
      if (part === "unclear" || !this.trees.take(index === 0 ? 1 : -1)) return "unclear";
      if (part?.kind !== found.kind) continue;
      span = { start: span?.start ?? part.span.start, end: part.span.end };
      if (part.kind === "list") items.push(...part.items);
      else this.enter(entries, part);
    }
    if (span === undefined) return undefined;
    const value: Tree =
      found.kind === "list" ? { kind: "list", items, span } : { kind: "map", entries, span };
    return {
      kind: "map",
      entries: new Map([[key.text, { key, value }]]),
      span: { start: key.span.start, end: span.end },
    };
  }

  private enter(entries: Map<string, Entry>, part: MapTree): void {
    for (const [name, entry] of part.entries)
      if (entries.has(name)) this.trees.duplicate(entry.key);
      else entries.set(name, entry);
  }

  /** Each section alone, so that an error in one cannot take the others along. False where one is unclear. */
  private readSections(
    starts: readonly number[],
    read: (start: number, end: number) => Tree | "unclear" | undefined,
  ): boolean {
    const entries = new Map<string, Entry>();
    const sections = [0, ...starts.filter((start) => start > 0)];
    let span: Span | undefined;
    for (const [index, start] of sections.entries()) {
      const tree = read(start, sections[index + 1] ?? this.text.length);
      if (tree === "unclear") return false;
      if (tree?.kind !== "map") continue;
      span = { start: span?.start ?? tree.span.start, end: tree.span.end };
      this.enter(entries, tree);
    }
    if (span !== undefined) this.tree = { kind: "map", entries, span };
    return true;
  }

  private take(documents: readonly YamlNode[]): void {
    this.tree = this.contents(documents);
    const second = documents[1];
    if (second !== undefined) {
      const { start } = second;
      this.report(
        start,
        start + 1,
        "A second document begins here; a topology file holds one. Move it to a file of its own.",
      );
    }
  }

  private contents(documents: readonly YamlNode[], key?: Name): Tree | undefined {
    const [contents] = documents;
    return contents === undefined ? undefined : this.trees.read(contents, key);
  }

  /** Reports tabs in front of lines once, and goes on as if each were a space, so that the rest is read. */
  private spacesForTabs(): void {
    const indents = /^ *\t[ \t]*/gmu;
    const tabs = [...this.text.matchAll(indents)].map(({ 0: indent, index }) => ({
      span: this.offsets.span(index, index + indent.length),
      text: indent.replaceAll("\t", "  "),
    }));
    const first = tabs[0];
    if (first === undefined) return;
    const message = "A tab indents this line; YAML indents with spaces only. Replace it with spaces.";
    const fix = { title: "Replace tabs with spaces", edits: tabs };
    this.problems.push(problem("yaml-syntax", first.span, { message }, [fix]));
    this.text = this.text.replaceAll(indents, (indent) => indent.replaceAll("\t", " "));
  }

  private compose(text: string, base: number, depth = 0): Composed {
    const before = this.problems.length;
    const tokens: CST.Token[] = [...new Parser().parse(text)];
    let anyCut = false;
    for (const token of tokens) {
      const cut = cutDepth(token, depth);
      anyCut ||= cut !== undefined;
      if (cut !== undefined)
        this.report(
          base + cut,
          base + cut + 1,
          `Values are nested more than ${depthMax} deep here; a topology needs far less. What lies deeper is left out.`,
        );
    }
    const composer = new YamlComposer();
    for (const token of tokens) composer.take(token);
    composer.end(text.length);
    const { documents, errors } = composer;
    const broken = errors.some(({ harmless }) => !harmless);
    const tabs = errors.some(({ code }) => code === "TAB_AS_INDENT");
    for (const error of errors) this.syntaxError(error, base, base + text.length);
    return { documents, broken, tabs, cut: anyCut, reported: this.problems.length - before };
  }

  private syntaxError(error: YamlError, base: number, end: number): void {
    const last = this.problems.at(-1);
    const found = Math.min(base + error.start, end);
    const start = found === end || endings.has(error.code) ? this.lastBefore(found, base) : found;
    const behind = start === found ? Math.max(start, Math.min(base + error.end, end)) : start + 1;
    const span = this.offsets.span(start, Math.min(behind, this.text.length));
    // One slip makes several errors of one kind at one place.
    if (last?.code === "yaml-syntax" && last.span.start === span.start) return;
    this.problems.push(syntaxProblem(span, syntaxMessages[error.code]));
  }

  /** Something is missing at the end of what was read: that is where the last character stands, not on the line after. */
  private lastBefore(offset: number, base: number): number {
    let at = Math.min(offset, this.text.length) - 1;
    while (at > base && /\s/u.test(this.text[at]!)) at--;
    return Math.max(at, base);
  }
}
