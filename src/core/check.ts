import { parse } from "./parse/parse.ts";
import type { Parsed } from "./parse/parse.ts";
import { groupOf, problem, type Code } from "./problems/catalogue.ts";
import type { Problem } from "./problems/problem.ts";
import { LineIndex } from "./text/line-index.ts";
import { checks } from "./checks/all.ts";
import { CheckedFile } from "./checks/checked-file.ts";
import { disabledLines, Disabling } from "./checks/disable-comment.ts";

/** A parsed file with the text that it was read from. */
export interface ParsedText {
  readonly text: string;
  readonly parsed: Parsed;
}

/** No person reads more; a list without an end would only slow the editor down. */
export const problemsMax = 1000;

/** The problems of a file in the order of the text, without those that a comment switches off. */
export function check(file: string | ParsedText): Problem[] {
  const text = typeof file === "string" ? file : file.text;
  const parsed = typeof file === "string" ? parse(file) : file.parsed;
  const sorted = switchedOn([...parsed.problems, ...found(parsed, text)], text).sort(inOrder);
  if (sorted.length <= problemsMax) return silenceable(sorted, text);
  const message = `The file has ${sorted.length} problems; this is the last of the ${problemsMax} that are shown.`;
  return [
    ...silenceable(sorted.slice(0, problemsMax - 1), text),
    problem("schema", sorted[problemsMax - 1]!.span, { kind: "rule", message }),
  ];
}

/** Whether the file cannot run with it. What is predicted of its load, a run shows as well. */
export function stopsRun({ code, severity }: Problem): boolean {
  return severity === "error" && groupOf(code as Code) !== "capacity";
}

/** What the checks find in what could be read. */
function* found(parsed: Parsed, text: string): Iterable<Problem> {
  const file = new CheckedFile(parsed, text);
  for (const one of checks) yield* one(file);
}

function switchedOn(problems: readonly Problem[], text: string): Problem[] {
  const disabled = disabledLines(text);
  if (disabled.size === 0) return [...problems];
  const index = new LineIndex(text);
  return problems.filter(
    ({ code, span }) => disabled.get(index.position(span.start).line)?.has(code) !== true,
  );
}

/** What is no error may be meant. */
function silenceable(problems: Problem[], text: string): Problem[] {
  if (problems.every(({ severity }) => severity === "error")) return problems;
  const disabling = new Disabling(text);
  return problems.map((one) =>
    one.severity === "error" ? one : { ...one, fixes: [...(one.fixes ?? []), disabling.fix(one)] },
  );
}

function inOrder(a: Problem, b: Problem): number {
  return (
    a.span.start - b.span.start || a.span.end - b.span.end || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}
