import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { promisedView } from "../../../../../src/core/queue/outcome-view.ts";
import type { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type { Outcome, Scenario } from "../../../../../src/core/queue/scenario.ts";
import { firstDifference } from "../difference.ts";
import type { Mutant } from "./mutants.ts";

export interface PlayedScenario {
  readonly scenario: Scenario;
  readonly live: Outcome;
}

type Play = typeof playScenario;

/** The simulator with one rule done wrong; with none, as it is. */
export async function loadMutant(project: string, name: string, mutant?: Mutant): Promise<Play> {
  const outfile = join(project, ".build/conformance/mutants", `${name}.mjs`);
  await build({
    entryPoints: [join(project, "src/core/queue/scenario-player.ts")],
    ...{ outfile, bundle: true, format: "esm", platform: "node", target: "node20", logLevel: "error" },
    plugins: [
      {
        name: "mutant",
        setup({ onLoad }): void {
          onLoad({ filter: /src[\\/]core[\\/]queue[\\/][^\\/]+\.ts$/ }, async ({ path }) => {
            if (mutant === undefined || basename(path) !== mutant.file) return undefined;
            return { contents: mutated(await readFile(path, "utf8"), mutant), loader: "ts" };
          });
        },
      },
    ],
  });
  return ((await import(pathToFileURL(outfile).href)) as { playScenario: Play }).playScenario;
}

export function mutated(source: string, { file, says, becomes }: Mutant): string {
  const parts = source.split(says);
  if (parts.length === 2) return parts.join(becomes);
  throw new RangeError(
    `src/core/queue/${file} says ${parts.length - 1} times, not once: ${says}\nBring the mutant up to date with it.`,
  );
}

/** How many of the scenarios it takes to tell a simulator from the server; undefined where all of them come out alike. */
export function toldApartBy(played: readonly PlayedScenario[], play: Play): number | undefined {
  for (const [at, { scenario, live }] of played.entries()) {
    const view = (outcome: Outcome): unknown => promisedView(outcome, scenario.compare);
    try {
      if (firstDifference(view(live), view(play(scenario))) !== undefined) return at + 1;
    } catch {
      return at + 1;
    }
  }
  return undefined;
}
