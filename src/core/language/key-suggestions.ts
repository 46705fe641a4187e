import { notBeside, sourceKeys } from "../model/reading-keys.ts";
import { property, resolve, type Schema } from "../parse/format-schema.ts";
import type { Names } from "../parse/names.ts";
import { at, type Tree } from "../parse/tree.ts";
import { explain, namesItsOwn, shapeOf } from "./format-key.ts";
import { referenceNames } from "./reference-names.ts";
import { literal, yamlText, type Suggestion } from "./suggestion.ts";

/** Keys that exclude each other, beside those that the schema says so of. */
const destinations = ["topic", "exchange", "queue"];

/** The keys that a map of this form may have, without those that it has already; `word` is the one being written. */
export function keys(
  schema: Schema,
  names: Names,
  holder: Tree | undefined,
  style: { readonly flow: boolean; readonly hasColon: boolean; readonly word: string },
): Suggestion[] {
  const taken = (name: string): boolean => name !== style.word && at(holder, name) !== undefined;
  const properties = schema.properties ?? {};
  const sources = "shareGroup" in properties ? sourceKeys : [];
  const exclusive = [schema["x-one-of"] ?? [], "rate" in properties ? destinations : [], sources];
  const excluded = new Set([
    ...exclusive.flatMap((group) => (group.some(taken) ? group : [])),
    ...sources.filter(taken).flatMap(notBeside),
  ]);
  const required = new Set(schema.required);
  const found = Object.entries(properties)
    .filter(([name]) => !taken(name) && !excluded.has(name))
    .map(([name, unresolved]): Suggestion => {
      const inner = resolve(unresolved);
      return {
        label: name,
        kind: "key",
        detail: required.has(name) ? `${shapeOf(inner)}, required` : shapeOf(inner),
        documentation: explain(inner),
        insert: style.hasColon ? literal(name) : literal(name) + opening(inner, style.flow),
        rank: required.has(name) ? 0 : 2,
        leadsOn: !style.hasColon,
      };
    });
  const reference = schema["x-key-reference"];
  if (reference !== undefined)
    for (const name of referenceNames(reference, names, holder))
      if (!taken(name))
        found.push({
          label: name,
          kind: "name",
          detail: reference,
          documentation: "",
          insert: literal(yamlText(name)) + (style.hasColon ? "" : ": "),
          rank: 0,
          leadsOn: false,
        });
  return found;
}

/** What follows a new key, with the cursor where its value begins. */
function opening(schema: Schema, flow: boolean): string {
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  const isScalar = types.some((type) => type === "string" || type === "number" || type === "boolean");
  if (isScalar) return ": ";
  if (types.includes("array")) {
    const isTexts = schema.items !== undefined && property(resolve(schema.items), "at") === undefined;
    const ofMaps = isTexts && resolve(schema.items!).properties !== undefined;
    return flow || (isTexts && !ofMaps) ? ": [$0]" : ":\n  - $0";
  }
  if (flow) return ": {$0}";
  const inLine = schema["x-settings"] !== undefined || (!namesItsOwn(schema) && isSmall(schema));
  return inLine ? ": {$0}" : ":\n  $0";
}

/** Small maps stand on one line. */
function isSmall({ properties }: Schema): boolean {
  return Object.keys(properties ?? {}).length <= 6;
}
