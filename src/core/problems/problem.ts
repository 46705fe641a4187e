import type { Span } from "../text/span.ts";

export type Severity = "error" | "warning" | "information";

/** Something that a person wrote wrong: a value, never an exception. The catalogue (`catalogue.ts`) builds them. */
export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  /** Other places that the message speaks of. */
  readonly related?: readonly { readonly message: string; readonly span: Span }[];
  readonly fixes?: readonly Fix[];
}

/** A mechanical mend: edits of the text, offered as a quick fix under its title. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** It changes nothing that happens, so it may be done without a look at it, together with others. */
  readonly safe?: true;
  /** It mends nothing, but switches the check off where it stands. */
  readonly silences?: true;
}

/** A text in the place of another; an empty span is a place to insert at. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}
