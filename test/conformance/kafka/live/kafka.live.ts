import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences } from "./comparison.ts";
import { classpath, kafkaVersion } from "./jars.ts";
import { hashOf, record, recordedOutcome, scenarioText } from "./outcome.ts";
import { scenarios } from "./scenarios.ts";
import { simulated } from "./simulated.ts";
import { bySetting, Stage, type Setting } from "./stage.ts";

const recording = process.env["BROKERLAB_RECORD"] !== undefined;
const asked = (process.env["BROKERLAB_SCENARIOS"] ?? "").split(",");
const chosen = scenarios.filter(({ name }) => asked.some((part) => name.includes(part)));

/** A machine that is busy with something else may be late once, not always. */
const tries = 3;

describe.each([...bySetting(chosen)])("Kafka with %s", (setting, members) => {
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await Stage.open(await classpath(), JSON.parse(setting) as Setting);
    stage.begin(members);
  }, 600_000);
  afterAll(async () => await stage?.close(), 60_000);

  it.each(members)(
    "$name",
    async (scenario) => {
      const { name } = scenario;
      const text = scenarioText(name);
      const ours = simulated(text).facts;
      let facts = await stage!.outcome(name);
      let differing = differences(scenario, facts, ours);
      for (let more = 1; more < tries && differing.length > 0; more++) {
        console.warn(`${name}, again:\n${differing.join("\n")}`);
        facts = await stage!.play(name);
        differing = differences(scenario, facts, ours);
      }
      if (recording) record(name, { kafka: kafkaVersion, scenario: hashOf(text), facts });
      expect(differing).toEqual([]);
      expect(recordedOutcome(name)?.scenario, "the scenario has changed: record it again").toBe(hashOf(text));
    },
    300_000,
  );
});
