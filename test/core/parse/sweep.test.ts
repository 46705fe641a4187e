import { describe, expect, test } from "vitest";
import { sweepPoints } from "../../../src/core/index.ts";
import { expectFormProblems, formProblems } from "../marked-problems.ts";

const file = `topology: 1
kafka: {topics: {order.events: {partitions: 2}}}
rabbitmq: {queues: {q: {}}}
producers: {p: {topic: order.events, rate: 10/s, config: {linger.ms: 5}}}
consumers: {c: {queue: q, prefetch: 5}}
timeline: [{at: 1s, rate: {producer: p, factor: 2}}]
`;

const values = (sweep: string) => sweepPoints(`${file}sweep: {${sweep}}\n`).map((point) => point.values);

describe("a sweep", () => {
  test("has a point for each combination, the last path changing first", () => {
    const points = sweepPoints(
      `${file}sweep: {producers.p.rate: [10/s, 20/s], consumers.c.prefetch: [1, 10]}\n`,
    );
    expect(points.map((point) => Object.values(point.values))).toEqual([
      ["10/s", "1"],
      ["10/s", "10"],
      ["20/s", "1"],
      ["20/s", "10"],
    ]);
    const [, , third] = points;
    expect(third!.topology.producers.get("p")!.flows[0]!.arrivals).toMatchObject({ rate: 20 });
    expect(third!.topology.consumers.get("c")!.from).toMatchObject({ settings: { prefetch: 1 } });
    expect(points.flatMap(({ problems }) => problems)).toEqual([]);
  });

  test("reaches names and settings with dots, entries of lists, and keys that are not there", () => {
    const [point] = sweepPoints(
      `${file}sweep: {kafka.topics.order.events.partitions: [7], producers.p.config.linger.ms: [9], timeline.0.rate.factor: [4], consumers.c.instances: [3], producers.p.config.batch.size: [1]}\n`,
    );
    const { kafka, producers, consumers, timeline } = point!.topology;
    expect(kafka!.topics.get("order.events")!.partitions).toBe(7);
    expect(producers.get("p")!.flows[0]!.kafka).toMatchObject({ linger: 9e6, batchSize: 1 });
    expect(timeline[0]!.action).toMatchObject({ factor: 4 });
    expect(consumers.get("c")!.instances).toBe(3);
  });

  test("of a file without one has no points", () => {
    expect(sweepPoints(file)).toEqual([]);
  });
});

describe("a range", () => {
  const of = (range: string, path = "producers.p.rate") =>
    values(`${path}: {${range}}`).map((point) => point[path]);

  test.each([
    ["from: 10/s, to: 50/s, steps: 5", ["10/s", "20/s", "30/s", "40/s", "50/s"]],
    ["from: 1/s, to: 1000/s, steps: 4, scale: log", ["1/s", "10/s", "100/s", "1000/s"]],
    ["from: 1000/s, to: 1/s, steps: 4, scale: log", ["1000/s", "100/s", "10/s", "1/s"]],
    ["from: 1, to: 2, steps: 3", ["1", "1.5", "2"]],
    ["from: 0.5/s, to: 1/s, steps: 3", ["0.5/s", "0.75/s", "1/s"]],
  ])("%s", (range, expected) => {
    expect(of(range)).toEqual(expected);
  });

  test("between whole numbers has whole numbers, where they differ", () => {
    expect(of("from: 1, to: 100, steps: 5, scale: log", "consumers.c.prefetch")).toEqual([
      "1",
      "3",
      "10",
      "32",
      "100",
    ]);
  });
});

test("what cannot be swept is told, where it stands", () => {
  expectFormProblems(`${file}sweep:
  producers.p.rate: [10/s, fast]
#                          ^^^^ bad-value: \`rate\` is \`fast\`
  producers.shop.rate: [1/s]
# ^^^^^^^^^^^^^^^^^^^ bad-value: no part of the file stands there
  consumers.c.prefech: [1]
# ^^^^^^^^^^^^^^^^^^^ schema: Did you mean \`prefetch\`?
  consumers.c.queue: [r]
#                     ^ unknown-reference: no queue \`r\`
  run.seed.x: [1]
# ^^^^^^^^^^ bad-value: no part of the file stands there
  consumers.c.instances: {from: 1, to: 5s, steps: 3}
#                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^ bad-value: different units
run: {seed: 1}
`);
  const many = "{from: 1, to: 100, steps: 100}";
  const [problem] = formProblems(`${file}sweep: {run.seed: ${many}, consumers.c.prefetch: ${many}}\n`);
  expect(problem!.message).toContain("The sweep has 10000 points; 1000 is the most");
});

test("a point that is wrong by the combination alone says so", () => {
  const points = sweepPoints(`${file}sweep: {producers.p.from: [1s, 5s], producers.p.until: [3s]}\n`);
  expect(points.map(({ problems }) => problems.length)).toEqual([0, 1]);
});
