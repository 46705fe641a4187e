import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RuleCounts } from "../../../src/core/queue/coverage.ts";
import { playScenario } from "../../../src/core/queue/scenario-player.ts";
import type { Scenario } from "../../../src/core/queue/scenario.ts";

const folder = new URL("scenarios/", import.meta.url);
const scenarios = readdirSync(folder).map(
  (file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Scenario,
);

/** Rules that came with 4.0. */
const later = new Set(["Q7"]);

test("the recorded scenarios exercise every rule of 3.10", () => {
  const rules = new RuleCounts();
  for (const scenario of scenarios) playScenario(scenario, "3.10", rules);
  const idle = [...rules].filter(([, count]) => count === 0).map(([rule]) => rule);
  expect(new Set(idle)).toEqual(later);
});

test("scenarios play by the rules of other versions too", () => {
  const rules = new RuleCounts();
  for (const version of ["3.13", "4.0", "4.1", "4.3"])
    for (const scenario of scenarios) expect(playScenario(scenario, version, rules).name).toBe(scenario.name);
  expect(rules.of("Q7")).toBeGreaterThan(0);
});
