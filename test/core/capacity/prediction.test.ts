import { describe, expect, test, vi } from "vitest";
import { meanWait } from "../../../src/core/capacity/waiting.ts";
import { predict } from "../../../src/core/capacity/prediction.ts";
import { check, parse } from "../../../src/core/index.ts";
import { hover } from "../../../src/core/language.ts";
import { VirtualHost } from "../../../src/core/queue/virtual-host.ts";
import { simulate } from "../../../src/core/run.ts";

const predicted = (text: string) => predict(parse(`topology: 1\n${text}`).topology);

describe("waits", () => {
  // Kleinrock's tables: mean waits in units of the service time.
  test.each([
    [0.8, 1, 1, 4],
    [0.8, 2, 1, 1.7778],
    [0.8, 4, 1, 0.7457],
    [0.8, 1, 0, 2],
    [0.5, 1, 0.25, 0.625],
  ])("at %d with %d servers and a variation of %d", (utilization, servers, variation, wait) => {
    expect(meanWait({ utilization, servers, variation, service: 1 })).toBeCloseTo(wait, 3);
  });

  test("have no formula for several servers and other service times, nor without an end", () => {
    expect(meanWait({ utilization: 0.8, servers: 2, variation: 0, service: 1 })).toBeUndefined();
    expect(meanWait({ utilization: 1, servers: 1, variation: 1, service: 1 })).toBeUndefined();
  });
});

test("checks, hints and hovers of one text share a prediction", () => {
  const { topology } = parse("topology: 1\nrabbitmq: {queues: {work: {}}}\n");
  expect(predict(topology)).toBe(predict(topology));
});

test("rates go through exchanges by the weights of keys, and through dead letters", () => {
  const { queues } = predicted(`rabbitmq:
  exchanges: {shop: {type: topic}, dead: {type: fanout}}
  queues:
    placed: {arguments: {x-dead-letter-exchange: dead}}
    all: {}
    failed: {}
  bindings:
    - {source: shop, destination: placed, routing_key: order.placed}
    - {source: shop, destination: all, routing_key: "#"}
    - {source: dead, destination: failed}
producers:
  site: {exchange: shop, rate: 100/s, instances: 2, routing_key: {order.placed: 3, order.paid: 1}}
consumers:
  packers: {queue: placed, processing: 1ms, failures: 20%, onFailure: reject}
`);
  expect(Object.fromEntries(queues)).toEqual({ placed: 75, all: 100, failed: 15 });
});

test("what consumers send on counts, as often as they send it", () => {
  const { queues, topics, consumers } =
    predicted(`kafka: {topics: {in: {partitions: 2}, out: {partitions: 4}}}
rabbitmq: {queues: {done: {}}}
producers: {p: {topic: in, rate: 60/s}}
consumers:
  first: {topic: in, group: g, instances: 2, processing: 10ms, sends: [{topic: out, ratio: 2}]}
  second: {topic: out, group: h, instances: 2, processing: 5ms, sends: [{queue: done}]}
`);
  expect(topics.get("out")).toBeCloseTo(120, 9);
  expect(queues.get("done")).toBeCloseTo(120, 9);
  expect(consumers.get("first")!.utilization).toBeCloseTo(0.3, 9);
  expect(consumers.get("second")!.utilization).toBeCloseTo(0.3, 9);
});

test("a hot key loads one member beyond the others", () => {
  const { consumers } = predicted(`kafka: {topics: {t: {partitions: 4}}}
producers: {p: {topic: t, rate: 100/s, key: {big: 7, a: 1, b: 1, c: 1}}}
consumers: {c: {topic: t, group: g, instances: 4, processing: 10ms}}
`);
  const [load] = consumers.get("c")!.loads;
  expect(load!.utilization).toBeCloseTo(0.25, 9);
  expect(load!.busiest).toBeGreaterThanOrEqual(0.7);
});

test.each([
  ["ideal", 80, 1],
  ["lan", 80, 1],
  ["cloud", 80, 1],
  ["cloud", 160, 2],
])("what waits in a queue, with the costs of %s, at %d/s for %d consumers", (preset, rate, instances) => {
  const text = (seed: number) => `topology: 1
rabbitmq: {queues: {work: {}}}
producers: {p: {queue: work, rate: ${rate}/s}}
consumers: {c: {queue: work, instances: ${instances}, prefetch: 1, processing: {exponential: 10ms}}}
run: {duration: 3000s, warmup: 50s, trace: 0, calibration: ${preset}, seed: ${seed}}
`;
  const parsed = parse(text(1));
  const told = hover(parsed, text(1), text(1).indexOf("work:"))!.text;
  const predicted = Number(/Its depth is ([\d.]+) on average/.exec(told)![1]);
  const runs = [1, 2, 3, 4].map((seed) => simulate(parse(text(seed)).topology).summary.queues["work"]!);
  const mean = runs.reduce((sum, { depth }) => sum + depth.mean, 0) / runs.length;
  expect(Math.abs(predicted / mean - 1), `${predicted} ${mean}`).toBeLessThan(0.05);
});

test("what grows is told of queues and groups, and nothing of a queue that gives up what waits", () => {
  const text = `topology: 1
kafka: {topics: {t: {partitions: 1}}}
rabbitmq: {queues: {full: {}, short: {arguments: {x-max-length: 5}}}}
producers:
  a: {topic: t, rate: 150/s}
  b: {queue: full, rate: 30/s}
  c: {queue: short, rate: 50/s}
consumers:
  d: {topic: t, group: readers, processing: 10ms}
  e: {queue: full, prefetch: 20, processing: 50ms}
  f: {queue: short, prefetch: 1, processing: 10ms}
`;
  const parsed = parse(text);
  const told = (name: string) => hover(parsed, text, text.indexOf(name))!.text;
  expect(told("readers")).toContain(
    "Predicted: 150/s arrive. `d` is overloaded, +50/s. Its lag grows by 50/s.",
  );
  expect(told("full")).toContain("`e` is overloaded, +10/s. Its depth grows by 10/s.");
  expect(told("short")).toContain("Predicted: 50/s arrive. `f` is 50% busy.");
  expect(told("short")).not.toContain("Its depth");
});

test("where theory does not tell, nothing is told", () => {
  const { queues, consumers } = predicted(`rabbitmq:
  exchanges: {lots: {type: x-random}}
  queues: {a: {}, b: {}, c: {}}
  bindings: [{source: lots, destination: a}, {source: lots, destination: b}]
producers:
  drawn: {exchange: lots, rate: 10/s}
  closed: {queue: c, arrivals: {closed: {clients: 3, think: 1s}}}
consumers:
  one: {queue: a, processing: 1ms}
  two: {queue: c, processing: 1ms}
`);
  expect([...queues.keys(), ...consumers.keys()]).toEqual([]);
});

test("a check declares each queue a few times, not once for each consumer", () => {
  const declared = vi.spyOn(VirtualHost.prototype, "declareQueue");
  const queues = Array.from({ length: 200 }, (_, number) => `q${number}`);
  const all = (entry: (name: string) => string): string => queues.map(entry).join("\n");
  check(`topology: 1
rabbitmq:
  queues:
${all((name) => `    ${name}: {}`)}
producers:
${all((name) => `  p-${name}: {queue: ${name}, rate: 1/s}`)}
consumers:
${all((name) => `  c-${name}: {queue: ${name}, processing: 5ms}`)}
`);
  const calls = declared.mock.calls.length;
  declared.mockRestore();
  expect(calls).toBeGreaterThanOrEqual(queues.length);
  expect(calls).toBeLessThanOrEqual(queues.length * 5);
});

test.each([
  ["{values: 100}", "{tumbling: 1s, by: key}"],
  ["{values: 10}", "{tumbling: 1s, by: key}"],
  ["{values: 10}", "{tumbling: 100ms}"],
  ["{values: 20}", "{hopping: {size: 3s, every: 1s}, by: key}"],
  ["unique", "{hopping: {size: 3s, every: 1s}, by: key}"],
  ["{a: 1, b: 1}", "{tumbling: 1s, by: key}"],
])("windows of keys %s, %s, come at the rate of a run", (key, window) => {
  const text = `kafka: {topics: {in: {partitions: 4}, out: {}}}
producers: {p: {topic: in, rate: 20/s, key: ${key}}}
consumers:
  a: {topic: in, group: a, commit: after, window: ${window}, sends: [{topic: out}]}
  b: {topic: out, group: b, commit: after}
run: {duration: 500s, warmup: 10s, calibration: ideal}
`;
  const { closed } = simulate(parse(`topology: 1\n${text}`).topology).summary.consumers["a"]!.windows!;
  const { throughput } = predicted(text).consumers.get("b")!;
  expect(closed / 490 / throughput).toBeGreaterThan(0.93);
  expect(closed / 490 / throughput).toBeLessThan(1.07);
});

test("nobody can say how many sessions there are, nor how many windows of uneven keys", () => {
  const offered = (key: string, window: string) =>
    predicted(`kafka: {topics: {in: {}, out: {}}}
producers: {p: {topic: in, rate: 20/s, key: ${key}}}
consumers:
  a: {topic: in, group: a, window: ${window}, sends: [{topic: out}]}
  b: {topic: out, group: b}
`).consumers.get("b");
  expect(offered("{values: 5}", "{session: 1s, by: key}")).toBeUndefined();
  expect(offered("{values: 50, zipf: 1}", "{tumbling: 1s, by: key}")).toBeUndefined();
  expect(offered("{values: 50, zipf: 1}", "{tumbling: 1s}")).toBeDefined();
});

test("pairs of equally frequent keys come at the rate of a run; of others nobody can say", () => {
  const text = (
    key: string,
    by = "key",
  ) => `kafka: {topics: {a: {partitions: 4}, b: {partitions: 4}, out: {}}}
producers:
  p: {topic: a, rate: 20/s, key: ${key}}
  q: {topic: b, rate: 30/s, key: ${key}}
consumers:
  c: {topics: [a, b], group: c, commit: after, join: {of: [a, b], by: ${by}, within: 500ms}, sends: [{topic: out}]}
  d: {topic: out, group: d, commit: after}
run: {duration: 300s, warmup: 10s, calibration: ideal}
`;
  const uniform = text("{values: 10}");
  const { pairs } = simulate(parse(`topology: 1\n${uniform}`).topology).summary.consumers["c"]!.join!;
  const { throughput } = predicted(uniform).consumers.get("d")!;
  expect(throughput).toBeCloseTo((20 * 30) / 10);
  expect(pairs / 290 / throughput).toBeGreaterThan(0.95);
  expect(pairs / 290 / throughput).toBeLessThan(1.05);
  expect(predicted(text("{values: 10, zipf: 1}")).consumers.get("d")).toBeUndefined();
  expect(predicted(text("{values: 10}", "correlation")).consumers.get("d")).toBeUndefined();
});
