import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { promisedView } from "../../../../src/core/queue/outcome-view.ts";
import { playScenario } from "../../../../src/core/queue/scenario-player.ts";
import type { Scenario } from "../../../../src/core/queue/scenario.ts";
import { firstDifference } from "./difference.ts";
import { playLive, type Stage } from "./live-player.ts";

export interface RecordedScenario {
  readonly scenario: Scenario;
  readonly golden: unknown;
}

/** The recorded scenarios and outcomes of a folder; what was noted of the recording itself is left out. */
export async function readRecorded(folder: string): Promise<RecordedScenario[]> {
  const files = (await readdir(join(folder, "scenarios"))).sort();
  const read = async (kind: string, file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, kind, file), "utf8"));
  return Promise.all(
    files.map(async (file) => {
      const {
        broker: _,
        runs: __,
        distinctOutcomes: ___,
        ...golden
      } = (await read("golden", file)) as Record<string, unknown>;
      return { scenario: (await read("scenarios", file)) as Scenario, golden };
    }),
  );
}

/** What is wrong with it: the server does otherwise than recorded in all attempts, or the simulator than the server. */
export async function checkRecorded(
  { scenario, golden }: RecordedScenario,
  stage: Stage,
  attempts: number,
): Promise<string | undefined> {
  const view = (outcome: Parameters<typeof promisedView>[0]): unknown =>
    promisedView(outcome, scenario.compare);
  const simulated = firstDifference(golden, view(playScenario(scenario)));
  if (simulated !== undefined) return `simulated otherwise than recorded: ${simulated}`;
  let live: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    live = JSON.parse(JSON.stringify(view((await playLive(scenario, stage)).outcome)));
    if (isDeepStrictEqual(live, golden)) return undefined;
  }
  return `played live otherwise than recorded: ${firstDifference(golden, live)}`;
}

const runs = 5;

/** Plays a scenario a few times and gives the text of its golden file: the most frequent outcome. */
export async function record(scenario: Scenario, stage: Stage): Promise<string> {
  const seen = new Map<string, number>();
  for (let run = 0; run < runs; run++) {
    const { outcome } = await playLive(scenario, stage);
    const text = JSON.stringify(promisedView(outcome, scenario.compare));
    seen.set(text, (seen.get(text) ?? 0) + 1);
  }
  const [[first]] = [...seen].sort(([, a], [, b]) => b - a) as [[string, number]];
  const { name, ...outcome } = JSON.parse(first) as Record<string, unknown>;
  const about = { name, broker: "rabbitmq 3.10.8", runs, distinctOutcomes: seen.size };
  return `${JSON.stringify({ ...about, ...outcome }, undefined, 1)}\n`;
}
