import type { Parsed } from "../parse/parse.ts";
import type { Span } from "../text/span.ts";
import { namingAt, namings, sameThing } from "./named-things.ts";
import { yamlText } from "./suggestion.ts";

/** A name at the cursor, and where it leads. */
export interface Definitions {
  readonly from: Span;
  readonly to: readonly Span[];
}

/** Where what is named at the cursor is declared; a group in each of its consumers. */
export function definitions(parsed: Parsed, offset: number): Definitions | undefined {
  const all = namings(parsed);
  const found = namingAt(all, offset);
  if (found === undefined) return undefined;
  const to = sameThing(all, found).filter(({ declares }) => declares);
  return to.length === 0 ? undefined : { from: found.span, to: to.map(({ span }) => span) };
}

export interface Mention {
  readonly span: Span;
  readonly declares: boolean;
}

/** Every place that names what is named at the cursor. */
export function mentions(parsed: Parsed, offset: number): Mention[] {
  const all = namings(parsed);
  const found = namingAt(all, offset);
  return found === undefined ? [] : sameThing(all, found).map(({ span, declares }) => ({ span, declares }));
}

export type RenameAnswer =
  | { readonly edits: readonly { readonly span: Span; readonly text: string }[] }
  | { readonly refusal: string };

export interface Renamable {
  readonly span: Span;
  readonly name: string;
}

/** What is to be renamed at the cursor; undefined where nothing has a name. */
export function renamable(parsed: Parsed, offset: number): Renamable | undefined {
  const found = namingAt(namings(parsed), offset);
  return found && { span: found.span, name: found.text.slice(found.scope.length) };
}

/** Edits that give what is named at the cursor another name everywhere. Quotes stay where somebody chose them. */
export function rename(parsed: Parsed, text: string, offset: number, name: string): RenameAnswer {
  const all = namings(parsed);
  const found = namingAt(all, offset);
  if (found === undefined)
    return { refusal: "There is no name of a topic, exchange, queue, group, producer or consumer here." };
  if (name === "" || /[\u0000-\u001f\u007f]/u.test(name))
    return { refusal: "A name is one line of text, and not empty." };
  const same = sameThing(all, found);
  const inside = same.find(({ scope }) => scope !== "")?.scope ?? "";
  const whole = found.scope + name;
  if (!whole.startsWith(inside) || whole === inside)
    return {
      refusal: `${found.text} is in a virtual host, and its name begins with ${inside} outside of it; choose a name that does.`,
    };
  if (
    whole !== found.text &&
    all.some((one) => one.kind === found.kind && one.declares && one.text === whole)
  )
    return { refusal: `There is a ${found.kind} ${whole} already; choose a name that is free.` };
  const edits = same.map(({ span, text: old, scope }) => ({
    span,
    text: inStyleOf(text.slice(span.start, span.end), old.slice(scope.length), whole.slice(scope.length)),
  }));
  return { edits };
}

/** The new name as the old one was written: quoted where that was a choice, else as YAML needs it. */
function inStyleOf(written: string, old: string, name: string): string {
  if (written === yamlText(old)) return yamlText(name);
  if (written.startsWith("'")) return `'${name.replaceAll("'", "''")}'`;
  return written.startsWith('"') ? JSON.stringify(name) : yamlText(name);
}
