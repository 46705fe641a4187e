import { describe, expect, test } from "vitest";
import { check, parse, stopsRun } from "../../../src/core/index.ts";
import type { Topology } from "../../../src/core/index.ts";

const brokers = `topology: 1
kafka: {topics: {t: {partitions: 4}}}
rabbitmq: {exchanges: {e: {type: topic}}, queues: {q: {}}, bindings: [{source: e, destination: q, routing_key: "#"}]}
`;

function model(text: string): Topology {
  expect(check(brokers + text).filter(stopsRun)).toEqual([]);
  return parse(brokers + text).topology;
}

const producer = (text: string) => model(`producers: {p: {${text}}}`).producers.get("p")!;
const flow = (text: string) => producer(text).flows[0]!;
const consumer = (text: string) => model(`consumers: {c: {${text}}}`).consumers.get("c")!;

describe("defaults are the broker's", () => {
  test("of a producer", () => {
    expect(flow("topic: t, rate: 1/s")).toMatchObject({
      from: 0,
      until: Infinity,
      messages: Infinity,
      key: { kind: "none" },
      size: { kind: "constant", value: 1024 },
      tombstone: false,
      kafka: {
        acks: "all",
        batchSize: 16_384,
        linger: 5e6,
        maxInFlight: 5,
        maxRequestSize: 1_048_576,
        ignoreKeys: false,
      },
      rabbitmq: { persistent: true, mandatory: false, confirmWindow: 0 },
    });
  });

  test("of a topic, where its brokers have no others", () => {
    const sizes = (kafka: string) =>
      [...parse(`topology: 1\nkafka: {${kafka}}\n`).topology.kafka!.topics.values()].map(
        ({ partitions, replicas }) => [partitions, replicas],
      );
    const config = "config: {num.partitions: 6, default.replication.factor: 2}";
    expect(sizes("topics: {t: {}, u: {partitions: 3, replicas: 3}}")).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(sizes(`topics: {t: {}, u: {partitions: 3, replicas: 3}}, ${config}`)).toEqual([
      [6, 2],
      [3, 3],
    ]);
  });

  test("of a consumer", () => {
    expect(consumer("topic: t, group: g")).toMatchObject({
      instances: 1,
      concurrency: 1,
      startsAt: 0,
      stopsAt: Infinity,
      processing: { perMessage: { kind: "constant", value: 0 } },
      from: {
        settings: {
          orderedBy: "partition",
          commit: "auto",
          onFailure: "retry",
          autoOffsetReset: "latest",
          autoCommitInterval: 5e9,
          maxPollRecords: 500,
          fetchMinBytes: 1,
          fetchMaxBytes: 52_428_800,
          maxPartitionFetchBytes: 1_048_576,
          fetchMaxWait: 500e6,
        },
      },
    });
    expect(consumer("queue: q").from).toMatchObject({
      settings: { prefetch: Infinity, ack: "manual", onFailure: "requeue" },
    });
  });

  test("of the version that is named", () => {
    const before = parse(
      "topology: 1\nkafka: {version: 3.9, topics: {t: {}}}\nproducers: {p: {topic: t, rate: 1}}",
    ).topology;
    expect(before.producers.get("p")?.flows[0]?.kafka.linger).toBe(0);
  });
});

test("a version is read from its text", () => {
  expect(parse("topology: 1\nrabbitmq: {version: 3.10}").topology.rabbitmq?.version).toBe("3.10");
  expect(parse('topology: 1\nrabbitmq: {version: "3.10"}').topology.rabbitmq?.version).toBe("3.10");
});

test.each([
  ["rate: 5/s", { kind: "poisson", rate: 5 }],
  ["rate: 5/s, arrivals: constant", { kind: "constant", rate: 5 }],
  ["arrivals: {bursts: {size: 50, every: 1s}}", { kind: "bursts", size: 50, every: 1e9 }],
  ["rate: 60/m, arrivals: {onOff: {on: 5s, off: 55s}}", { kind: "onOff", rate: 1, on: 5e9, off: 55e9 }],
  [
    "arrivals: {closed: {clients: 20, think: 100ms}}",
    { kind: "closed", clients: 20, think: { kind: "constant", value: 100e6 } },
  ],
  ["arrivals: {schedule: [1s, 0s, 1500]}", { kind: "schedule", times: [0, 1e9, 1.5e9] }],
])("arrivals of %s", (text, arrivals) => {
  expect(flow(`topic: t, ${text}`).arrivals).toEqual(arrivals);
});

test.each([
  ["none", { kind: "none" }],
  ["unique", { kind: "unique" }],
  ["{values: 10}", { kind: "uniform", values: 10 }],
  ["{values: 1k, zipf: 1.05}", { kind: "zipf", values: 1000, exponent: 1.05 }],
  ["{a: 3, b: 1}", { kind: "weights", keys: ["a", "b"], weights: [3, 1] }],
  ["{constant: x}", { kind: "weights", keys: ["x"], weights: [1] }],
])("key %s", (text, key) => {
  expect(flow(`topic: t, rate: 1/s, key: ${text}`).key).toEqual(key);
});

test.each([
  ["5ms", { kind: "constant", value: 5e6 }],
  ["{exponential: 5ms}", { kind: "exponential", mean: 5e6 }],
  ["{uniform: [2ms, 8ms]}", { kind: "uniform", from: 2e6, to: 8e6 }],
  ["{normal: {mean: 5ms, deviation: 1ms}}", { kind: "normal", mean: 5e6, deviation: 1e6 }],
  ["{lognormal: {median: 5ms, p99: 80ms}}", { kind: "lognormal", median: 5e6, p99: 80e6 }],
  ["{erlang: {shape: 3, mean: 5ms}}", { kind: "erlang", shape: 3, mean: 5e6 }],
  ["{pareto: {minimum: 1ms, shape: 2.5}}", { kind: "pareto", minimum: 1e6, shape: 2.5 }],
  ["{empirical: {5ms: 90, 200ms: 10}}", { kind: "empirical", values: [5e6, 200e6], weights: [90, 10] }],
])("processing %s", (text, perMessage) => {
  expect(consumer(`queue: q, processing: ${text}`).processing.perMessage).toEqual(perMessage);
});

test("processing by batch, kind and key", () => {
  const { processing } = consumer(
    "topic: t, group: g, processing: {perBatch: 5ms, perMessage: 1ms, byKind: {report: 30s}, byKey: {whale: {exponential: 1s}}}",
  );
  expect(processing).toEqual({
    perMessage: { kind: "constant", value: 1e6 },
    perBatch: { kind: "constant", value: 5e6 },
    byKind: new Map([["report", { kind: "constant", value: 30e9 }]]),
    byKey: new Map([["whale", { kind: "exponential", mean: 1e9 }]]),
  });
});

describe("flows share what the producer sends", () => {
  test("a share left out takes the rest", () => {
    const { flows } = producer(
      "topic: t, rate: 100/s, messages: 1000, flows: {a: {share: 30%, kind: x}, b: {size: 2KiB}}",
    );
    expect(flows.map(({ name, arrivals, messages }) => [name.text, arrivals, messages])).toEqual([
      ["a", { kind: "poisson", rate: 30 }, 300],
      ["b", { kind: "poisson", rate: 70 }, 700],
    ]);
    expect(flows.map(({ kind, size }) => [kind, size])).toEqual([
      ["x", { kind: "constant", value: 1024 }],
      [undefined, { kind: "constant", value: 2048 }],
    ]);
  });

  test("clients are shared out too", () => {
    const { flows } = producer(
      "topic: t, arrivals: {closed: {clients: 10}}, flows: {a: {share: 0.2}, b: {share: 0.8}}",
    );
    expect(flows.map(({ arrivals }) => (arrivals.kind === "closed" ? arrivals.clients : 0))).toEqual([2, 8]);
  });

  test("a flow may go elsewhere and have a rate of its own", () => {
    const { flows } = producer(
      "topic: t, rate: 10/s, flows: {a: {}, b: {exchange: e, rate: 3/s, routing_key: x.y}}",
    );
    expect(flows.map(({ to, arrivals }) => [to.kind, arrivals])).toEqual([
      ["topic", { kind: "poisson", rate: 10 }],
      ["exchange", { kind: "poisson", rate: 3 }],
    ]);
  });
});

test.each([
  ["routing_key: a.b", { kind: "weights", keys: [{ text: "a.b" }], weights: [1] }],
  [
    "routing_key: {a.b: 3, c: 1}",
    { kind: "weights", keys: [{ text: "a.b" }, { text: "c" }], weights: [3, 1] },
  ],
  ['routing_key: "device.{key}.temp"', { kind: "template", text: { text: "device.{key}.temp" } }],
])("%s", (text, routingKey) => {
  expect(flow(`exchange: e, rate: 1/s, ${text}`).rabbitmq.routingKey).toMatchObject(routingKey);
});

test("the default exchange routes by the queue's name", () => {
  expect(flow("queue: q, rate: 1/s").rabbitmq.routingKey).toMatchObject({ keys: [{ text: "q" }] });
});

test("types of headers are kept", () => {
  const { headers } = flow(
    'exchange: e, rate: 1/s, headers: {one: 1, text: "1", flag: true, none: null}',
  ).rabbitmq;
  expect(headers).toEqual(
    new Map<string, unknown>([
      ["one", 1],
      ["text", "1"],
      ["flag", true],
      ["none", null],
    ]),
  );
});

test.each([
  ["ideal", "ideal", 0],
  ["{preset: laptop}", "laptop", 30_000],
  ["{preset: lan, networkLatency: 1ms}", "lan", 1e6],
])("calibration %s", (text, preset, networkLatency) => {
  const { calibration } = model(`run: {duration: unlimited, calibration: ${text}}`).run;
  expect(calibration.preset).toBe(preset);
  expect(calibration.costs.networkLatency).toBe(networkLatency);
});

test("costs may be without limit", () => {
  const { costs } = model(
    "run: {calibration: {networkBandwidth: unlimited, brokerCores: unlimited, pageCache: 1GiB}}",
  ).run.calibration;
  expect([costs.networkBandwidth, costs.brokerCores, costs.pageCache]).toEqual([
    Infinity,
    Infinity,
    1_073_741_824,
  ]);
});

test("Kafka's class names stand for the short ones", () => {
  const { from } = consumer(
    "topic: t, group: g, config: {partition.assignment.strategy: org.apache.kafka.clients.consumer.RangeAssignor}",
  );
  expect(from).toMatchObject({ settings: { strategies: ["range"] } });
});

test("the default list of assignors means range", () => {
  expect(
    consumer("topic: t, group: g, config: {partition.assignment.strategy: [range, cooperative-sticky]}").from
      .kind,
  ).toBe("log");
});

test("the model is plain data", () => {
  const topology = model("producers: {p: {topic: t, rate: 1/s}}");
  expect(structuredClone(topology)).toEqual(topology);
});

test("what a consumer sends on", () => {
  const [to, on, back] = consumer(
    "queue: q, config: {acks: 1}, sends: [{topic: t, ratio: 0.5, key: unique}, {exchange: e}, {queue: q, when: failure, confirms: true}]",
  ).sends;
  expect(to).toMatchObject({ ratio: 0.5, when: "success", sameKey: false, flow: { kafka: { acks: 1 } } });
  expect(on).toMatchObject({ ratio: 1, sameKey: true, flow: { rabbitmq: { routingKey: { kind: "same" } } } });
  expect(back).toMatchObject({ when: "failure", flow: { rabbitmq: { confirmWindow: Infinity } } });
  const [sent] = consumer("topic: t, group: g, sends: [{exchange: e}]").sends;
  expect(sent!.flow.rabbitmq.routingKey).toMatchObject({ kind: "weights", keys: [{ text: "" }] });
});
