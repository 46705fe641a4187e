import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { promisedView } from "../../../src/core/queue/outcome-view.ts";
import { playScenario } from "../../../src/core/queue/scenario-player.ts";
import type { Outcome, Scenario } from "../../../src/core/queue/scenario.ts";

const here = new URL(".", import.meta.url);
const names = readdirSync(new URL("scenarios", here)).map((file) => file.replace(/\.json$/, ""));

function read(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${folder}/${name}.json`, here), "utf8"));
}

/** Recorded from RabbitMQ 3.10.8. */
function recorded(name: string): Outcome {
  const { trace, final } = read("golden", name) as Outcome;
  return { name, trace, final };
}

describe("scenarios recorded from a real broker come out the same", () => {
  it.each(names)("%s", (name) => {
    const scenario = read("scenarios", name) as Scenario;
    const golden = recorded(name);
    expect(golden.trace).toHaveLength(scenario.steps.length);
    expect(promisedView(playScenario(scenario), scenario.compare)).toEqual(
      promisedView(golden, scenario.compare),
    );
  });

  it("tells a different outcome apart", () => {
    const scenario = read("scenarios", "route-topic-dedupe") as Scenario;
    const golden = recorded("route-topic-dedupe");
    const unbound = { ...scenario, bindings: (scenario.bindings ?? []).slice(0, 1) };
    expect(promisedView(playScenario(unbound))).not.toEqual(promisedView(golden));
  });
});
