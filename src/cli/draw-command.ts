import { topologyGraph } from "../core/index.ts";
import { mermaid } from "../report/mermaid.ts";
import { asText } from "./code-frame.ts";
import { exit } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { readTopology } from "./topology-file.ts";
import { oneFile, parseWords } from "./words.ts";

/** Prints what is connected to what, without a run. */
export function drawCommand(words: readonly string[]): Exit {
  const file = oneFile("draw", parseWords(words, {}).positionals);
  const topology = readTopology(file);
  if (topology.hasErrors) {
    process.stderr.write(asText(topology));
    process.stderr.write(`brokerlab: ${file} has errors, so it was not drawn\n`);
    return exit.errors;
  }
  process.stdout.write(mermaid(topologyGraph(topology.topology)));
  return exit.well;
}
