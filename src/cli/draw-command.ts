import { parseArgs } from "node:util";
import { topologyGraph } from "../core/index.ts";
import { mermaid } from "../report/mermaid.ts";
import { asText } from "./code-frame.ts";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { readTopology } from "./topology-file.ts";

/** Prints what is connected to what, without a run. */
export function drawCommand(words: readonly string[]): Exit {
  const file = readWords(words);
  const topology = readTopology(file);
  if (topology.hasErrors) {
    process.stderr.write(asText(topology));
    process.stderr.write(`brokerlab: ${file} has errors, so it was not drawn\n`);
    return exit.errors;
  }
  process.stdout.write(mermaid(topologyGraph(topology.topology)));
  return exit.well;
}

function readWords(words: readonly string[]): string {
  let parsed;
  try {
    parsed = parseArgs({ args: [...words], allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const [file, ...more] = parsed.positionals;
  if (file === undefined || more.length > 0) throw new UsageError("draw needs one file");
  return file;
}
