import { listed } from "../problems/catalogue.ts";
import { resolve } from "./format-schema.ts";
import type { Schema } from "./format-schema.ts";
import type { FormCheck } from "./form.ts";
import type { Place } from "./form-place.ts";
import { shortened } from "./tree.ts";
import type { MapTree } from "./tree.ts";

/** Which keys a map must have, may have together, and how many. */
export function checkKeysTogether(form: FormCheck, map: MapTree, schema: Schema, place: Place): void {
  const oneOf = schema["x-one-of"];
  for (const key of schema.required ?? [])
    if (!map.entries.has(key) && !oneOf?.includes(key)) missing(form, key, schema, place);
  if (oneOf !== undefined) exactlyOne(form, oneOf, map, place);
  const { minProperties, maxProperties, dependencies } = schema;
  if (minProperties !== undefined && map.entries.size < minProperties)
    rule(
      form,
      map,
      place,
      `${subject(place)} is empty: expected ${listed(Object.keys(schema.properties ?? {})) || "at least one entry"}.`,
    );
  else if (maxProperties !== undefined && map.entries.size > maxProperties)
    rule(
      form,
      map,
      place,
      `${subject(place)} has ${listed([...map.entries.keys()].map(shortened))}; it takes exactly one of its keys.`,
    );
  for (const key in dependencies)
    // Of keys that exclude each other the first is reported, once.
    if (map.entries.has(key) && dependency(form, key, dependencies[key]!, map, place)) break;
}

function subject(place: Place): string {
  return `\`${shortened(place.key.text)}\``;
}

/** Points at the second key: the first was most likely meant. */
function rule(form: FormCheck, map: MapTree, place: Place, message: string): void {
  const second = [...map.entries.values()][1];
  form.schemaError(second?.key.span ?? place.key.span, { kind: "rule", message });
}

function missing(form: FormCheck, key: string, schema: Schema, place: Place): void {
  const property = schema.properties?.[key];
  const description = property === undefined ? "" : (resolve(property).description ?? "");
  const meaning = description.split(/[.:](?:\s|$)/u, 1)[0] ?? "";
  form.schemaError(place.key.span, {
    kind: "missing-key",
    owner: place.owner,
    key,
    meaning: meaning.charAt(0).toLowerCase() + meaning.slice(1),
  });
}

function exactlyOne(form: FormCheck, keys: readonly string[], map: MapTree, place: Place): void {
  const given = keys.filter((key) => map.entries.has(key));
  const second = given[1];
  if (second !== undefined)
    form.schemaError(map.entries.get(second)!.key.span, {
      kind: "rule",
      message: `${place.owner} has both \`${given[0]}\` and \`${second}\`; it takes exactly one of ${listed(keys)}.`,
    });
  else if (given.length === 0)
    form.schemaError(place.key.span, {
      kind: "rule",
      message: `${place.owner} needs one of ${listed(keys)}.`,
    });
}

function dependency(
  form: FormCheck,
  key: string,
  needs: readonly string[] | Schema,
  map: MapTree,
  place: Place,
): boolean {
  if (isList(needs)) {
    const lacking = needs.find((need) => !map.entries.has(need));
    if (lacking !== undefined)
      form.schemaError(map.entries.get(key)!.key.span, {
        kind: "rule",
        message: `\`${key}\` needs \`${lacking}\` beside it.`,
      });
    return lacking !== undefined;
  }
  const condition: Condition = needs;
  const beside = besides(condition, key, map);
  if (beside === undefined) return false;
  const names = condition.propertyNames?.enum;
  if (names !== undefined) {
    form.keyOutside(map.entries.get(beside)!.key, names, place);
    return true;
  }
  const entry = map.entries.get(beside);
  form.schemaError(entry?.key.span ?? place.key.span, {
    kind: "rule",
    message:
      entry === undefined
        ? `\`${key}\` needs ${listed(alternatives(needs))} beside it.`
        : `${place.owner} has both \`${key}\` and \`${shortened(beside)}\`; they exclude each other. Delete one.`,
  });
  return true;
}

function isList(needs: readonly string[] | Schema): needs is readonly string[] {
  return Array.isArray(needs);
}

interface Condition {
  readonly not?: { readonly required?: readonly string[]; readonly anyOf?: readonly Schema[] };
  readonly anyOf?: readonly Schema[];
  readonly propertyNames?: { readonly enum: readonly string[] };
  readonly maxProperties?: number;
}

function alternatives(condition: Condition): string[] {
  return (condition.anyOf ?? []).flatMap((schema) => schema.required ?? []);
}

/** The key that must not stand beside `key`; an empty text where one is needed and none is there. */
function besides(condition: Condition, key: string, map: MapTree): string | undefined {
  const { not, anyOf, propertyNames, maxProperties } = condition;
  const others = [...map.entries.keys()].filter((other) => other !== key);
  if (maxProperties !== undefined && map.entries.size > maxProperties) return others[0];
  if (propertyNames !== undefined) return others.find((other) => !propertyNames.enum.includes(other));
  if (not !== undefined) {
    const refused = [
      ...(not.required ?? []),
      ...(not.anyOf ?? []).flatMap((schema) => schema.required ?? []),
    ];
    return others.find((other) => refused.includes(other));
  }
  if (anyOf !== undefined && !alternatives(condition).some((need) => map.entries.has(need))) return "";
  return undefined;
}
