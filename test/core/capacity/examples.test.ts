import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { predict } from "../../../src/core/capacity/prediction.ts";
import { parse } from "../../../src/core/index.ts";
import type { Topology } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";

const folder = new URL("../../../examples/", import.meta.url);
const examples = readdirSync(folder)
  .filter((file) => file.endsWith(".topology.yaml"))
  .map((file) => ({ file, topology: parse(readFileSync(new URL(file, folder), "utf8")).topology }));

/** Whether the run is as the file's rates say from the beginning to the end. */
function isSteady({ timeline, producers, consumers, kafka, run }: Topology): boolean {
  return (
    timeline.length === 0 &&
    [...producers.values()].every(({ flows }) =>
      flows.every(
        ({ from, until, messages }) => from <= run.warmup && until >= run.duration && messages === Infinity,
      ),
    ) &&
    [...consumers.values()].every(({ startsAt }) => startsAt <= run.warmup) &&
    [...(kafka?.topics.values() ?? [])].every(({ preload }) => preload === undefined)
  );
}

test("most consumers of the examples have a prediction", () => {
  const all = examples.flatMap(({ file, topology }) => {
    const { consumers } = predict(topology);
    return [...topology.consumers.keys()].map((name) => ({
      name: `${file} ${name}`,
      told: consumers.has(name),
    }));
  });
  const untold = all.filter(({ told }) => !told).map(({ name }) => name);
  expect(untold.length / all.length, untold.join("\n")).toBeLessThanOrEqual(0.1);
});

test.each(examples.filter(({ topology }) => isSteady(topology)))(
  "$file: what is predicted is what a run shows",
  ({ topology }) => {
    const { consumers } = predict(topology);
    const long = { ...topology, run: { ...topology.run, trace: 0, repeat: 1 } };
    const { summary } = simulate(long);
    for (const [name, { utilization, loads }] of consumers) {
      if (loads.some(({ busiest }) => busiest >= 1)) continue;
      const shown = summary.consumers[name]!;
      // Of few messages chance alone makes a difference: three standard deviations of a count.
      const offered = loads.reduce((sum, load) => sum + load.offered, 0);
      const messages = offered * ((summary.window.to - summary.window.from) / 1000);
      const allowed = Math.max(0.05, 4 / Math.sqrt(messages));
      expect(
        Math.abs(shown.utilization / utilization - 1),
        `${name} ${shown.utilization} ${utilization}`,
      ).toBeLessThan(allowed);
    }
  },
);
