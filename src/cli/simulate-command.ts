import { writeFileSync } from "node:fs";
import { seriesCsv } from "../report/csv.ts";
import { Repeats, summaryText } from "../core/run.ts";
import { sweepPoints } from "../core/index.ts";
import type { Summary } from "../core/run.ts";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { run } from "./progress.ts";
import { printable, report } from "./report.ts";
import { writeReport } from "./report-file.ts";
import { sweepJson, sweepTable, type SweptRun } from "./sweep-report.ts";
import { asText } from "./code-frame.ts";
import { readTopology } from "./topology-file.ts";
import { oneFile, parseWords, readSeed } from "./words.ts";

interface Wanted {
  readonly file: string;
  readonly seed: number | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
  /** Files for a page that plays the run back, and for the data of its charts. */
  readonly report: string | undefined;
  readonly csv: string | undefined;
}

export async function simulateCommand(words: readonly string[]): Promise<Exit> {
  const { file, seed, json, out, ...taken } = readWords(words);
  const topology = readTopology(file);
  process.stderr.write(asText(topology));
  if (!topology.runs) {
    process.stderr.write(`brokerlab: ${file} has errors, so it was not run\n`);
    return exit.errors;
  }
  const options = seed === undefined ? {} : { seed };
  const points = sweepPoints(topology.text);
  const broken = points.find(({ problems }) => problems.some(({ severity }) => severity === "error"));
  if (broken !== undefined) {
    const [problem] = broken.problems.filter(({ severity }) => severity === "error");
    process.stderr.write(`${printable(`brokerlab: ${inWords(broken.values)}: ${problem!.message}`)}\n`);
    return exit.errors;
  }
  if (points.length === 0) {
    const started = performance.now();
    const result = await run(new Repeats(topology.topology, options));
    const { summary, findings } = result;
    const wallMs = performance.now() - started;
    if (taken.csv !== undefined) writeFileSync(taken.csv, seriesCsv(result));
    if (taken.report !== undefined)
      await writeReport(taken.report, file, { text: topology.text, wallMs, result });
    print({ json, out }, summaryText(summary), report(summary, findings));
    return verdict([summary]);
  }
  for (const [option, value] of Object.entries(taken))
    if (value !== undefined) throw new UsageError(`--${option} is of one run, and ${file} has a sweep`);
  const runs: SweptRun[] = [];
  for (const [number, { values, topology: swept }] of points.entries()) {
    const { summary } = await run(new Repeats(swept, options), `point ${number + 1} of ${points.length}, `);
    runs.push({ point: values, summary });
  }
  print({ json, out }, sweepJson(runs), sweepTable(runs));
  return verdict(runs.map(({ summary }) => summary));
}

function inWords(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([path, value]) => `${path} ${value}`)
    .join(", ");
}

function print({ json, out }: Pick<Wanted, "json" | "out">, asJson: string, asReport: string): void {
  if (out !== undefined) writeFileSync(out, asJson);
  process.stdout.write(json ? asJson : asReport);
}

/** Well when every expectation of every run holds. */
function verdict(summaries: readonly Summary[]): Exit {
  for (const { problems } of summaries)
    for (const { message } of problems) process.stderr.write(`${printable(`brokerlab: ${message}`)}\n`);
  const holds = summaries.every(({ expect }) => expect.every((one) => one.holds));
  return holds ? exit.well : exit.errors;
}

function readWords(words: readonly string[]): Wanted {
  const { positionals, values } = parseWords(words, {
    seed: { type: "string" },
    json: { type: "boolean", default: false },
    out: { type: "string" },
    report: { type: "string" },
    csv: { type: "string" },
  });
  const file = oneFile("simulate", positionals);
  const { json, out, report, csv } = values;
  return { file, seed: readSeed(values.seed), json, out, report, csv };
}
