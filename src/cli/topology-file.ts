import { readFileSync } from "node:fs";
import { check, LineIndex, parse, stopsRun } from "../core/index.ts";
import type { Problem, Span, Topology } from "../core/index.ts";

export interface TopologyFile {
  readonly file: string;
  readonly text: string;
  readonly topology: Topology;
  readonly problems: readonly Problem[];
  readonly hasErrors: boolean;
  /** Whether nothing keeps it from running. */
  readonly runs: boolean;
}

/** Reads and checks a file; throws where the file cannot be read. */
export function readTopology(file: string): TopologyFile {
  const text = readText(file);
  const parsed = parse(text);
  const problems = check({ text, parsed });
  const hasErrors = problems.some(({ severity }) => severity === "error");
  return {
    file,
    text,
    topology: parsed.topology,
    problems,
    hasErrors,
    runs: !problems.some(stopsRun),
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason =
      code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : String(error);
    throw new Error(`${file} cannot be read: ${reason}`, { cause: error });
  }
}

export interface Region {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A problem with its place as `check --format json` prints it: lines and columns from 1, the end behind the last character. */
export interface PlacedProblem extends Region {
  readonly file: string;
  readonly severity: Problem["severity"];
  readonly code: string;
  readonly message: string;
  /** The other places that it is about; only where there are any. */
  readonly related?: readonly (Region & { readonly message: string })[];
}

export function placed({ file, text, problems }: TopologyFile): PlacedProblem[] {
  const index = new LineIndex(text);
  const regionOf = (span: Span): Region => {
    const start = index.position(span.start);
    const end = index.position(span.end);
    return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  };
  return problems.map(({ span, severity, code, message, related = [] }) => {
    const problem = { file, ...regionOf(span), severity, code, message };
    if (related.length === 0) return problem;
    return { ...problem, related: related.map((one) => ({ ...regionOf(one.span), message: one.message })) };
  });
}
