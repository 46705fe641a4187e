import { parse } from "../parse/parse.ts";
import type { Parsed } from "../parse/parse.ts";
import type { Problem } from "../problems/problem.ts";
import { LineIndex } from "../text/line-index.ts";
import { disabledLines } from "./disable-comment.ts";

/** A parsed file with the text that it was read from. */
export interface ParsedText {
  readonly text: string;
  readonly parsed: Parsed;
}

/** Every problem of a file in the order of the text, without those that a comment switches off. */
export function check(file: string | ParsedText): Problem[] {
  const text = typeof file === "string" ? file : file.text;
  const { problems } = typeof file === "string" ? parse(file) : file.parsed;
  const disabled = disabledLines(text);
  const index = new LineIndex(text);
  return problems
    .filter(
      ({ code, span }) =>
        disabled.size === 0 || disabled.get(index.position(span.start).line)?.has(code) !== true,
    )
    .sort(
      (a, b) =>
        a.span.start - b.span.start ||
        a.span.end - b.span.end ||
        (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
    );
}
