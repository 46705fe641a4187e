import { settingsIn } from "../model/settings.ts";
import type { Parsed } from "../parse/parse.ts";
import type { Tree } from "../parse/tree.ts";
import type { Span } from "../text/span.ts";
import { readQuantity, type Unit } from "../text/units.ts";
import { connections } from "./connections.ts";
import { bold, code } from "./markdown.ts";
import { explain, schemaAt } from "./format-key.ts";
import { readLoosely, type Place } from "./loose-yaml.ts";
import { namingAt, namings } from "./named-things.ts";
import { routingNote } from "./routing-note.ts";
import { explainSetting } from "./setting-suggestions.ts";
import { settingsAt } from "./settings-at.ts";

export interface Hover {
  readonly span: Span;
  /** Markdown. */
  readonly text: string;
}

/** What stands at a place: a thing with its connections, a routing key with its ways, or a key with its meaning. */
export function hover(parsed: Parsed, text: string, offset: number): Hover | undefined {
  const named = namingAt(namings(parsed), offset);
  if (named !== undefined) {
    const title = bold(`${named.kind} ${code(named.text)}`);
    return {
      span: named.span,
      text: [title, ...connections(parsed.topology, named.kind, named.text)].join("\n\n"),
    };
  }
  const routed = routingNote(parsed.topology, offset);
  if (routed !== undefined && routed.lines.length > 0)
    return { span: routed.span, text: routed.lines.join("\n") };
  const { root, place } = readLoosely(text, offset);
  return place === undefined || place.word.start === place.word.end ? undefined : ofPlace(place, text, root);
}

function ofPlace({ role, path, word }: Place, text: string, root: Tree): Hover | undefined {
  if (role === "comment" || role === "item") return undefined;
  const written = text.slice(word.start, word.end);
  const whole = role === "value" ? path : [...path, written.replaceAll(/^["']|["']$/gu, "")];
  const key = whole.findLast((step) => typeof step === "string");
  const setting = settingAt(root, whole);
  if (setting !== undefined) return { span: word, text: `${bold(code(String(key)))}\n\n${setting}` };
  const schema = schemaAt(whole);
  if (schema === undefined || key === undefined) return undefined;
  const unit = schema["x-unit"];
  const quantity = role === "value" && unit !== undefined && unit !== "version" ? inBase(unit, written) : "";
  const about = [explain(schema), quantity].filter((part) => part !== "").join("\n\n");
  return about === "" ? undefined : { span: word, text: `${bold(code(key))}\n\n${about}` };
}

function settingAt(root: Tree, path: readonly (string | number)[]): string | undefined {
  for (let length = path.length - 1; length > 0; length--) {
    const kinds = settingsAt(root, path.slice(0, length));
    if (kinds.length === 0) continue;
    const home = kinds.find((one) => settingsIn(one).has(String(path[length])));
    return home === undefined ? undefined : explainSetting(settingsIn(home).get(String(path[length]))!, home);
  }
  return undefined;
}

const bases: Readonly<Partial<Record<Unit, readonly [number, string]>>> = {
  duration: [1e6, "ms"],
  size: [1, "bytes"],
  rate: [1, "per second"],
  bandwidth: [1, "bytes per second"],
};

/** A quantity in the unit that all of its kind can be compared in. */
function inBase(unit: Unit, written: string): string {
  const base = bases[unit];
  const read = readQuantity(unit, written);
  if (base === undefined || typeof read === "string") return "";
  return `${code(written)} is ${(read / base[0]).toLocaleString("en-US", { maximumFractionDigits: 6 })} ${base[1]}.`;
}
