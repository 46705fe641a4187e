import { problem, replace } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { OffsetMap } from "./offset-map.ts";

/** Keys whose value is a pattern or routing key, followed by a `#` that YAML takes for the start of a comment. */
const candidate = /routing[_-]key["']?[ \t]*:[ \t]+(?:([^\s"'#{}[\],|>&!*%@`][^\s,}\]]*) )?(#[^\s,}\]]*)/gu;

export interface Quoted {
  /** The text with the patterns quoted, so that the rest of its line is read. */
  readonly text: string;
  readonly offsets: OffsetMap;
  readonly problems: readonly Problem[];
}

/** Puts quotes around patterns that YAML would take for a comment, and reports each. */
export function quotePatterns(text: string): Quoted {
  const problems: Problem[] = [];
  const insertions: number[] = [];
  let quoted = "";
  let copied = 0;
  if (text.includes("#"))
    for (const match of text.matchAll(candidate)) {
      const before = match[1];
      const mark = match[2]!;
      // After a value a comment is usual; only `#` alone and `#.x` look like words of the pattern.
      if (before !== undefined && !isPatternRest(mark, text, match.index + match[0].length)) continue;
      if (mark !== "#" && !mark.startsWith("#.") && before === undefined && !isPatternWord(mark)) continue;
      if (insideComment(text, match.index)) continue;
      const end = match.index + match[0].length;
      const start = end - mark.length - (before === undefined ? 0 : before.length + 1);
      const pattern = text.slice(start, end);
      problems.push(
        problem("pattern-unquoted", { start, end }, { pattern, taken: "a comment" }, [
          { ...replace(`Quote the pattern: "${pattern}"`, { start, end }, `"${pattern}"`), safe: true },
        ]),
      );
      quoted += `${text.slice(copied, start)}"${pattern}"`;
      copied = end;
      insertions.push(start, end);
    }
  return { text: quoted + text.slice(copied), offsets: new OffsetMap(insertions), problems };
}

function isPatternRest(mark: string, text: string, end: number): boolean {
  return (
    mark.startsWith("#.") || (mark === "#" && /^[ \t]*(?:[,}\]\r\n]|$)/u.test(text.slice(end, end + 40)))
  );
}

/** `#eu` can only be a comment, `#` and `#.eu` are words of a pattern. */
function isPatternWord(mark: string): boolean {
  return mark === "#" || mark.startsWith("#.");
}

function insideComment(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return /(?:^|\s)#/u.test(line);
}
