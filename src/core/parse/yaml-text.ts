import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Parser } from "yaml";
import type { CST, Document, Node, Pair, YAMLError } from "yaml";
import { problem, replace } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { Name, Span } from "../text/span.ts";
import { charactersMax, depthMax, valuesMax } from "./limits.ts";
import { cutDepth } from "./token-depth.ts";
import type { Entry, ScalarTree, Tree } from "./tree.ts";
import { shortened } from "./tree.ts";
import { quotePatterns } from "./unquoted-pattern.ts";
import type { OffsetMap } from "./offset-map.ts";
import { syntaxMessage } from "./syntax-message.ts";

export interface YamlText {
  readonly tree: Tree | undefined;
  readonly problems: readonly Problem[];
}

type YamlDocument = Document.Parsed;

interface Composed {
  readonly documents: YamlDocument[];
  readonly broken: boolean;
  /** A tab stands where a line is indented. */
  readonly tabs: boolean;
  /** Problems that were added. */
  readonly reported: number;
}

/** A key at the beginning of a line opens a section, which is read apart from the others when one is broken. */
const sectionStart = /^(?:[A-Za-z_][\w.-]*|"[^"\n]*"|'[^'\n]*')[ \t]*:(?=[ \t\r\n]|$)/gmu;

/** Reads YAML into a tree with places. Never throws; what cannot be read is left out and reported. */
export function readYaml(written: string): YamlText {
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
  const reader = new TreeReader(quoted.offsets, text);
  if (control !== undefined)
    reader.report(
      control,
      control + 1,
      "A control character stands here; YAML allows only tab and line ends. Delete it.",
    );
  reader.read();
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

interface Anchored {
  readonly tree: Tree;
  readonly values: number;
}

class TreeReader {
  tree: Tree | undefined;
  readonly problems: Problem[] = [];
  private readonly offsets: OffsetMap;
  private text: string;
  /** By anchor; undefined while its own value is being read. */
  private readonly anchors = new Map<string, Anchored | undefined>();
  private values = 0;
  private full = false;
  private readonly endings: ReadonlySet<string> = new Set(["BAD_INDENT", "MISSING_CHAR"]);
  /** Where the section that is being read begins in the text. */
  private base = 0;

  constructor(offsets: OffsetMap, text: string) {
    this.offsets = offsets;
    this.text = text;
  }

  report(start: number, end: number, message: string): void {
    this.problems.push(syntaxProblem(this.offsets.span(start, Math.max(end, start)), message));
  }

  read(): void {
    let whole = this.compose(this.text, 0);
    if (whole.tabs) {
      this.problems.length -= whole.reported;
      this.spacesForTabs();
      whole = this.compose(this.text, 0);
    }
    const starts = whole.broken ? [...this.text.matchAll(sectionStart)].map((match) => match.index) : [];
    if (starts.length < 2 || /^\s*[{[]/u.test(this.text)) {
      this.take(whole.documents);
      return;
    }
    this.problems.length -= whole.reported;
    this.readSections(starts);
  }

  /** Each section alone, so that an error in one cannot take the others along. */
  private readSections(starts: readonly number[]): void {
    const entries = new Map<string, Entry>();
    let order = 0;
    for (const [index, start] of [0, ...starts.filter((start) => start > 0)].entries()) {
      const sections = [0, ...starts.filter((other) => other > 0)];
      const { documents } = this.compose(
        this.text.slice(start, sections[index + 1] ?? this.text.length),
        start,
      );
      this.base = start;
      const tree = this.contents(documents);
      if (tree?.kind !== "map") continue;
      for (const [key, entry] of tree.entries) {
        if (entries.has(key)) this.duplicate(entry.key);
        else entries.set(key, entry);
        order++;
      }
    }
    this.base = 0;
    if (order > 0) this.tree = { kind: "map", entries, span: this.span(0, this.text.length) };
  }

  private take(documents: readonly YamlDocument[]): void {
    this.tree = this.contents(documents);
    const second = documents[1];
    if (second !== undefined) {
      const start = second.contents?.range[0] ?? second.range[0];
      this.report(
        start,
        start + 1,
        "A second document begins here; a topology file holds one. Move it to a file of its own.",
      );
    }
  }

  private contents(documents: readonly YamlDocument[]): Tree | undefined {
    const contents = documents[0]?.contents;
    return contents === null || contents === undefined ? undefined : this.value(contents, undefined);
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
    const composer = new Composer({
      version: "1.2",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    });
    const documents = [...composer.compose(tokens, true, text.length)] as YamlDocument[];
    let broken = false;
    let tabs = false;
    for (const document of documents) {
      for (const error of document.errors) {
        if (error.code === "BAD_ALIAS") continue;
        broken = true;
        if (error.code === "TAB_AS_INDENT") tabs = true;
        this.syntaxError(error, base);
      }
      for (const warning of document.warnings) this.syntaxError(warning, base);
    }
    return { documents, broken, tabs, reported: this.problems.length - before };
  }

  private syntaxError(error: YAMLError, base: number): void {
    const last = this.problems.at(-1);
    const found = base + error.pos[0];
    const start = this.endings.has(error.code)
      ? this.lastBefore(found, base)
      : Math.min(found, Math.max(0, this.text.length - 1));
    const span = this.offsets.span(start, start === found ? Math.max(start, base + error.pos[1]) : start + 1);
    // One slip makes the library report several errors of one kind at one place.
    if (last?.code === "yaml-syntax" && last.span.start === span.start) return;
    this.problems.push(syntaxProblem(span, syntaxMessage(error.code, error.message)));
  }

  /** Something is missing at the end of what was read: that is where the last character stands, not on the line after. */
  private lastBefore(offset: number, base: number): number {
    let at = Math.min(offset, this.text.length) - 1;
    while (at > base && /\s/u.test(this.text[at]!)) at--;
    return Math.max(at, base);
  }

  private span(start: number, end: number): Span {
    return this.offsets.span(this.base + start, this.base + end);
  }

  private spanOf(node: Node): Span {
    const range = node.range;
    return range === null || range === undefined ? this.span(0, 0) : this.span(range[0], range[1]);
  }

  private value(node: Node | null, key: Name | undefined): Tree {
    if (this.values++ >= valuesMax) return this.tooMany(node);
    if (node === null) return this.nothing(this.span(0, 0));
    const anchor = isAlias(node) ? undefined : node.anchor;
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    const before = this.values;
    const tree = this.valueOfKind(node, key);
    if (anchor !== undefined) this.anchors.set(anchor, { tree, values: this.values - before + 1 });
    return tree;
  }

  private valueOfKind(node: Node, key: Name | undefined): Tree {
    if (isAlias(node)) return this.alias(node.source, this.spanOf(node), key);
    if (isMap(node)) return { kind: "map", entries: this.entries(node.items), span: this.spanOf(node) };
    if (isSeq(node)) {
      const items = node.items.map((item) =>
        isPair(item) ? this.value(item.value as Node | null, key) : this.value(item as Node, key),
      );
      return { kind: "list", items, span: this.spanOf(node) };
    }
    if (isScalar(node)) return this.scalar(node.value, node.source, this.spanOf(node));
    return this.nothing(this.span(0, 0));
  }

  private scalar(value: unknown, source: string | undefined, span: Span): ScalarTree {
    const written = source ?? String(value);
    if (
      value === null ||
      typeof value === "string" ||
      typeof value === "number" ||
      typeof value === "boolean"
    )
      return { kind: "scalar", value, source: typeof value === "string" ? value : written, span };
    return { kind: "scalar", value: written, source: written, span };
  }

  private nothing(span: Span): ScalarTree {
    return { kind: "scalar", value: null, source: "", span };
  }

  private broken(span: Span): ScalarTree {
    return { ...this.nothing(span), broken: true };
  }

  private entries(pairs: readonly Pair[]): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const pair of pairs) {
      const key = this.key(pair.key as Node | null);
      if (key === undefined) continue;
      const value = this.value(pair.value as Node | null, key);
      const placed =
        value.kind === "scalar" && value.value === null && value.span.start >= value.span.end
          ? { ...value, span: key.span }
          : value;
      if (entries.has(key.text)) this.duplicate(key);
      else entries.set(key.text, { key, value: placed });
    }
    return entries;
  }

  private duplicate(key: Name): void {
    this.problems.push(
      syntaxProblem(
        key.span,
        `The key \`${shortened(key.text)}\` stands here a second time; only the first counts. Rename or delete one.`,
      ),
    );
  }

  private key(node: Node | null): Name | undefined {
    if (node === null) return undefined;
    const span = this.spanOf(node);
    if (isScalar(node)) {
      if (node.anchor !== undefined)
        this.anchors.set(node.anchor, { tree: this.scalar(node.value, node.source, span), values: 1 });
      return {
        text: typeof node.value === "string" ? node.value : (node.source ?? String(node.value)),
        span,
      };
    }
    if (isAlias(node)) {
      const tree = this.alias(node.source, span, undefined);
      return tree.kind === "scalar" && tree.value !== null ? { text: tree.source, span } : undefined;
    }
    this.problems.push(syntaxProblem(span, "A map or a list stands here as a key; a key is a text."));
    return undefined;
  }

  private alias(name: string, span: Span, key: Name | undefined): Tree {
    const known = this.anchors.get(name);
    if (known !== undefined) {
      this.values += known.values;
      return this.values > valuesMax ? this.tooMany(undefined, span) : known.tree;
    }
    const pattern = `*${name}`;
    if (this.anchors.has(name))
      this.problems.push(
        syntaxProblem(
          span,
          `The alias \`${shortened(pattern)}\` stands inside its own anchor, so it has no end. Write the value out.`,
        ),
      );
    else if (name === "" || /[.#]/u.test(name) || (key !== undefined && /routing[_-]key$/u.test(key.text))) {
      this.problems.push(
        problem("pattern-unquoted", span, { pattern: shortened(pattern), taken: "an alias" }, [
          replace(`Quote the pattern: "${shortened(pattern)}"`, span, JSON.stringify(pattern)),
        ]),
      );
      return { kind: "scalar", value: pattern, source: pattern, span };
    } else
      this.problems.push(
        syntaxProblem(
          span,
          `The alias \`${shortened(pattern)}\` has no anchor \`&${shortened(name)}\` above it. Quote it if it is a text, or write the anchor.`,
        ),
      );
    return this.broken(span);
  }

  private tooMany(node: Node | null | undefined, span?: Span): ScalarTree {
    const where = span ?? (node === null || node === undefined ? this.span(0, 0) : this.spanOf(node));
    if (!this.full) {
      this.full = true;
      this.problems.push(
        syntaxProblem(
          where,
          `With its aliases put in place the file has more than ${valuesMax} values. Write less, or use fewer aliases of aliases.`,
        ),
      );
    }
    return this.broken(where);
  }
}
