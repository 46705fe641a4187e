import { formatSchema, property, resolve, type Schema } from "../parse/format-schema.ts";
import { expectation } from "../text/units.ts";
import type { Path } from "../text/path.ts";

/** What the format says about the value at a path; undefined where it names nothing. */
export function schemaAt(path: Path): Schema | undefined {
  let schema: Schema | undefined = formatSchema;
  for (const step of path) {
    if (schema === undefined) return undefined;
    schema = typeof step === "number" ? itemOf(schema) : valueOf(schema, step);
  }
  return schema;
}

/** The schema of a map's value under a key, whether the format names the key or the author. */
export function valueOf(schema: Schema, key: string): Schema | undefined {
  const { additionalProperties } = schema;
  return (
    property(schema, key) ??
    (typeof additionalProperties === "object" ? resolve(additionalProperties) : undefined)
  );
}

export function itemOf(schema: Schema): Schema | undefined {
  return schema.items === undefined ? undefined : resolve(schema.items);
}

/** Whether the author chooses the keys of this map. */
export function namesItsOwn(schema: Schema): boolean {
  return typeof schema.additionalProperties === "object" && schema["x-settings"] === undefined;
}

/** In a few words: unit, choice or shape. */
export function shapeOf(schema: Schema): string {
  const choice = schema.enum ?? schema["x-strings"];
  const reference = schema["x-reference"];
  if (reference !== undefined) return `name of a ${reference.replaceAll("-", " ")}`;
  const unit = schema["x-unit"];
  if (unit !== undefined) return unit;
  if (choice !== undefined) return choice.slice(0, 4).join(" | ");
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  const words = { object: "map", array: "list", string: "text", number: "number", boolean: "true | false" };
  return types
    .flatMap((type) => (type === "null" ? [] : [words[type]]))
    .slice(0, 1)
    .join("");
}

/** Markdown: what a key means, its default, what may stand there, and whether a run follows it. */
export function explain(schema: Schema): string {
  const lines = [schema.description ?? ""];
  const standard = schema.default;
  if (standard !== undefined && standard !== "" && schema.description?.includes("Default ") !== true)
    lines.push(`Default \`${written(standard)}\`.`);
  const choice = schema.enum ?? schema["x-strings"];
  if (choice !== undefined && choice.length > 1)
    lines.push(`One of ${choice.map((value) => `\`${value}\``).join(", ")}.`);
  const unit = schema["x-unit"];
  if (unit !== undefined && unit !== "version") lines.push(`Expects ${expectation(unit)}.`);
  return lines.filter((line) => line !== "").join("\n\n");
}

/** As it would stand in a file. */
export function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
