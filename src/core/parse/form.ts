import { scopeOf } from "../model/topology.ts";
import { problem, replace } from "../problems/catalogue.ts";
import type { ProblemArguments } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { nearest } from "../text/nearest.ts";
import type { Name, Span } from "../text/span.ts";
import { readQuantity } from "../text/units.ts";
import { property, resolve, typesOf } from "./format-schema.ts";
import type { Schema, SchemaType } from "./format-schema.ts";
import { Place } from "./form-place.ts";
import { checkKeysTogether } from "./form-together.ts";
import { checkScalar } from "./form-scalar.ts";
import { expectedForm } from "./expected-form.ts";
import { describe, shortened } from "./tree.ts";
import type { Entry, ListTree, MapTree, Tree } from "./tree.ts";
import { distributionOf } from "./value-read.ts";
import { valuesMax } from "./limits.ts";

/** A place that refers to something by its name or number, to be resolved once all names are known. */
export interface Reference {
  readonly kind: string;
  readonly name: Name;
  /** The map that holds it: what it means may depend on its neighbours. */
  readonly holder: MapTree | undefined;
  /** What stands before the name where it is written outside of its virtual host. */
  readonly scope: string;
}

/** A map of a broker's own settings. */
export interface SettingsHolder {
  readonly kind: string;
  readonly map: MapTree;
  /** The map that they are in. */
  readonly holder: MapTree | undefined;
  /** As a reference's. */
  readonly scope: string;
}

/** Beyond so many, the nearest name is no longer looked for: it costs a comparison with every name. */
const nearestMax = 200;

/** Holds a tree against the format's schema, and collects what only the whole file can decide. */
export class FormCheck {
  readonly problems: Problem[] = [];
  readonly references: Reference[] = [];
  readonly settings: SettingsHolder[] = [];
  private visited = 0;
  private compared = 0;

  value(tree: Tree, schema: Schema, place: Place): void {
    if (this.visited++ > valuesMax) return;
    if (tree.kind === "scalar" && tree.broken === true) return;
    const type = typeOf(tree);
    if (!fits(type, schema)) {
      this.wrongType(tree, schema, place.key);
      return;
    }
    if (tree.kind === "map") this.map(tree, schema, place);
    else if (tree.kind === "list") this.list(tree, schema, place);
    else checkScalar(this, tree, schema, place);
  }

  schemaError(span: Span, args: ProblemArguments["schema"], fixes: readonly Fix[] = []): void {
    this.problems.push(problem("schema", span, args, fixes));
  }

  badValue(span: Span, args: ProblemArguments["bad-value"], fixes: readonly Fix[] = []): void {
    this.problems.push(problem("bad-value", span, args, fixes));
  }

  nearest(name: string, known: Iterable<string>): string | undefined {
    return this.compared++ < nearestMax ? nearest(name, known) : undefined;
  }

  private wrongType(tree: Tree, schema: Schema, { text }: Name): void {
    const expected = expectedForm(schema);
    const args = {
      kind: "wrong-type",
      key: shortened(text),
      found: describe(tree),
      expected,
    } as const;
    const quotable = tree.kind === "scalar" && tree.value !== null && typesOf(schema).includes("string");
    const fixes = quotable ? [replace("Quote it", tree.span, JSON.stringify(tree.source))] : [];
    this.schemaError(tree.span, args, fixes);
  }

  private map(map: MapTree, schema: Schema, place: Place): void {
    const settings = schema["x-settings"];
    if (settings !== undefined) {
      const { holder, scope } = place;
      this.settings.push({ kind: settings, map, holder, scope });
      for (const { key, value } of map.entries.values())
        if (value.kind === "map") this.wrongType(value, { type: ["string", "number", "boolean"] }, key);
      return;
    }
    for (const entry of map.entries.values()) this.entry(entry, map, schema, place);
    checkKeysTogether(this, map, schema, place);
    if (
      schema["x-unit"] !== undefined &&
      schema["x-unit"] !== "version" &&
      property(schema, "empirical") !== undefined
    ) {
      const broken = distributionOf(map, schema["x-unit"]);
      if (broken !== undefined && "reason" in broken)
        this.badValue(broken.tree.span, {
          key: shortened(place.key.text),
          found: describe(broken.tree),
          reason: broken.reason,
        });
    }
  }

  private entry({ key, value }: Entry, holder: MapTree, schema: Schema, place: Place): void {
    const known = property(schema, key.text);
    const { additionalProperties } = schema;
    const inside =
      known ?? (typeof additionalProperties === "object" ? resolve(additionalProperties) : undefined);
    if (inside === undefined) {
      this.unknownKey(key, schema, place);
      return;
    }
    if (known === undefined) this.ownName(key, schema);
    const scope = known === undefined && place.key.text === "vhosts" ? scopeOf(key.text) : place.scope;
    this.value(value, inside, new Place(key, place, known === undefined, holder, scope));
  }

  private unknownKey(key: Name, schema: Schema, place: Place): void {
    this.keyOutside(key, Object.keys(schema.properties ?? {}), place);
  }

  keyOutside(key: Name, known: readonly string[], place: Place): void {
    const near = this.nearest(key.text, known);
    const fixes = near === undefined ? [] : [replace(`Change to ${near}`, key.span, near)];
    this.schemaError(
      key.span,
      { kind: "unknown-key", key: shortened(key.text), owner: place.owner, nearest: near, known },
      fixes,
    );
  }

  /** A key that the author chose: a name, a quantity, or a reference. */
  private ownName(key: Name, schema: Schema): void {
    const unit = schema["x-key-unit"];
    if (unit !== undefined) {
      const read = readQuantity(unit, key.text);
      if (typeof read === "string")
        this.badValue(key.span, { key: shortened(key.text), found: "the key of a weight", reason: read });
    }
    const reference = schema["x-key-reference"];
    if (reference !== undefined)
      this.references.push({ kind: reference, name: key, holder: undefined, scope: "" });
  }

  private list(list: ListTree, schema: Schema, place: Place): void {
    const { items, minItems, maxItems } = schema;
    const count = list.items.length;
    if ((minItems !== undefined && count < minItems) || (maxItems !== undefined && count > maxItems))
      this.schemaError(list.span, {
        kind: "wrong-type",
        key: shortened(place.key.text),
        found: `a list of ${count}`,
        expected: minItems === maxItems ? `a list of exactly ${minItems}` : `a list of at least ${minItems}`,
      });
    if (items === undefined) return;
    const inside = resolve(items);
    for (const [index, item] of list.items.entries())
      this.value(item, inside, item.kind === "map" ? place.entry(index, startOf(item, place.key)) : place);
  }
}

/** An entry of a list has no name; it is pointed at by its first key. */
function startOf(map: MapTree, listKey: Name): Name {
  const first = map.entries.values().next().value;
  return { text: listKey.text, span: first?.key.span ?? map.span };
}

function typeOf(tree: Tree): SchemaType {
  if (tree.kind === "map") return "object";
  if (tree.kind === "list") return "array";
  if (tree.value === null) return "null";
  return typeof tree.value as "string" | "number" | "boolean";
}

function fits(found: SchemaType, { type }: Schema): boolean {
  return type === undefined || type === found || (typeof type === "object" && type.includes(found));
}
