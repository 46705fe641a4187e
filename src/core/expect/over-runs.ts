import type { Bound } from "../model/expectation.ts";
import type { Topology } from "../model/topology.ts";
import { intervalsOf } from "../stats/confidence.ts";
import type { ExpectationOutcome, RepeatSummary, Summary } from "../stats/result.ts";
import { holds } from "./expect.ts";

/** Of the intervals beside the runs' figures; an expectation may have its own. */
const confidence = 0.95;

/** Several runs of a file with seeds that count up: the first one's summary, and what all of them say together. */
export function summarizeRuns(topology: Topology, runs: readonly Summary[]): Summary {
  const [first] = runs;
  if (first === undefined || runs.length === 1) return first!;
  const problems = runs.flatMap((run) => run.problems);
  const told = new Set<string>();
  return {
    ...first,
    expect: first.expect.map((outcome, number) => overRuns(topology, outcome, runs, number)),
    repeat: repeatSummary(runs),
    problems: problems.filter(({ message }) => !told.has(message) && told.add(message)),
  };
}

/** The whole interval must keep the bound. */
function overRuns(
  topology: Topology,
  outcome: ExpectationOutcome,
  runs: readonly Summary[],
  number: number,
): ExpectationOutcome {
  const { bound, confidence: asked } = topology.expect[number]!;
  const values = runs.flatMap(({ expect }) => expect[number]!.actual ?? []);
  if (values.length < runs.length) return { ...outcome, actual: null, holds: false };
  const { mean, low, high } = intervalsOf(runs.length, asked)(values);
  return {
    ...outcome,
    actual: mean,
    interval: { confidence: asked, low, high },
    holds: keeps(low, high, bound),
  };
}

function keeps(low: number, high: number, bound: Bound): boolean {
  return holds(low, bound) && holds(high, bound);
}

function repeatSummary(runs: readonly Summary[]): RepeatSummary {
  const intervals = intervalsOf(runs.length, confidence);
  const all = runs.map((run) => new Map(figuresOf(run)));
  const figures: [string, RepeatSummary["figures"][string]][] = [];
  for (const path of all[0]!.keys()) {
    const values = all.flatMap((one) => one.get(path) ?? []);
    if (values.length === runs.length) figures.push([path, intervals(values)]);
  }
  return { runs: runs.length, confidence, figures: Object.fromEntries(figures) };
}

/** Every number of the summary's things under its path; lists (instances, partitions) are left out. */
function* figuresOf(summary: Summary): Iterable<[path: string, value: number]> {
  const { producers, topics, groups, exchanges, queues, consumers, totals } = summary;
  yield* numbersIn({ producers, topics, groups, exchanges, queues, consumers, totals }, "");
}

function* numbersIn(thing: object, prefix: string): Iterable<[path: string, value: number]> {
  for (const [key, value] of Object.entries(thing) as [string, unknown][]) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (typeof value === "number") yield [path, value];
    else if (typeof value === "object" && value !== null && !Array.isArray(value))
      yield* numbersIn(value, path);
  }
}
