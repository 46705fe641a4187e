import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clusterScenarios, comparable, messages, type ClusterOutcome } from "./cluster/scenario.ts";
import { simulateCluster } from "./cluster/simulated.ts";

const folder = new URL("cluster/golden/", import.meta.url);
const recorded = (name: string) =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as ClusterOutcome;

describe("what three nodes of RabbitMQ 3.10.8 went through comes out the same", () => {
  it.each(clusterScenarios.map((scenario) => [scenario.name, scenario] as const))("%s", (name, scenario) => {
    const [seen, simulated] = [recorded(name), simulateCluster(scenario)];
    expect(comparable(simulated, scenario)).toEqual(comparable(seen, scenario));
    for (const id of scenario.unlike ?? []) expect(simulated.messages[id], id).not.toBe(seen.messages[id]);
  });

  it("with every message answered for, and every recording played", () => {
    const names = clusterScenarios.map(({ name }) => name);
    expect(readdirSync(folder).toSorted()).toEqual(names.map((name) => `${name}.json`).toSorted());
    for (const name of names)
      expect(Object.keys(recorded(name).messages)).toEqual(messages.map(({ id }) => id));
  });
});
