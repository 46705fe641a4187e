import { expect, test } from "vitest";
import { parse } from "../../../src/core/parse/parse.ts";
import { simulate } from "../../../src/core/run.ts";

const names = ["q0", "q1", "q2", "q3", "q4", "q5"];

function topology(timeline = "") {
  const { topology, problems } = parse(`topology: 1
rabbitmq:
  exchanges: {hash: {type: x-consistent-hash}}
  queues:
${names.map((name) => `    ${name}: {arguments: {x-single-active-consumer: true}}\n`).join("")}
  bindings:
${names.map((name) => `    - {source: hash, destination: ${name}, routing_key: "1"}\n`).join("")}
producers: {shop: {exchange: hash, rate: 300/s, key: {values: 300}, routing_key: "{key}", until: 8s}}
consumers: {worker: {queues: [${names.join(", ")}], instances: 3, prefetch: 5, processing: {exponential: 5ms}}}
run: {duration: 10s}
${timeline}`);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return topology;
}

const worker = (timeline?: string) =>
  simulate(topology(timeline), { auditEvery: 1000 }).summary.consumers["worker"]!;

test("instances share out queues of which each has one active consumer, and keep the order of keys", () => {
  const { processed, instances, order } = worker();
  expect(order.violations).toBe(0);
  for (const instance of instances) expect(instance.processed / processed).toBeGreaterThan(0.2);
});

test("the others stand by: they take over what a crashed one was active for", () => {
  const { processed, instances, duplicates } = worker(
    "timeline: [{at: 2s, crash: {consumer: worker, instance: 2}}]",
  );
  expect(processed + duplicates).toBeGreaterThanOrEqual(worker().processed);
  expect(instances[1]!.processed / processed).toBeLessThan(0.15);
});
