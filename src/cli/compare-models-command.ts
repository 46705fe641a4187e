import { writeFileSync } from "node:fs";
import { compareModels, parse } from "../core/index.ts";
import type { BrokerModel, ModelFigure, Translation } from "../core/index.ts";
import { Repeats } from "../core/run.ts";
import type { Result } from "../core/run.ts";
import { asText } from "./code-frame.ts";
import { exit } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { modelsTable } from "./models-report.ts";
import { run } from "./progress.ts";
import { readTopology } from "./topology-file.ts";
import { notesText, readModel, translated } from "./translate-command.ts";
import { oneFile, parseWords, readSeed } from "./words.ts";

interface Wanted {
  readonly file: string;
  readonly to: BrokerModel | undefined;
  readonly seed: number | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

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
  const own = await run(new Repeats(topology.topology, options), "as written, ");
  const other = await run(new Repeats(parse(translation.text).topology, options), "in the other model, ");
  const figures = compareModels(own, other);
  const asJson = inJson(file, translation, own, other, figures);
  if (out !== undefined) writeFileSync(out, asJson);
  process.stdout.write(json ? asJson : modelsTable(own.summary, translation.to, figures));
  return exit.well;
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
  const { positionals, values } = parseWords(words, {
    to: { type: "string" },
    seed: { type: "string" },
    json: { type: "boolean", default: false },
    out: { type: "string" },
  });
  const file = oneFile("compare-models", positionals);
  return { file, to: readModel(values.to), seed: readSeed(values.seed), json: values.json, out: values.out };
}
