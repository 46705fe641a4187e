import { check } from "./check.ts";
import type { Edit } from "./problems/problem.ts";

/** A mend may make room for the next one; a file that needs more rounds is left where it is then. */
const roundsMax = 20;

/** The change of a text by all mends that are safe, but for those of the codes that are `off`; undefined for none. */
export function fixAll(text: string, off: readonly string[] = []): Edit | undefined {
  let mended = text;
  for (let round = 0; round < roundsMax; round++) {
    const edits = safeEdits(mended, off);
    if (edits.length === 0) break;
    mended = applied(mended, edits);
  }
  return difference(text, mended);
}

/** The edits of the safe mends that touch no place twice. */
function safeEdits(text: string, off: readonly string[]): Edit[] {
  const taken: Edit[] = [];
  for (const { code, fixes = [] } of check(text)) {
    const safe = off.includes(code) ? undefined : fixes.find((fix) => fix.safe === true);
    if (safe === undefined || safe.edits.some((edit) => taken.some((other) => meet(edit, other)))) continue;
    taken.push(...safe.edits);
  }
  return taken;
}

function meet({ span: a }: Edit, { span: b }: Edit): boolean {
  return a.start <= b.end && b.start <= a.end;
}

function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (mended, { span, text: put }) => mended.slice(0, span.start) + put + mended.slice(span.end),
      text,
    );
}

/** The smallest edit that makes one text the other. */
function difference(before: string, after: string): Edit | undefined {
  if (before === after) return undefined;
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let same = 0;
  const most = Math.min(before.length, after.length) - start;
  while (same < most && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  return { span: { start, end: before.length - same }, text: after.slice(start, after.length - same) };
}
