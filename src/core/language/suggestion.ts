import type { Span } from "../text/span.ts";

export type SuggestionKind = "key" | "value" | "name" | "setting" | "block" | "comment";

/** One line of a completion list. */
export interface Suggestion {
  readonly label: string;
  readonly kind: SuggestionKind;
  /** Unit, type or default, in a few words. */
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string;
  /** A snippet: `${1:text}` is a place to fill in. Lines after the first are indented like the first. */
  readonly insert: string;
  /** The least first. */
  readonly rank: number;
  /** Taking it leads to a place that has a list of its own. */
  readonly leadsOn: boolean;
}

export interface Completion {
  /** What a suggestion replaces. */
  readonly span: Span;
  readonly suggestions: readonly Suggestion[];
}

/** As text of a snippet that stands for itself. */
export function literal(text: string): string {
  return text.replaceAll(/[\\$}]/gu, String.raw`\$&`);
}

const plainText = /^[A-Za-z_][^\s,[\]{}:#"'\\]*(?: [^\s,[\]{}:#"'\\]+)*$/u;
const otherThanText = /^(?:true|false|null|yes|no|on|off|\.nan|\.inf)$/iu;

/** A name as YAML takes it for a text: quoted where it would be something else. */
export function yamlText(text: string): string {
  return plainText.test(text) && !otherThanText.test(text) ? text : JSON.stringify(text);
}
