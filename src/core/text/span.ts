/** A half-open range of UTF-16 offsets into the text of a topology file. Only `host/positions.ts` makes it a `vscode.Range`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text that a person wrote, with the place where it stands. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}
