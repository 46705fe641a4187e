import { readYaml } from "../parse/yaml-text.ts";
import type { Finding, Piece } from "../stats/finding.ts";
import type { ExpectationOutcome, Summary } from "../stats/result.ts";
import { fileChanges, type FileChange } from "./file-changes.ts";
import { comers, headlines, outcomeChanges, type OutcomeChange, type Thing } from "./outcome-changes.ts";

/** What of a run is compared. */
export interface ComparedRun {
  /** The file as it was run. */
  readonly text: string;
  readonly summary: Summary;
  readonly findings: readonly Finding[];
}

/** What two runs of a file differ in, each list with what matters most first. */
export interface Comparison {
  /** Whether not a character of the file differs. */
  readonly sameText: boolean;
  readonly file: readonly FileChange[];
  /** Changes of the file beyond those. */
  readonly fileMore: number;
  readonly figures: readonly OutcomeChange[];
  /** The few figures that tell the most. */
  readonly headlines: readonly OutcomeChange[];
  /** Things that only the later run has, and those that only the earlier one had. */
  readonly came: readonly Thing[];
  readonly went: readonly Thing[];
  /** Findings that only the later run has, and those that only the earlier one had. */
  readonly appeared: readonly Finding[];
  readonly gone: readonly Finding[];
  readonly expectations: readonly ExpectationChange[];
}

export interface ExpectationChange {
  readonly says: readonly Piece[];
  /** Whether it held; undefined where the file did not expect it. */
  readonly before: boolean | undefined;
  readonly after: boolean | undefined;
}

const changesMost = 100;
const headlinesMost = 3;

export function compareRuns(before: ComparedRun, after: ComparedRun): Comparison {
  const sameText = before.text === after.text;
  const file = sameText ? [] : fileChanges(treeOf(before), treeOf(after));
  const figures = outcomeChanges(before.summary, after.summary);
  return {
    sameText,
    file: file.slice(0, changesMost),
    fileMore: Math.max(0, file.length - changesMost),
    figures,
    headlines: headlines(figures, headlinesMost),
    came: comers(before.summary, after.summary),
    went: comers(after.summary, before.summary),
    appeared: without(after.findings, before.findings),
    gone: without(before.findings, after.findings),
    expectations: expectationChanges(before, after),
  };
}

const treeOf = ({ text }: ComparedRun) => readYaml(text).tree;

/** Findings about the same figure of the same thing are one, whatever the figure and its reason are. */
function without(findings: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const known = new Set(others.map(subject));
  return findings.filter((one) => one.kind !== "expectation" && !known.has(subject(one)));
}

function subject({ kind, node, says }: Finding): string {
  const paths = says.flatMap((piece) => (typeof piece === "object" && "path" in piece ? [piece.path] : []));
  const words = says.find((piece) => typeof piece === "string");
  return JSON.stringify([kind, node ?? "", paths[0] ?? words ?? ""]);
}

function expectationChanges(before: ComparedRun, after: ComparedRun): readonly ExpectationChange[] {
  const [was, is] = [byContent(before.summary.expect), byContent(after.summary.expect)];
  const changes: ExpectationChange[] = [];
  for (const [content, one] of is) {
    const held = was.get(content)?.holds;
    if (held !== one.holds) changes.push({ says: said(one, after), before: held, after: one.holds });
  }
  for (const [content, one] of was)
    if (!is.has(content)) changes.push({ says: said(one, before), before: one.holds, after: undefined });
  return changes;
}

function byContent(all: readonly ExpectationOutcome[]): ReadonlyMap<string, ExpectationOutcome> {
  return new Map(
    all.map((one) => [JSON.stringify([one.metric, one.of, one.bound, one.during]), one] as const),
  );
}

/** What the run found about it, with the figure. */
function said({ metric, span }: ExpectationOutcome, { findings }: ComparedRun): readonly Piece[] {
  const found = findings.find(
    ({ kind, about }) => kind === "expectation" && about?.start === span.start && about.end === span.end,
  );
  return found?.says ?? [metric];
}
