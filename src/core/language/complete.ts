import { codes } from "../problems/catalogue.ts";
import { settingsIn, type SettingsKind } from "../model/settings.ts";
import type { Schema } from "../parse/format-schema.ts";
import { readNames, type Names } from "../parse/names.ts";
import type { Tree } from "../parse/tree.ts";
import { blocksAt, wholeTopologies } from "./blocks.ts";
import { itemOf, namesItsOwn, schemaAt } from "./format-key.ts";
import { keys } from "./key-suggestions.ts";
import { readLoosely, type Place } from "./loose-yaml.ts";
import { namesAt } from "./reference-names.ts";
import { settingKeys, settingValues } from "./setting-suggestions.ts";
import { settingsAt } from "./settings-at.ts";
import type { Completion, Suggestion } from "./suggestion.ts";
import { values } from "./value-suggestions.ts";

/**
 * What may come where the cursor stands. It goes by indentation, brackets and the names of the file as it is, broken or
 * not, and never waits for the parser.
 */
export function complete(text: string, offset: number): Completion | undefined {
  const { root, place } = readLoosely(text, offset);
  if (place === undefined) return undefined;
  const found =
    place.role === "comment"
      ? comments(text, place, offset)
      : suggestions({ text, root, place, names: namesAt(readNames(root), place.path) });
  return found === undefined || found.suggestions.length === 0 ? undefined : found;
}

interface Cursor {
  readonly text: string;
  readonly root: Tree;
  readonly place: Place;
  readonly names: Names;
}

function suggestions(cursor: Cursor): Completion {
  const { text, root, place, names } = cursor;
  const { role, path, word } = place;
  const schema = schemaAt(path);
  const done = (found: readonly Suggestion[]): Completion => ({ span: word, suggestions: found });
  const settings = settingsHolder(root, place);
  if (settings !== undefined) return done(settingSuggestions(cursor, settings));
  if (schema === undefined) return done([]);
  switch (role) {
    case "key":
      return done(mapKeys(text, place, schema, names));
    case "item":
      return done(listItems(schema, place, names).map((item) => dashed(item)));
    case "start":
      if (schema.items !== undefined)
        return done(listItems(schema, place, names).map((item) => dashed(item)));
      return done([...mapKeys(text, place, schema, names), ...lineValues(schema, place, names)]);
    case "value":
      return done(lineValues(schema, place, names));
    case "comment":
      return done([]);
  }
}

function mapKeys(text: string, place: Place, schema: Schema, names: Names): Suggestion[] {
  const { path, word, flow } = place;
  const written = text.slice(word.start, word.end);
  const hasColon = /^[ \t]*:/u.test(text.slice(word.end, word.end + 20));
  const holder = place.role === "key" ? place.holder : undefined;
  const found = keys(schema, names, holder, { flow, hasColon, word: written });
  if (hasColon) return found;
  if (namesItsOwn(schema)) found.push(...blocksAt(path, names));
  const isEmpty = path.length === 0 && [...(holder?.entries.keys() ?? [])].every((key) => key === written);
  return isEmpty ? [...wholeTopologies(names), ...found] : found;
}

/** Values on the line of their key, or of their dash. */
function lineValues(schema: Schema, place: Place, names: Names): Suggestion[] {
  const { path } = place;
  const index = path.at(-1);
  const holder = place.role === "value" && typeof index === "string" ? place.holder : undefined;
  const key = path.findLast((step) => typeof step === "string") ?? "";
  const own = typeof index === "number" ? blocksAt(path.slice(0, -1), names) : [];
  return [...own, ...values(schema, String(key), names, holder)];
}

/** Entries of a list, without their dash. */
function listItems(schema: Schema, { path }: Place, names: Names): Suggestion[] {
  const item = itemOf(schema);
  if (item === undefined) return [];
  const key = path.findLast((step) => typeof step === "string") ?? "";
  const entries = keys(item, names, undefined, { flow: false, hasColon: false, word: "" });
  return [...blocksAt(path, names), ...entries, ...values(item, String(key), names, undefined)];
}

function dashed(suggestion: Suggestion): Suggestion {
  return {
    ...suggestion,
    label: `- ${suggestion.label}`,
    insert: `- ${suggestion.insert.replaceAll("\n", "\n  ")}`,
  };
}

interface SettingsHere {
  readonly kinds: readonly SettingsKind[];
  /** Whose value the cursor is in. */
  readonly key: string | undefined;
}

/** The map of a broker's or client's own settings that the cursor is in. */
function settingsHolder(root: Tree, { role, path }: Place): SettingsHere | undefined {
  const own = role === "value" ? [] : settingsAt(root, path);
  if (own.length > 0) return { kinds: own, key: undefined };
  for (let length = path.length - 1; length > 0; length--) {
    const kinds = settingsAt(root, path.slice(0, length));
    const key = path[length];
    if (kinds.length > 0) return typeof key === "string" ? { kinds, key } : undefined;
  }
  return undefined;
}

function settingSuggestions({ text, place, names }: Cursor, { kinds, key }: SettingsHere): Suggestion[] {
  const { word, holder } = place;
  if (key !== undefined) {
    const home = kinds.find((kind) => settingsIn(kind).has(key)) ?? kinds[0]!;
    return settingValues(home, key, names);
  }
  const hasColon = /^[ \t]*:/u.test(text.slice(word.end, word.end + 20));
  const written = text.slice(word.start, word.end);
  const others = holder && {
    ...holder,
    entries: new Map([...holder.entries].filter(([name]) => name !== written)),
  };
  const found = new Map<string, Suggestion>();
  // A name that two clients know goes to both, and is told as the first one's.
  for (const kind of kinds)
    for (const one of settingKeys(kind, others, hasColon))
      if (!found.has(one.label)) found.set(one.label, one);
  return [...found.values()];
}

const disable = "brokerlab-disable-next-line ";
const disableForm = /^#\s*(brokerlab-disable-next-line\s+(?:[\w-]+[\s,]+)*)?([\w-]*)$/u;

/** `# brokerlab-disable-next-line CODE` */
function comments(text: string, { word }: Place, offset: number): Completion | undefined {
  const before = text.slice(word.start, offset);
  const found = disableForm.exec(before);
  if (found === null) return undefined;
  const span = { start: offset - (found[2]?.length ?? 0), end: offset };
  const labels = found[1] === undefined ? [disable] : codes;
  return {
    span,
    suggestions: labels.map((label) => ({
      label,
      kind: "comment",
      detail: "",
      documentation: "Switches a check off for the next line.",
      insert: label,
      rank: 0,
      leadsOn: label === disable,
    })),
  };
}
