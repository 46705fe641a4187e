import { expect, it } from "vitest";
import { parse } from "../../src/core/index.ts";
import { presets, type Costs } from "../../src/core/model/calibration.ts";
import { simulate } from "../../src/core/run.ts";

const models = {
  queue: `
rabbitmq: {queues: {line: {}}}
producers: {source: {queue: line, confirms: true, rate: 8/s, messages: 20000}}
consumers: {servers: {queue: line, prefetch: 1, processing: {exponential: 100ms}}}`,
  log: `
kafka: {topics: {line: {}}}
producers: {source: {topic: line, rate: 36/s, messages: 20000, config: {linger.ms: 0}}}
consumers: {servers: {topic: line, group: servers, concurrency: 4, orderedBy: none, commit: after, processing: {exponential: 100ms}}}`,
};

const sizes = new Set<keyof Costs>(["networkBandwidth", "brokerCores", "diskBandwidth", "pageCache"]);

/** Every cost of the preset times the factor; what is counted by its size grows instead. */
function scaled(factor: number): Costs {
  const costs = Object.entries(presets.lan) as [keyof Costs, number][];
  return Object.fromEntries(
    costs.map(([name, cost]) => [name, sizes.has(name) ? Math.ceil(cost / factor) : cost * factor]),
  ) as unknown as Costs;
}

/** Mean latency in ms under these costs; the same arrivals and the same work every time. */
function latency(text: string, costs: Costs): number {
  const { topology } = parse(
    `topology: 1\n${text}\nrun: {duration: unlimited, calibration: lan, trace: 0}\n`,
  );
  const run = { ...topology.run, calibration: { preset: "lan" as const, costs } };
  return simulate({ ...topology, run }).summary.consumers["servers"]!.latency.mean!;
}

it.each(Object.entries(models))("approaches theory in the %s as the costs of a lan shrink", (_, text) => {
  const ideal = latency(text, presets.ideal);
  const excess = [1, 1 / 4, 1 / 16, 1 / 64, 1 / 256].map((factor) => latency(text, scaled(factor)) - ideal);
  for (const [i, more] of excess.slice(0, -1).entries()) {
    expect(excess[i + 1], `step ${i + 1} costs less`).toBeLessThan(more / 2);
    expect(excess[i + 1]).toBeGreaterThan(0);
  }
  expect(excess.at(-1)! / ideal).toBeLessThan(1e-4);
});
