import type { Tree } from "../parse/tree.ts";

/** What a topology file is to say: a scalar as it stands in YAML, a list, or a map. */
export type Written = string | readonly Written[] | WrittenMap;
export type WrittenMap = ReadonlyMap<string, Written>;

export function isMap(value: Written | undefined): value is WrittenMap {
  return value instanceof Map;
}

export function isList(value: Written | undefined): value is readonly Written[] {
  return Array.isArray(value);
}

/** The width that `format` breaks lines at. */
const lineMax = 110;

/** A value to the letter, without comments and layout. */
export function copied(tree: Tree): Written {
  if (tree.kind === "list") return tree.items.map(copied);
  if (tree.kind === "map")
    return new Map(Array.from(tree.entries, ([key, { value }]) => [key, copied(value)]));
  if (tree.value === null) return new Map();
  return typeof tree.value === "string" ? text(tree.value) : tree.source;
}

/** A map of what is given; a key without a value is left out. */
export function mapOf(entries: Readonly<Record<string, Written | undefined>>): Map<string, Written> {
  const map = new Map<string, Written>();
  for (const [key, value] of Object.entries(entries)) if (value !== undefined) map.set(key, value);
  return map;
}

/** Whether they say the same, key by key in the same order. */
export function same(a: Written, b: Written): boolean {
  const flat = (value: Written): string =>
    JSON.stringify(value, (_, inner: unknown) => (inner instanceof Map ? [...(inner as WrittenMap)] : inner));
  return flat(a) === flat(b);
}

const word = /^[\p{L}_][\p{L}\p{N}_./+@-]*(?: [\p{L}\p{N}_./+@-]+)*$/u;
const quantity = /^\d+(?:\.\d+)?[A-Za-zµ%/]+$/u;
const misread = /^(?:true|false|yes|no|on|off|null|y|n|\d+[eE]|0[xob].*)$/iu;

/** A text as YAML reads it: plain where that is safe. */
export function text(value: string): string {
  if ((word.test(value) || quantity.test(value)) && !misread.test(value)) return value;
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The file: sections apart, each thing on a line of its own where it fits. */
export function fileText(sections: WrittenMap): string {
  const lines: string[] = [];
  for (const [key, value] of sections) {
    const isSection = isMap(value) && key !== "run";
    if (typeof value !== "string" && lines.length > 0) lines.push("");
    if (!isSection) lines.push(...entry(key, value, "", key !== "run"));
    else {
      lines.push(`${key}:`);
      const ofBroker = key === "kafka" || key === "rabbitmq";
      for (const [name, inner] of value)
        lines.push(...entry(name, inner, "  ", ofBroker && partsOfBrokers.has(name)));
    }
  }
  return `${lines.join("\n")}\n`;
}

const partsOfBrokers: ReadonlySet<string> = new Set(["topics", "exchanges", "queues", "bindings"]);

/** `apart`: its entries are never written on one line. */
function entry(key: string, value: Written, indent: string, apart = false): string[] {
  const head = `${indent}${text(key)}:`;
  if (typeof value === "string") return [`${head} ${value}`];
  const flat = flow(value);
  if (flat.length === 2 || (!apart && head.length + 1 + flat.length <= lineMax)) return [`${head} ${flat}`];
  return [head, ...block(value, `${indent}  `)];
}

function block(value: Exclude<Written, string>, indent: string): string[] {
  if (isList(value)) return value.flatMap((item) => listItem(item, indent));
  return [...value].flatMap(([key, inner]) => entry(key, inner, indent));
}

function listItem(item: Written, indent: string): string[] {
  const flat = flow(item);
  if (!isMap(item) || indent.length + 2 + flat.length <= lineMax) return [`${indent}- ${flat}`];
  const [first, ...rest] = block(item, `${indent}  `);
  return [`${indent}- ${first!.trimStart()}`, ...rest];
}

function flow(value: Written): string {
  if (typeof value === "string") return value;
  if (isList(value)) return `[${value.map(flow).join(", ")}]`;
  return `{${Array.from(value, ([key, inner]) => `${text(key)}: ${flow(inner)}`).join(", ")}}`;
}
