import json from "../../../schemas/topology.schema.json";
import type { Unit } from "../text/units.ts";

/**
 * The part of JSON Schema that the format's schema uses, with our own annotations: what kind of quantity a value is,
 * what it refers to, and whether the engine simulates it. One file is the truth for editors, parser and documentation.
 */
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: SchemaType | readonly SchemaType[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly dependencies?: Readonly<Record<string, readonly string[] | Schema>>;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  /** Texts that stand in place of the other forms of a value: `poisson`, `none`. */
  readonly "x-strings"?: readonly string[];
  readonly "x-unit"?: Unit | "version";
  /** Keys of the map are quantities. */
  readonly "x-key-unit"?: Unit;
  /** In the unit that the model counts in. */
  readonly "x-minimum"?: number;
  readonly "x-exclusive-minimum"?: number;
  readonly "x-unlimited"?: string;
  /** Numbers are taken as the text that was written. */
  readonly "x-text"?: boolean;
  readonly "x-reference"?: string;
  readonly "x-key-reference"?: string;
  /** Names something that has no section of its own: a group. */
  readonly "x-declares"?: string;
  /** A routing key, or a pattern of them. */
  readonly "x-pattern-key"?: boolean;
  /** The map holds a broker's own settings: `producer`, `queue-arguments`… */
  readonly "x-settings"?: string;
  /** Exactly one of these keys. */
  readonly "x-one-of"?: readonly string[];
  readonly "x-metric"?: boolean;
  readonly "x-bound"?: boolean;
  readonly "x-simulated-maximum"?: number;
  /** The oldest version whose rules the engine has. */
  readonly "x-simulated-from"?: string;
}

export type SchemaType = "object" | "array" | "string" | "number" | "boolean" | "null";

interface RootSchema extends Schema {
  readonly definitions: Readonly<Record<string, Schema>>;
}

export const formatSchema = json as unknown as RootSchema;

const resolved = new WeakMap<Schema, Schema>();

/** The schema that a reference names; what stands beside the reference wins. */
export function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  let merged = resolved.get(schema);
  if (merged === undefined) {
    const { $ref, ...beside } = schema;
    const definition = formatSchema.definitions[$ref.slice("#/definitions/".length)];
    merged = definition === undefined ? beside : { ...resolve(definition), ...beside };
    resolved.set(schema, merged);
  }
  return merged;
}

export function typesOf(schema: Schema): readonly SchemaType[] {
  if (schema.type === undefined) return [];
  return typeof schema.type === "string" ? [schema.type] : (schema.type as readonly SchemaType[]);
}

export function property(schema: Schema, key: string): Schema | undefined {
  const { properties } = schema;
  return properties !== undefined && Object.hasOwn(properties, key) ? resolve(properties[key]!) : undefined;
}
