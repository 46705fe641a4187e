import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { check } from "../../../src/core/check.ts";
import { differences } from "./live/comparison.ts";
import { kafkaVersion } from "./live/jars.ts";
import { hashOf, recordedOutcome, scenarioText } from "./live/outcome.ts";
import { largestErrors, measuredPage } from "./measured-page.ts";
import { scenarios } from "./live/scenarios.ts";
import { simulated } from "./live/simulated.ts";

describe("the simulator does what a real Kafka did", () => {
  it.each(scenarios)("$name", (scenario) => {
    const outcome = recordedOutcome(scenario.name)!;
    const text = scenarioText(scenario.name);
    expect(outcome.scenario, "the scenario has changed: npm run conformance:kafka -- --record NAME").toBe(
      hashOf(text),
    );
    expect(outcome.kafka).toBe(kafkaVersion);
    expect(differences(scenario, outcome.facts, simulated(text, outcome.slowness).facts)).toEqual([]);
  });
});

test("each scenario is listed, with an outcome", () => {
  const names = scenarios.map(({ name }) => name).toSorted();
  const inFolder = (folder: string, ending: string) =>
    readdirSync(join(import.meta.dirname, folder))
      .map((file) => file.replace(ending, ""))
      .toSorted();
  expect(inFolder("live/scenarios", ".topology.yaml")).toEqual(names);
  expect(inFolder("outcomes", ".json")).toEqual(names);
});

test.each(scenarios)("$name can be asked of brokers", ({ name }) => {
  const errors = check(scenarioText(name)).filter(({ severity }) => severity === "error");
  // More than can be handled is what some of them are about.
  expect(errors.filter(({ code }) => code !== "overload")).toEqual([]);
});

test("the errors of times stand in docs/measured.md", async () => {
  await expect(measuredPage()).toMatchFileSnapshot("../../../docs/measured.md");
  const model = readFileSync(join(import.meta.dirname, "../../../docs/model.md"), "utf8");
  const rows = largestErrors().map(
    ({ figures, error }) => new RegExp(`: ${figures} *\\| ±.0 % *\\| *${error.replace("+", "\\+")} \\|`, "u"),
  );
  for (const row of rows) expect(model).toMatch(row);
});

test("a difference is told", () => {
  const { facts } = simulated(scenarioText("placement-keyed"));
  const lost = { ...facts, finishes: facts.finishes.slice(1) };
  const late = { ...facts, finishes: facts.finishes.map(([at, ...more]) => [at + 100, ...more] as const) };
  const near = { kind: "latency.p50", consumer: "billing", from: 0, until: 4000 } as const;
  expect(differences({ same: ["processed", "order", "placement"] }, facts, lost)).toHaveLength(2);
  expect(
    differences({ same: ["processed"], near: [{ figure: near, within: 0.3 }] }, facts, late),
  ).toHaveLength(1);
  expect(differences({ same: ["processed"], near: [{ figure: near, within: 0.3 }] }, facts, facts)).toEqual(
    [],
  );
});
