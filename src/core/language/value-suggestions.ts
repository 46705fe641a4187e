import type { Schema } from "../parse/format-schema.ts";
import type { Names } from "../parse/names.ts";
import type { Tree } from "../parse/tree.ts";
import { allMetrics } from "../model/metrics.ts";
import type { Unit } from "../text/units.ts";
import { explain, shapeOf, written } from "./format-key.ts";
import { referenceNames, routingKeys } from "./reference-names.ts";
import { literal, yamlText, type Suggestion } from "./suggestion.ts";

const samples: Readonly<Record<Unit, readonly string[]>> = {
  duration: ["1ms", "5ms", "10ms", "100ms", "1s", "10s", "60s", "5m"],
  size: ["100B", "1KiB", "10KiB", "1MiB"],
  rate: ["1/s", "10/s", "100/s", "1000/s", "60/m"],
  bandwidth: ["10MiB/s", "125MiB/s", "1Gbit/s"],
  count: ["1", "2", "3", "10"],
  share: ["0.1%", "1%", "5%", "10%"],
};

/** Forms of a value as a map, where only its keys are told by the schema: a line that shows how they look. */
const forms: Readonly<Record<string, string>> = {
  exponential: "{exponential: ${1:10ms}}",
  uniform: "{uniform: [${1:5ms}, ${2:15ms}]}",
  normal: "{normal: {mean: ${1:10ms}, deviation: ${2:2ms}}}",
  lognormal: "{lognormal: {median: ${1:8ms}, p99: ${2:60ms}}}",
  erlang: "{erlang: {shape: ${1:3}, mean: ${2:10ms}}}",
  pareto: "{pareto: {minimum: ${1:5ms}, shape: ${2:2.5}}}",
  perMessage: "{perMessage: ${1:10ms}, perBatch: ${2:5ms}}",
  byKind: "{perMessage: ${1:10ms}, byKind: {${2:refund}: ${3:50ms}}}",
  bursts: "{bursts: {size: ${1:100}, every: ${2:10s}}}",
  onOff: "{onOff: {on: ${1:10s}, off: ${2:20s}}}",
  closed: "{closed: {clients: ${1:10}, think: ${2:1s}}}",
  schedule: "{schedule: [${1:0s}, ${2:1s}]}",
  zipf: "{values: ${1:1000}, zipf: ${2:1.1}}",
  values: "{values: ${1:1000}}",
  window: "{window: ${1:100}}",
  persistent: "{share: ${1:1%}, persistent: ${2|true,false|}}",
};

/** For sizes the figures of `forms` are no times. */
const sizeOf = (form: string): string => form.replaceAll(/(\d+)ms/gu, "$1KiB");

/** What may stand at a place of this form. `key` is the last key before it. */
export function values(schema: Schema, key: string, names: Names, holder: Tree | undefined): Suggestion[] {
  const found: Suggestion[] = [];
  const about = explain(schema);
  const add = (value: string, detail: string, rank: number): void => {
    found.push(valueSuggestion(value, detail, about, rank));
  };
  const reference = schema["x-reference"];
  if (reference !== undefined)
    for (const name of referenceNames(reference, names, holder))
      found.push({ ...valueSuggestion(yamlText(name), reference, "", 0), kind: "name" });
  if (schema["x-pattern-key"] === true)
    for (const name of routingKeys(names, holder))
      add(/[*#]/u.test(name) ? JSON.stringify(name) : yamlText(name), "routing key of this file", 0);
  if (schema["x-declares"] !== undefined) for (const group of names.groups) add(yamlText(group), "group", 0);
  if (schema["x-metric"] === true) found.push(...metrics());
  for (const choice of schema.enum ?? schema["x-strings"] ?? [])
    add(String(choice), schema.default === choice ? "default" : "", 1);
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (types.includes("boolean")) for (const value of ["true", "false"]) add(value, "", 1);
  if (schema["x-unlimited"] !== undefined) add(schema["x-unlimited"], "", 3);
  if (types.includes("object")) found.push(...asMaps(schema, about));
  const standard = schema.default;
  if (standard !== undefined && standard !== "" && typeof standard !== "object")
    add(written(standard), "default", 2);
  const unit = schema["x-unit"];
  if (unit !== undefined && unit !== "version" && reference === undefined)
    for (const sample of key === "rate" ? samples.rate : samples[unit]) add(sample, unit, 4);
  for (const example of schema.examples ?? [])
    if (typeof example === "string" || typeof example === "number") add(written(example), "example", 5);
  return distinct(found);
}

function asMaps(schema: Schema, about: string): Suggestion[] {
  const isSize = schema["x-unit"] === "size";
  return Object.keys(schema.properties ?? {}).flatMap((name) => {
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    if (form === undefined) return [];
    return [
      {
        ...valueSuggestion(name, "", about, 3),
        detail: shapeOf(schema),
        insert: isSize ? sizeOf(form) : form,
      },
    ];
  });
}

function metrics(): Suggestion[] {
  return allMetrics
    .filter(({ name }) => !name.includes("REASON"))
    .map(({ name, unit, of }) => ({
      ...valueSuggestion(name, unit, "", 1),
      documentation: `In ${unit === "count" ? "messages" : unit}${of.length === 0 ? "" : `, of a ${of.join(" or a ")}`}.`,
    }));
}

function distinct(suggestions: readonly Suggestion[]): Suggestion[] {
  const byLabel = new Map<string, Suggestion>();
  for (const suggestion of suggestions) {
    const known = byLabel.get(suggestion.label);
    if (known === undefined) byLabel.set(suggestion.label, suggestion);
    else if (known.detail === "") byLabel.set(suggestion.label, { ...known, detail: suggestion.detail });
  }
  return [...byLabel.values()];
}

export function valueSuggestion(
  value: string,
  detail: string,
  documentation: string,
  rank: number,
): Suggestion {
  return { label: value, kind: "value", detail, documentation, insert: literal(value), rank, leadsOn: false };
}
