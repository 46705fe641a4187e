import type { Schema } from "../parse/format-schema.ts";
import { readQuantity, type Unit } from "../text/units.ts";
import type { Tree } from "../parse/tree.ts";
import type { Span } from "../text/span.ts";
import { itemOf, schemaAt, valueOf } from "./format-key.ts";

interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** Quantities that can be written more plainly, by the format's own units: `5 ms` as `5ms`, `60000ms` as `60s`. */
export function plainerQuantities(tree: Tree | undefined, text: string): Edit[] {
  const edits = new Map<number, Edit>();
  const root = schemaAt([]);
  if (tree !== undefined && root !== undefined) visit(tree, root, text, edits);
  return [...edits.values()].sort((a, b) => a.span.start - b.span.start);
}

function visit(tree: Tree, schema: Schema, text: string, edits: Map<number, Edit>): void {
  if (tree.kind === "map") {
    for (const [key, { value }] of tree.entries) {
      const inside = valueOf(schema, key);
      if (inside !== undefined && schema["x-settings"] === undefined) visit(value, inside, text, edits);
    }
  } else if (tree.kind === "list") {
    const inside = itemOf(schema);
    if (inside !== undefined) for (const item of tree.items) visit(item, inside, text, edits);
  } else {
    const unit = schema["x-unit"];
    if (unit === undefined || unit === "version" || schema["x-reference"] !== undefined) return;
    const { span } = tree;
    const written = text.slice(span.start, span.end);
    const plain = plainer(unit, written);
    if (plain !== written) edits.set(span.start, { span, text: plain });
  }
}

/** The next unit that a thousand of one make, or 1024 where sizes count so. */
const larger: Readonly<Record<string, readonly [number, string]>> = {
  ns: [1000, "us"],
  us: [1000, "ms"],
  ms: [1000, "s"],
  B: [1024, "KiB"],
  KiB: [1024, "MiB"],
  MiB: [1024, "GiB"],
  kB: [1000, "MB"],
  MB: [1000, "GB"],
};

const form = /^(\d+(?:\.\d+)?)[ \t]*([A-Za-zµ%/]+)$/u;

function plainer(unit: Unit, written: string): string {
  const found = form.exec(written);
  if (found === null) return written;
  const value = readQuantity(unit, written);
  if (typeof value === "string") return written;
  let number = Number(found[1]);
  let suffix = found[2] === "µs" ? "us" : found[2] === "KB" ? "kB" : found[2]!;
  if (unit === "duration" || unit === "size")
    for (let step = larger[suffix]; step !== undefined; step = larger[suffix]) {
      if (number < step[0] || number % step[0] !== 0) break;
      number /= step[0];
      suffix = step[1];
    }
  const plain = `${number === Number(found[1]) ? found[1] : number}${suffix}`;
  return readQuantity(unit, plain) === value ? plain : written;
}
