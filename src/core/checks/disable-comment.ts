import { LineIndex } from "../text/line-index.ts";

const comment = /(?:^|[ \t])#[ \t]*brokerlab-disable-next-line[ \t]+([a-z][a-z \t,-]*)/gmu;

/** The codes that a comment `# brokerlab-disable-next-line code` switches off, by the line on which they are off. */
export function disabledLines(text: string): ReadonlyMap<number, ReadonlySet<string>> {
  const disabled = new Map<number, Set<string>>();
  if (!text.includes("brokerlab-disable-next-line")) return disabled;
  const index = new LineIndex(text);
  for (const match of text.matchAll(comment)) {
    const line = index.position(match.index).line + 1;
    const codes = disabled.get(line) ?? new Set<string>();
    for (const code of match[1]!.split(/[ \t,]+/u)) if (code !== "") codes.add(code);
    disabled.set(line, codes);
  }
  return disabled;
}
