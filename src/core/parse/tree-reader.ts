import { isAlias, isMap, isNode, isPair, isScalar, isSeq } from "yaml";
import type { Node, Pair } from "yaml";
import { problem, replace } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { Name, Span } from "../text/span.ts";
import { valuesMax } from "./limits.ts";
import type { OffsetMap } from "./offset-map.ts";
import { shortened } from "./tree.ts";
import type { Entry, ScalarTree, Tree } from "./tree.ts";

interface Anchored {
  readonly tree: Tree;
  readonly values: number;
}

/** Turns the YAML library's nodes into the parser's own tree: aliases in their place, keys once, limits kept. */
export class TreeReader {
  /** Where the text begins from which the nodes were composed. */
  base = 0;
  private readonly offsets: OffsetMap;
  private readonly problems: Problem[];
  /** By anchor; undefined while its own value is being read. */
  private readonly anchors = new Map<string, Anchored | undefined>();
  private values = 0;
  private full = false;

  constructor(offsets: OffsetMap, problems: Problem[]) {
    this.offsets = offsets;
    this.problems = problems;
  }

  read(node: Node): Tree {
    return this.value(node, undefined);
  }

  /** Counts values that were read elsewhere; false where they are too many. */
  take(values: number): boolean {
    if (this.values + values > valuesMax) return false;
    this.values += values;
    return true;
  }

  private syntax(span: Span, message: string): Problem {
    return problem("yaml-syntax", span, { message });
  }

  private span(start: number, end: number): Span {
    return this.offsets.span(this.base + start, this.base + end);
  }

  private spanOf(node: Node): Span {
    const range = node.range;
    return range === null || range === undefined ? this.span(0, 0) : this.span(range[0], endOf(node));
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

  duplicate(key: Name): void {
    this.problems.push(
      this.syntax(
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
    this.problems.push(this.syntax(span, "A map or a list stands here as a key; a key is a text."));
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
        this.syntax(
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
        this.syntax(
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
        this.syntax(
          where,
          `With its aliases put in place the file has more than ${valuesMax} values. Write less, or use fewer aliases of aliases.`,
        ),
      );
    }
    return this.broken(where);
  }
}

/** Where a node's last character stands: a block of lines ends with its last value, not with the comments behind it. */
function endOf(node: Node): number {
  const end = node.range?.[1] ?? 0;
  if ((!isMap(node) && !isSeq(node)) || node.flow === true) return end;
  const last = node.items.at(-1);
  if (!isPair(last)) return isNode(last) ? endOf(last) : end;
  const { key, value } = last;
  const range = isNode(value) ? value.range : undefined;
  if (isNode(value) && range && range[0] < range[1]) return endOf(value);
  return isNode(key) ? endOf(key) : end;
}
