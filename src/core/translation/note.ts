import { legible } from "../problems/legible.ts";
import type { Span } from "../text/span.ts";

/** Something of a file that the other model has no equal for, or that means less or more there. */
export interface Note {
  /** The thing in the file that it is about: `consumers.fraud`. */
  readonly where: string;
  /** In the text that was translated. */
  readonly span: Span;
  /** What became of it and why, in whole sentences. */
  readonly says: string;
}

/** Each note once, in the order of the file. */
export class Notes {
  private readonly notes = new Map<string, Note>();
  private readonly names = new Map<string, string>();

  /** What is said of a thing that the translation has made up is said of this one of the file. */
  call(thing: string, ofFile: string): void {
    this.names.set(thing, ofFile);
  }

  add(where: string, span: Span, says: string): void {
    const note = { where: shortened(this.names.get(where) ?? where), span, says: legible(says) };
    const key = `${note.where}\n${note.says}`;
    if (!this.notes.has(key)) this.notes.set(key, note);
  }

  list(): readonly Note[] {
    return [...this.notes.values()].sort((a, b) => a.span.start - b.span.start);
  }
}

const longest = 80;

/** On one line, never at full length. */
function shortened(where: string): string {
  const seen = legible(where);
  return seen.length <= longest ? seen : `${seen.slice(0, longest).replace(/[\ud800-\udbff]$/u, "")}…`;
}
