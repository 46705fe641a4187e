import type { Fix, Problem } from "../problems/problem.ts";
import { LineIndex } from "../text/line-index.ts";

const directive = "brokerlab-disable-next-line";
const comment = /(?:^|[ \t])#[ \t]*brokerlab-disable-next-line[ \t]+([a-z][a-z \t,-]*)/gmu;
/** A line that holds nothing but such a comment. */
const commentLine = /^[ \t]*#[ \t]*brokerlab-disable-next-line[ \t]+[a-z][a-z \t,-]*$/u;

/**
 * The codes that a comment `# brokerlab-disable-next-line code` switches off, by the line on which they are off. Several
 * such lines one below the other all speak of the line behind them.
 */
export function disabledLines(text: string): ReadonlyMap<number, ReadonlySet<string>> {
  const disabled = new Map<number, Set<string>>();
  if (!text.includes(directive)) return disabled;
  const index = new LineIndex(text);
  for (const match of text.matchAll(comment)) {
    let line = index.position(match.index).line + 1;
    while (commentLine.test(lineOf(text, index, line))) line++;
    const codes = disabled.get(line) ?? new Set<string>();
    for (const code of match[1]!.split(/[ \t,]+/u)) if (code !== "") codes.add(code);
    disabled.set(line, codes);
  }
  return disabled;
}

/** What switches problems off where they stand: a comment above the line, or one code more in the comment there. */
export class Disabling {
  private readonly text: string;
  private readonly index: LineIndex;

  constructor(text: string) {
    this.text = text;
    this.index = new LineIndex(text);
  }

  fix({ code, span }: Problem): Fix {
    const { line } = this.index.position(span.start);
    const above = line > 1 ? lineOf(this.text, this.index, line - 1) : "";
    const start = this.index.startOf(line, this.text.length);
    const indent = /^[ \t]*/u.exec(lineOf(this.text, this.index, line))![0];
    const end = this.index.startOf(line - 1, this.text.length) + above.trimEnd().length;
    return {
      title: `Disable '${code}' for this line`,
      silences: true,
      edits: [
        commentLine.test(above)
          ? { span: { start: end, end }, text: `, ${code}` }
          : { span: { start, end: start }, text: `${indent}# ${directive} ${code}\n` },
      ],
    };
  }
}

/** Without its end. */
function lineOf(text: string, index: LineIndex, line: number): string {
  return text
    .slice(index.startOf(line, text.length), index.startOf(line + 1, text.length))
    .replace(/[\r\n]+$/u, "");
}
