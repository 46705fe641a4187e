import { problem, replace } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { Name, Span } from "../text/span.ts";
import { valuesMax } from "./limits.ts";
import type { OffsetMap } from "./offset-map.ts";
import { shortened } from "./tree.ts";
import type { Entry, ScalarTree, Tree } from "./tree.ts";
import type { Pair, YamlNode } from "./yaml-node.ts";

interface Anchored {
  readonly tree: Tree;
  readonly values: number;
}

/** Turns nodes into the parser's own tree: aliases in their place, keys once, limits kept. */
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

  /** `key`: whose value it is a part of. */
  read(node: YamlNode, key?: Name): Tree {
    return this.value(node, key);
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

  private spanOf({ start, end }: YamlNode): Span {
    return this.span(start, end);
  }

  private value(node: YamlNode | undefined, key: Name | undefined): Tree {
    if (this.values++ >= valuesMax) return this.tooMany(node);
    if (node === undefined) return this.nothing(this.span(0, 0));
    const { anchor } = node;
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    const before = this.values;
    const tree = this.valueOfKind(node, key);
    if (anchor !== undefined) this.anchors.set(anchor, { tree, values: this.values - before + 1 });
    return tree;
  }

  private valueOfKind(node: YamlNode, key: Name | undefined): Tree {
    const span = this.spanOf(node);
    switch (node.kind) {
      case "alias":
        return this.alias(node.name, span, key);
      case "map":
        return { kind: "map", entries: this.entries(node.pairs), span };
      case "list":
        return { kind: "list", items: node.items.map((item) => this.value(item, key)), span };
      case "scalar":
        return { kind: "scalar", value: node.value, source: node.source, span };
    }
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
      const key = this.key(pair.key);
      if (key === undefined) continue;
      const value = this.value(pair.value, key);
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

  private key(node: YamlNode): Name | undefined {
    const span = this.spanOf(node);
    if (node.kind === "scalar") {
      const { anchor, value, source } = node;
      if (anchor !== undefined)
        this.anchors.set(anchor, { tree: { kind: "scalar", value, source, span }, values: 1 });
      return { text: source, span };
    }
    if (node.kind === "alias") {
      const tree = this.alias(node.name, span, undefined);
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
          {
            ...replace(`Quote the pattern: "${shortened(pattern)}"`, span, JSON.stringify(pattern)),
            safe: true,
          },
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

  private tooMany(node: YamlNode | undefined, span?: Span): ScalarTree {
    const where = span ?? (node === undefined ? this.span(0, 0) : this.spanOf(node));
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
