import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install } from "../../../../scripts/install.mjs";
import { differences, measure, titleOf } from "./comparison.ts";
import type { Facts } from "./facts.ts";
import { slownessOf } from "./fit.ts";
import { classpath, kafkaVersion } from "./jars.ts";
import { hashOf, record, recordedOutcome, scenarioText } from "./outcome.ts";
import { scenarios, type Scenario } from "./scenarios.ts";
import { simulated } from "./simulated.ts";
import { bySetting, Stage, type Setting } from "./stage.ts";

const recording = process.env["BROKERLAB_RECORD"] !== undefined;
const asked = (process.env["BROKERLAB_SCENARIOS"] ?? "").split(",");
const chosen = scenarios.filter(({ name }) => asked.some((part) => name.includes(part)));

/** A machine that is busy with something else may be late once, not always. */
const tries = 3;

/** Of this machine, once it is fitted; else as it was recorded. */
let slowness = recordedOutcome(scenarios.find(({ costs }) => costs === "fitted")!.name)?.slowness ?? 1;
const slownessFor = ({ costs }: Scenario) => (costs === undefined ? 1 : slowness);

describe.each([...bySetting(chosen)])("Kafka with %s", (setting, members) => {
  let stage: Stage | undefined;
  beforeAll(async () => {
    if (members.some(({ ofNode }) => ofNode !== undefined))
      await install("a Kafka client of Node's", join(import.meta.dirname, "node-client"));
    stage = await Stage.open(await classpath(), JSON.parse(setting) as Setting);
    stage.begin(members);
  }, 600_000);
  afterAll(async () => await stage?.close(), 120_000);

  it.each(members)(
    "$name",
    async (scenario) => {
      const { name } = scenario;
      const text = scenarioText(name);
      const judge = (facts: Facts) => {
        if (scenario.costs === "fitted") slowness = slownessOf(text, scenario.near![0]!.figure, facts);
        return differences(scenario, facts, simulated(text, slownessFor(scenario)).facts);
      };
      let facts: Facts | undefined;
      let differing: readonly string[] = [];
      for (let attempt = 1; attempt <= tries; attempt++) {
        facts = undefined;
        try {
          facts = await (attempt === 1 ? stage!.outcome(name) : stage!.again(scenario));
          differing = judge(facts);
        } catch (error) {
          differing = [String(error)];
        }
        if (differing.length === 0) break;
        if (attempt < tries) console.warn(`${name}, again:\n${differing.join("\n")}`);
      }
      if (facts === undefined) throw new Error(`it could not be played: ${differing.join("\n")}`);
      for (const { figure } of scenario.near ?? []) {
        const ours = simulated(text, slownessFor(scenario)).facts;
        const [theirs, own] = [measure(figure, facts), measure(figure, ours)];
        console.log(
          `${name}: ${titleOf(figure)} ${theirs.toFixed(2)} ms in Kafka, simulated ${own.toFixed(2)} ms, ${((100 * (own - theirs)) / theirs).toFixed(1)}%`,
        );
      }
      if (recording) {
        const costs = scenario.costs === undefined ? {} : { slowness: slownessFor(scenario) };
        record(name, { kafka: kafkaVersion, scenario: hashOf(text), ...costs, facts });
      }
      expect(differing).toEqual([]);
      expect(recordedOutcome(name)?.scenario, "the scenario has changed: record it again").toBe(hashOf(text));
    },
    900_000,
  );
});
