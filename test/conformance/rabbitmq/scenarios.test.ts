import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { promisedView } from "../../../src/core/queue/outcome-view.ts";
import { playScenario } from "../../../src/core/queue/scenario-player.ts";
import type { Scenario } from "../../../src/core/queue/scenario.ts";

const here = new URL(".", import.meta.url);
const names = readdirSync(new URL("scenarios", here)).map((file) => file.replace(/\.json$/, ""));

function read(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${folder}/${name}.json`, here), "utf8"));
}

function scenarioOf(name: string): Scenario {
  return read("scenarios", name) as Scenario;
}

/** Recorded from RabbitMQ 3.10.8; what a scenario's `compare` does not promise is not in it. */
function recorded(name: string): unknown {
  const {
    broker: _,
    runs: __,
    distinctOutcomes: ___,
    ...outcome
  } = read("golden", name) as Record<string, unknown>;
  return outcome;
}

describe("scenarios recorded from a real broker come out the same", () => {
  it.each(names)("%s", (name) => {
    const scenario = scenarioOf(name);
    expect(promisedView(playScenario(scenario, "3.10"), scenario.compare)).toEqual(recorded(name));
  });

  it("tells a different outcome apart", () => {
    const scenario = scenarioOf("route-topic-dedupe");
    const unbound = { ...scenario, bindings: (scenario.bindings ?? []).slice(0, 1) };
    expect(promisedView(playScenario(unbound))).not.toEqual(recorded("route-topic-dedupe"));
  });
});
