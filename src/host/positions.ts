import { Range, Selection, type TextDocument } from "vscode";
import type { Span } from "../core/index.ts";

/** Offsets count the text as VS Code holds it. A span past the end, from an older text, is clamped by VS Code. */
export function rangeOf(document: TextDocument, { start, end }: Span): Range {
  return new Range(document.positionAt(start), document.positionAt(end));
}

export function selectionOf(document: TextDocument, { start, end }: Span): Selection {
  return new Selection(document.positionAt(start), document.positionAt(end));
}
