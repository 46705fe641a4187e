import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "../../../src/core/index.ts";
import type { Topology } from "../../../src/core/index.ts";

const text = readFileSync(new URL("../../fixtures/order-flow.topology.yaml", import.meta.url), "utf8");
const { topology, problems, isTopology } = parse(text);

test("the example of the format parses and fits the schema", () => {
  expect(isTopology).toBe(true);
  expect(problems.filter(({ code }) => code !== "not-simulated-yet")).toEqual([]);
});

test("everything is read", () => {
  expect([...(topology.kafka?.topics.keys() ?? [])]).toEqual(["order-events", "customer-state"]);
  expect(topology.kafka?.topics.get("order-events")).toMatchObject({ partitions: 6, replicas: 3 });
  expect([...(topology.rabbitmq?.exchanges.keys() ?? [])]).toEqual(["orders", "dlx"]);
  expect([...(topology.rabbitmq?.queues.keys() ?? [])]).toEqual(["payment", "receipts", "failed"]);
  expect(topology.rabbitmq?.bindings.map(({ routingKey }) => routingKey.text)).toEqual([
    "order.placed.#",
    "order.*.eu",
    "",
  ]);
  expect(topology.run).toMatchObject({ duration: 120e9, warmup: 5e9, seed: 7 });
  expect(topology.expect.map(({ metric, bound }) => [metric.text, bound])).toEqual([
    ["lost.broker", { kind: "equals", value: 0 }],
    ["latency.p99", { kind: "below", value: 2000 }],
    ["lag.max", { kind: "below", value: 5000 }],
    ["order.violations", { kind: "equals", value: 0 }],
  ]);
});

test("producers and consumers have their values in the model's units", () => {
  const flow = topology.producers.get("checkout")?.flows[0];
  expect(flow?.arrivals).toEqual({ kind: "poisson", rate: 400 });
  expect(flow?.key).toEqual({ kind: "zipf", values: 1000, exponent: 1.05 });
  expect(flow?.size).toEqual({ kind: "lognormal", median: 1024, p99: 16_384 });
  const shop = topology.producers.get("shop")?.flows[0]?.rabbitmq;
  expect(shop?.confirmWindow).toBe(Infinity);
  expect(shop?.routingKey).toMatchObject({ kind: "weights", weights: [3, 2, 1] });
  expect(topology.consumers.get("fraud")).toMatchObject({
    instances: 3,
    processing: { perMessage: { kind: "exponential", mean: 4e6 } },
    from: { kind: "log", group: { text: "fraud" }, settings: { commit: "after" } },
  });
  expect(topology.consumers.get("payments")).toMatchObject({
    failures: { share: 0.02, persistent: false },
    from: { kind: "queue", settings: { prefetch: 10, onFailure: "reject" } },
  });
});

test("names stand where the person wrote them", () => {
  for (const name of namesOf(topology))
    expect([name.text, `"${name.text}"`]).toContain(text.slice(name.span.start, name.span.end));
});

function namesOf({ kafka, rabbitmq, producers, consumers }: Topology) {
  const flows = [...producers.values()].flatMap(({ flows }) =>
    flows.flatMap(({ name, to }) => [name, to.name]),
  );
  const bindings = rabbitmq?.bindings.flatMap(({ source, destination }) => [source, destination]) ?? [];
  const things = [kafka?.topics, rabbitmq?.exchanges, rabbitmq?.queues, producers, consumers].flatMap(
    (map) => [...(map?.values() ?? [])],
  );
  return [...flows, ...bindings, ...things.map(({ name }) => name)];
}
