import { listed } from "../problems/catalogue.ts";
import { expectation } from "../text/units.ts";
import { typesOf } from "./format-schema.ts";
import type { Schema } from "./format-schema.ts";

/** What a schema takes, in words, with every form that it allows in one sentence. */
export function expectedForm(schema: Schema): string {
  const forms: string[] = [];
  const types = typesOf(schema);
  const unit = schema["x-unit"];
  if (schema["x-strings"] !== undefined) forms.push(...schema["x-strings"].map((text) => `\`${text}\``));
  else if (schema.enum !== undefined)
    forms.push(`${schema.enum.length === 1 ? "" : "one of "}${listed(schema.enum.map(String))}`);
  else if (unit === "version") forms.push("a version such as `4.1`");
  else if (unit !== undefined) forms.push(expectation(unit));
  else if (types.includes("string")) forms.push("a text");
  else if (types.includes("number")) forms.push("a number");
  if (types.includes("boolean")) forms.push("`true` or `false`");
  if (types.includes("array")) forms.push("a list");
  if (types.includes("object")) {
    const keys = Object.keys(schema.properties ?? {});
    forms.push(
      keys.length === 0 ? "a map" : `a map with ${keys.length === 1 ? "the key" : "keys of"} ${listed(keys)}`,
    );
  }
  return forms.join(", or ");
}
