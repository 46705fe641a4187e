import { randomInt } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { playScenario } from "../../../../src/core/queue/scenario-player.ts";
import type { Scenario } from "../../../../src/core/queue/scenario.ts";
import { clusterScenarios, comparable } from "../cluster/scenario.ts";
import { simulateCluster } from "../cluster/simulated.ts";
import { playCluster } from "./cluster-player.ts";
import { Campaign } from "./fuzz/campaign.ts";
import { flavourNames, restartsServer, type Source } from "./fuzz/generate.ts";
import { mutants } from "./fuzz/mutants.ts";
import { loadMutant, toldApartBy, type PlayedScenario } from "./fuzz/mutation.ts";
import { firstDifference } from "./difference.ts";
import { playLive, type Stage } from "./live-player.ts";
import { checkRecorded, readRecorded, record, type RecordedScenario } from "./recorded.ts";
import { installServer } from "./server-package.ts";
import { RabbitServer } from "./server.ts";
import { inRounds, onStages, stageNames, stageOf } from "./stages.ts";

const { values, positionals: files } = parseArgs({
  options: {
    /** The project's folder. */
    project: { type: "string" },
    /** Random scenarios to play. */
    scenarios: { type: "string", default: "2000" },
    /** Of the random scenarios; by default that of the environment (`CONFORMANCE_SEED`), or else a fresh one. */
    seed: { type: "string" },
    /** Plays the one of this number alone, or those of several, with commas between them. */
    only: { type: "string" },
    /** Draws all random scenarios of this kind, as `policies`. */
    flavour: { type: "string" },
    /** No new random scenario begins after so many; they may be fewer then. */
    minutes: { type: "string", default: "60" },
    /** Whether the scenarios tell wrong rules apart too. */
    mutants: { type: "boolean", default: false },
    /** Writes what the server does in the scenarios named into `golden`. */
    record: { type: "boolean", default: false },
    /** Plays what three nodes go through in one cluster, and nothing else; `--record` writes what they did. */
    cluster: { type: "boolean", default: false },
    /** Scenarios that are played at once. */
    stages: { type: "string", default: "16" },
  },
  allowPositionals: true,
});
const project = values.project!;
const build = join(project, ".build");
const recordings = join(project, "test/conformance/rabbitmq");
/** Runs of a recorded scenario that may differ before it counts as different: the recording is the most frequent outcome. */
const attempts = 5;
const asked = values.seed ?? process.env["CONFORMANCE_SEED"];
const seed = asked === undefined ? randomInt(1_000_000_000) : Number(asked);
if (!Number.isSafeInteger(seed)) {
  console.error(`the seed is a whole number, not '${asked}' (--seed, CONFORMANCE_SEED)`);
  process.exit(2);
}
const { flavour } = values;
if (flavour !== undefined && !flavourNames.includes(flavour)) {
  console.error(`there is no flavour '${flavour}'; there are ${flavourNames.join(", ")} (--flavour)`);
  process.exit(2);
}
const source: Source = { seed, flavour };
const count = { passed: 0, failed: 0 };
const tell = (line: string): void => console.log(line);

function judge(passed: boolean, wrong: () => string): void {
  if (passed) count.passed++;
  else {
    count.failed++;
    tell(`✗ ${wrong()}`);
  }
}

if (files.length === 0 && !values.cluster)
  tell(`seed ${seed}; again: npm run conformance:rabbitmq -- --seed ${seed}`);
try {
  await installServer(tell);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
if (values.cluster) {
  await playClusters();
  await end();
}
const stages = stageNames(Number(values.stages));
const server = await RabbitServer.start(join(build, "rabbitmq"), stages);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void server.stop().finally(() => process.exit(130)));
try {
  if (files.length > 0) await playFiles();
  else {
    if (values.only === undefined && flavour === undefined) await playRecorded();
    await playRandom();
  }
} finally {
  await server.stop();
}
await end();

async function end(): Promise<never> {
  await mkdir(join(build, "reports"), { recursive: true });
  await writeFile(join(build, "reports/rabbitmq.json"), JSON.stringify(count));
  tell(`\n${count.passed} passed, ${count.failed} failed`);
  process.exit(count.failed === 0 ? 0 : 1);
}

/** One after the other: each starts three nodes. Those named, or all. */
async function playClusters(): Promise<void> {
  const chosen = clusterScenarios.filter(({ name }) => files.length === 0 || files.includes(name));
  for (const scenario of chosen) {
    const golden = join(recordings, "cluster/golden", `${scenario.name}.json`);
    const outcome = await playCluster(scenario, join(build, "rabbitmq-cluster"));
    if (values.record) await writeFile(golden, `${JSON.stringify(outcome, undefined, 1)}\n`);
    const recorded: unknown = JSON.parse(await readFile(golden, "utf8"));
    const where = firstDifference(recorded, outcome);
    judge(where === undefined, () => `${scenario.name} played live otherwise than recorded: ${where}`);
    const simulated = firstDifference(
      comparable(outcome, scenario),
      comparable(simulateCluster(scenario), scenario),
    );
    judge(simulated === undefined, () => `${scenario.name} simulated otherwise than live: ${simulated}`);
    tell(`${scenario.name} played`);
  }
}

/** Prints the server's outcome of each. */
async function playFiles(): Promise<void> {
  await onStages(server, stages.slice(0, 1), files, async (file, stage) => {
    const scenario = JSON.parse(await readFile(file, "utf8")) as Scenario;
    const play = (on: Stage): Promise<void> => playFile(file, scenario, on);
    if (scenario.settings === undefined) await play(stage);
    else await withOwnServer(scenario, play);
  });
}

async function playFile(file: string, scenario: Scenario, stage: Stage): Promise<void> {
  if (values.record)
    await writeFile(join(recordings, "golden", `${scenario.name}.json`), await record(scenario, stage));
  const { outcome } = await playLive(scenario, stage);
  tell(JSON.stringify(outcome, undefined, 1));
  const where = firstDifference(outcome, playScenario(scenario));
  judge(where === undefined, () => `${file}: ${where}`);
}

/** A server that has the settings of a scenario plays that alone. */
async function withOwnServer<T>(scenario: Scenario, play: (stage: Stage) => Promise<T>): Promise<T> {
  const folder = join(build, `rabbitmq-${scenario.name}`);
  const own = await RabbitServer.start(folder, stages.slice(0, 1), scenario.settings);
  try {
    return await play(stageOf(own, stages[0]!));
  } finally {
    await own.stop();
  }
}

async function playRecorded(): Promise<void> {
  const recorded = await readRecorded(recordings);
  const restarts = recorded.filter(({ scenario }) => scenario.requires?.includes("restart"));
  const others = recorded.filter((one) => !restarts.includes(one) && one.scenario.settings === undefined);
  const unlike: RecordedScenario[] = [];
  const check = async (one: RecordedScenario, stage: Stage): Promise<void> => {
    if ((await checkRecorded(one, stage, 1)) === undefined) count.passed++;
    else unlike.push(one);
  };
  await onStages(server, stages, others, check);
  await inRounds(server, stages, restarts, check);
  // Alone a scenario has all the machine for its times to live.
  for (const one of unlike) {
    const wrong = await checkRecorded(one, stageOf(server, stages[0]!), attempts);
    judge(wrong === undefined, () => `${one.scenario.name}: ${wrong}`);
  }
  for (const one of recorded)
    if (one.scenario.settings !== undefined) {
      const wrong = await withOwnServer(one.scenario, (stage) => checkRecorded(one, stage, attempts));
      judge(wrong === undefined, () => `${one.scenario.name}: ${wrong}`);
    }
  tell(
    `${count.passed} of ${recorded.length} recorded scenarios are alike: recorded, played live, simulated`,
  );
}

async function playRandom(): Promise<void> {
  const { only, scenarios } = values;
  const numbers = only?.split(",").map(Number) ?? [...Array(Number(scenarios)).keys()];
  tell(`${numbers.length} random scenarios of seed ${seed}`);
  const campaign = new Campaign(source, tell);
  const end = performance.now() + Number(values.minutes) * 60_000;
  const inTime = function* (some: readonly number[]): Iterable<number> {
    for (const number of some) if (performance.now() < end) yield number;
  };
  const play = (number: number, stage: Stage): Promise<void> => campaign.play(number, stage);
  const restarts = (number: number): boolean => restartsServer(number, source);
  await inRounds(server, stages, numbers.filter(restarts), play);
  await onStages(server, stages, inTime(numbers.filter((number) => !restarts(number))), play);
  await campaign.judgeUnlike(stageOf(server, stages[0]!));
  campaign.report();
  if (only === undefined && flavour === undefined) campaign.reportRules();
  count.passed += campaign.alike;
  for (const failure of campaign.failures) judge(false, () => failure);
  if (values.mutants) await tryMutants(campaign.played);
}

/** Each wrong simulator has to come out otherwise than the server somewhere, the right one nowhere. */
async function tryMutants(played: readonly PlayedScenario[]): Promise<void> {
  const unchanged = toldApartBy(played, await loadMutant(project, "unchanged"));
  judge(unchanged === undefined, () => `the simulator itself is told apart by scenario ${unchanged}`);
  for (const [number, mutant] of mutants.entries()) {
    const after = toldApartBy(played, await loadMutant(project, `mutant-${number}`, mutant));
    const { rule, wrong } = mutant;
    judge(after !== undefined, () => `nothing tells the mutant of ${rule} apart: ${wrong}`);
    if (after !== undefined) tell(`mutant of ${rule} told apart after ${after} scenarios: ${wrong}`);
  }
}
