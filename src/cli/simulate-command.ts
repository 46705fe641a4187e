import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Repeats, summaryText } from "../core/run.ts";
import type { Result } from "../core/run.ts";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { Progress } from "./progress.ts";
import { report } from "./report.ts";
import { asText, placed, readTopology } from "./topology-file.ts";

interface Wanted {
  readonly file: string;
  readonly seed: number | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

/** Events between two looks at the clock. */
const slice = 200_000;

export async function simulateCommand(words: readonly string[]): Promise<Exit> {
  const { file, seed, json, out } = readWords(words);
  const topology = readTopology(file);
  process.stderr.write(asText(placed(topology)));
  if (topology.hasErrors) {
    process.stderr.write(`brokerlab: ${file} has errors, so it was not run\n`);
    return exit.errors;
  }
  const result = await run(new Repeats(topology.topology, seed === undefined ? {} : { seed }));
  const text = summaryText(result.summary);
  if (out !== undefined) writeFileSync(out, text);
  process.stdout.write(json ? text : report(result.summary));
  for (const { message } of result.summary.problems) process.stderr.write(`brokerlab: ${message}\n`);
  return result.summary.expect.every(({ holds }) => holds) ? exit.well : exit.errors;
}

async function run(simulation: Repeats): Promise<Result> {
  const progress = new Progress(process.stderr);
  while (!simulation.advance(slice)) {
    progress.show(simulation.share, simulation.nowMs, simulation.events);
    // Lets a signal or a closed pipe end the process.
    await new Promise((resolve) => setImmediate(resolve));
  }
  progress.end();
  return simulation.result();
}

function readWords(words: readonly string[]): Wanted {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...words],
      options: {
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
  if (file === undefined) throw new UsageError("simulate needs a file");
  if (more.length > 0) throw new UsageError(`simulate runs one file; found ${positionals.length}`);
  return { file, seed: readSeed(values.seed), json: values.json, out: values.out };
}

function readSeed(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  const seed = Number(written);
  if (written.trim() === "" || !Number.isSafeInteger(seed) || seed < 0)
    throw new UsageError(`--seed is \`${written}\`: expected a whole number from 0`);
  return seed;
}
