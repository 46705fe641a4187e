import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { formatSchema, resolve, typesOf } from "../../../src/core/parse/format-schema.ts";
import type { Schema } from "../../../src/core/parse/format-schema.ts";
import { settingsOf } from "../../../src/core/model/settings.ts";
import type { SettingsKind } from "../../../src/core/model/settings.ts";

interface Key {
  readonly path: string;
  readonly schema: Schema;
}

function* keysOf(schema: Schema, path: string): Iterable<Key> {
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    const found = { path: path === "" ? key : `${path}.${key}`, schema: resolve(inner) };
    yield found;
    yield* keysOf(found.schema, found.path);
  }
  if (schema.items !== undefined) yield* keysOf(resolve(schema.items), `${path}[]`);
  if (typeof schema.additionalProperties === "object") {
    const inner = { path: `${path}.*`, schema: resolve(schema.additionalProperties) };
    yield inner;
    yield* keysOf(inner.schema, inner.path);
  }
}

const keys = [...keysOf(formatSchema, "")];

test("the schema is one by the rules of JSON Schema", () => {
  const text = readFileSync(new URL("../../../schemas/topology.schema.json", import.meta.url), "utf8");
  expect(new Ajv({ strict: false }).validateSchema(JSON.parse(text) as object)).toBe(true);
});

describe("every key", () => {
  test("has a description that a person can learn from", () => {
    const silent = keys.filter(
      ({ path, schema }) => !path.endsWith(".*") && (schema.description ?? "").length < 7,
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test("that holds a map is closed, or its keys are names", () => {
    const open = keys.filter(
      ({ schema }) => typesOf(schema).includes("object") && schema.additionalProperties === undefined,
    );
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  test("that holds a broker's settings has their table", () => {
    const kinds = new Set(keys.flatMap(({ schema }) => schema["x-settings"] ?? []));
    expect([...kinds].toSorted()).toEqual([
      "binding-arguments",
      "broker",
      "consumer",
      "consumer-arguments",
      "exchange-arguments",
      "policy-definition",
      "producer",
      "queue-arguments",
      "rabbitmq-config",
      "topic",
    ]);
    for (const kind of kinds)
      if (kind !== "binding-arguments") expect(settingsOf(kind as SettingsKind).size).toBeGreaterThan(0);
  });
});
