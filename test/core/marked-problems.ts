import { expect } from "vitest";
import { check, LineIndex } from "../../src/core/index.ts";
import type { Code, Problem } from "../../src/core/index.ts";
import { groupOf } from "../../src/core/problems/catalogue.ts";

const marker = /^\s*#[ \t]*(\^+)[ \t]*([a-z-]+)(?::[ \t]*(.*))?$/u;

/**
 * Checks a file whose comments mark what must be reported: `# ^^^^ code: a part of the message` stands under the line
 * and the columns of the problem. Exactly these problems must come.
 */
export function expectProblems(text: string): Problem[] {
  return expectThese(check(text), text);
}

/** The same of what the parser reports, whatever the checks of the whole file say. */
export function expectFormProblems(text: string): Problem[] {
  return expectThese(formProblems(text), text);
}

export function formProblems(text: string): Problem[] {
  return check(text).filter(({ code }) => groupOf(code as Code) === "form");
}

function expectThese(problems: Problem[], text: string): Problem[] {
  const lines = text.split("\n");
  const wanted: { place: string; message: string }[] = [];
  let line = 0;
  for (const [number, content] of lines.entries()) {
    const mark = marker.exec(content);
    if (mark === null) {
      line = number + 1;
      continue;
    }
    const column = content.indexOf("^") + 1;
    wanted.push({
      place: `${line}:${column}-${column + mark[1]!.length} ${mark[2]!}`,
      message: mark[3] ?? "",
    });
  }
  const index = new LineIndex(text);
  const found = problems.map((problem) => `${placeOf(problem, index)}: ${problem.message}`);
  const places = problems.map((problem) => placeOf(problem, index));
  expect(places.toSorted(), found.join("\n")).toEqual(wanted.map(({ place }) => place).toSorted());
  for (const { place, message } of wanted)
    expect(found.filter((said) => said.startsWith(place)).join("\n")).toContain(message);
  return problems;
}

function placeOf({ code, span }: Problem, index: LineIndex): string {
  const { line, column } = index.position(span.start);
  return `${line}:${column}-${column + span.end - span.start} ${code}`;
}

/** The text after a quick fix. */
export function mended(text: string, problem: Problem | undefined, title: string): string {
  const fix = problem?.fixes?.find((candidate) => candidate.title === title);
  if (fix === undefined) throw new Error(`no fix '${title}' in ${JSON.stringify(problem)}`);
  return [...fix.edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((mend, edit) => mend.slice(0, edit.span.start) + edit.text + mend.slice(edit.span.end), text);
}
