import { Parser } from "yaml";
import type { CST } from "yaml";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { Span } from "../text/span.ts";
import { charactersMax, depthMax } from "./limits.ts";
import { cutDepth } from "./token-depth.ts";
import type { Entry, Tree } from "./tree.ts";
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
  /** Problems that were added. */
  readonly reported: number;
}

/** A key at the beginning of a line opens a section, which is read apart from the others when one is broken. */
const sectionStart = /^(?:[A-Za-z_][\w.-]*|"[^"\n]*"|'[^'\n]*')[ \t]*:(?=[ \t\r\n]|$)/gmu;

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
    const before = this.problems.length;
    const whole = this.readSections(
      starts,
      (start, end) => this.plain(start, end) ?? this.section(start, end),
    );
    if (whole) return true;
    this.problems.length = before;
    this.tree = undefined;
    this.trees = new TreeReader(this.offsets, this.problems);
    return false;
  }

  private plain(start: number, end: number): Tree | undefined {
    const read = readPlain(this.text, start, end, this.offsets);
    if (read === undefined || !this.trees.take(read.values)) return undefined;
    for (const key of read.duplicates) this.trees.duplicate(key);
    return read.map;
  }

  /** A section by the library; "unclear" where it is not one alone. */
  private section(start: number, end: number): Tree | "unclear" | undefined {
    const { documents, tabs } = this.compose(this.text.slice(start, end), start);
    if (tabs || documents.length > 1) return "unclear";
    this.trees.base = start;
    const tree = this.contents(documents);
    return tree === undefined || tree.kind === "map" ? tree : "unclear";
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
      for (const [key, entry] of tree.entries)
        if (entries.has(key)) this.trees.duplicate(entry.key);
        else entries.set(key, entry);
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

  private contents(documents: readonly YamlNode[]): Tree | undefined {
    const [contents] = documents;
    return contents === undefined ? undefined : this.trees.read(contents);
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

  private compose(text: string, base: number): Composed {
    const before = this.problems.length;
    const tokens: CST.Token[] = [...new Parser().parse(text)];
    for (const token of tokens) {
      const cut = cutDepth(token);
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
    return { documents, broken, tabs, reported: this.problems.length - before };
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
