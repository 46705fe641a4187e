import type { Path } from "../text/path.ts";
import type { Name, Span } from "../text/span.ts";
import type { Entry, ListTree, MapTree, ScalarTree, Tree } from "../parse/tree.ts";

export interface LooseMap extends MapTree {
  readonly entries: Map<string, LooseEntry>;
  span: { start: number; end: number };
}

export interface LooseList extends ListTree {
  readonly items: Tree[];
  span: { start: number; end: number };
}

interface LooseEntry extends Entry {
  value: Tree;
}

export const mapAt = (start: number): LooseMap => ({
  kind: "map",
  entries: new Map(),
  span: { start, end: start },
});

export const listAt = (start: number): LooseList => ({
  kind: "list",
  items: [],
  span: { start, end: start },
});

export const nothing = (span: Span): ScalarTree => ({ kind: "scalar", value: null, source: "", span });

export const scalar = (source: string, span: Span): ScalarTree => ({
  kind: "scalar",
  value: source,
  source,
  span,
});

/** One open collection in block style, by the column that its keys or dashes stand in. */
interface Block {
  readonly indent: number;
  readonly node: LooseMap | LooseList;
  /** Where the next value goes; undefined once it is there. */
  slot: ((value: Tree) => void) | undefined;
  step: string | number;
}

/** The innermost collection that a line belongs to. */
export interface Standing {
  readonly kind: "map" | "list";
  readonly indent: number;
  readonly holder: LooseMap | undefined;
  /** Whether a value is still to come for its last key or dash. */
  readonly awaits: boolean;
  readonly path: Path;
  /** With its last key or place in the list. */
  readonly inside: Path;
}

function isLeft({ indent, node }: Block, column: number, dash: boolean): boolean {
  return indent > column || (indent === column && node.kind === "list" && !dash);
}

/** The collections that are open where a line begins, the outermost first. */
export class LooseBlocks {
  readonly root = mapAt(0);
  private readonly open: Block[] = [{ indent: 0, node: this.root, slot: undefined, step: "" }];

  private get top(): Block {
    return this.open[this.open.length - 1]!;
  }

  /** Where a value of the last key or dash stands. */
  get path(): Path {
    return this.open.map(({ step }) => step);
  }

  get holder(): LooseMap | undefined {
    return this.top.node.kind === "map" ? this.top.node : undefined;
  }

  get indent(): number {
    return this.top.indent;
  }

  /** What a line in this column belongs to; it changes nothing. */
  standing(column: number, dash: boolean): Standing {
    let depth = this.open.length;
    while (depth > 1 && isLeft(this.open[depth - 1]!, column, dash)) depth--;
    const { node, indent, slot } = this.open[depth - 1]!;
    const inside = this.open.slice(0, depth).map(({ step }) => step);
    const holder = node.kind === "map" ? node : undefined;
    return { kind: node.kind, indent, holder, awaits: slot !== undefined, inside, path: inside.slice(0, -1) };
  }

  /** Closes what a line in this column has left. */
  leave(column: number, dash: boolean): void {
    while (this.open.length > 1 && isLeft(this.top, column, dash)) this.open.pop();
  }

  /** The next entry of the list whose dashes stand in this column; opened where there is none. */
  item(column: number, at: number): void {
    if (this.top.node.kind !== "list" || this.top.indent < column) {
      const list = listAt(at);
      this.put(list);
      this.open.push({ indent: column, node: list, slot: undefined, step: -1 });
    }
    const { top } = this;
    if (top.node.kind !== "list") return;
    const { items } = top.node;
    top.step = items.push(nothing({ start: at, end: at })) - 1;
    top.slot = (value) => {
      items[items.length - 1] = value;
    };
  }

  /** An entry of the map whose keys stand in this column; opened where there is none. */
  key(column: number, key: Name): void {
    this.mapAt(column, key.span.start);
    const { top } = this;
    if (top.node.kind !== "map") return;
    const entry: LooseEntry = { key, value: nothing({ start: key.span.end, end: key.span.end }) };
    top.node.entries.set(key.text, entry);
    top.step = key.text;
    top.slot = (value) => {
      entry.value = value;
    };
  }

  put(value: Tree): void {
    const { top } = this;
    top.slot?.(value);
    top.slot = undefined;
  }

  /** Everything that is open reaches as far as this. */
  reach(end: number): void {
    for (const { node } of this.open) node.span.end = end;
  }

  private mapAt(column: number, at: number): void {
    const { top } = this;
    const isNested = top.slot !== undefined && (top.indent < column || top.node.kind === "list");
    // A line that is indented too far belongs to the map that is open.
    if (!isNested && top.node.kind === "map") return;
    const map = mapAt(at);
    this.put(map);
    this.open.push({ indent: column, node: map, slot: undefined, step: "" });
  }
}
