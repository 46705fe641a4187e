import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compareModels, parse } from "../core/index.ts";
import type { BrokerModel, ModelFigure, Topology, Translation } from "../core/index.ts";
import { Repeats } from "../core/run.ts";
import type { Result } from "../core/run.ts";
import { asText } from "./code-frame.ts";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { modelsTable } from "./models-report.ts";
import { Progress } from "./progress.ts";
import { readSeed } from "./simulate-command.ts";
import { readTopology } from "./topology-file.ts";
import { notesText, readModel, translated } from "./translate-command.ts";

interface Wanted {
  readonly file: string;
  readonly to: BrokerModel | undefined;
  readonly seed: number | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

/** Events between two looks at the clock. */
const slice = 200_000;

/** Runs a file and the same workload in the other broker model with one seed, and prints their figures side by side. */
export async function compareModelsCommand(words: readonly string[]): Promise<Exit> {
  const { file, to, seed, json, out } = readWords(words);
  const topology = readTopology(file);
  process.stderr.write(asText(topology));
  if (!topology.runs) {
    process.stderr.write(`brokerlab: ${file} has errors, so it was not run\n`);
    return exit.errors;
  }
  const translation = translated(topology, to);
  process.stderr.write(notesText(topology, translation));
  const options = seed === undefined ? {} : { seed };
  const own = await run(topology.topology, options, "as written, ");
  const other = await run(parse(translation.text).topology, options, "in the other model, ");
  const figures = compareModels(own, other);
  const asJson = inJson(file, translation, own, other, figures);
  if (out !== undefined) writeFileSync(out, asJson);
  process.stdout.write(json ? asJson : modelsTable(own.summary, translation.to, figures));
  return exit.well;
}

async function run(topology: Topology, options: { readonly seed?: number }, before: string): Promise<Result> {
  const simulation = new Repeats(topology, options);
  const progress = new Progress(process.stderr);
  while (!simulation.advance(slice)) {
    progress.show(simulation.share, simulation.nowMs, simulation.events, before);
    // Lets a signal or a closed pipe end the process.
    await new Promise((resolve) => setImmediate(resolve));
  }
  progress.end();
  return simulation.result();
}

/** What has no equal, the figures, and both summaries as `simulate --json` prints them. */
function inJson(
  file: string,
  { notes, to, text }: Translation,
  own: Result,
  other: Result,
  figures: readonly ModelFigure[],
): string {
  const told = notes.map(({ where, says }) => ({ where, says }));
  const answer = { file, to, notes: told, figures, own: own.summary, other: other.summary, otherFile: text };
  return `${JSON.stringify(answer, undefined, 1)}\n`;
}

function readWords(words: readonly string[]): Wanted {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...words],
      options: {
        to: { type: "string" },
        seed: { type: "string" },
        json: { type: "boolean", default: false },
        out: { type: "string" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { positionals, values } = parsed;
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError("compare-models needs one file");
  return { file, to: readModel(values.to), seed: readSeed(values.seed), json: values.json, out: values.out };
}
