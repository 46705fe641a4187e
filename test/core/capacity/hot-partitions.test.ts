import { expect, test } from "vitest";
import { predict } from "../../../src/core/capacity/prediction.ts";
import { check, parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";

const file = (rate: number, key: string, first: string, partitions = 4) => `topology: 1
kafka: {topics: {in: {partitions: ${partitions}}, out: {partitions: 4}}}
rabbitmq: {queues: {end: {}}}
producers: {p: {topic: in, rate: ${rate}/s, key: ${key}}}
consumers:
  first: {topic: in, group: g, ${first}, sends: [{topic: out}]}
  second: {topic: out, group: h, instances: 4, processing: 100us, sends: [{queue: end}]}
  third: {queue: end, prefetch: 100, processing: 100us}
run: {duration: 80s, warmup: 30s, trace: 0}
`;
const hot = "{big: 7, a: 1, b: 1, c: 1, d: 1, e: 1, f: 1}";

/** Each could do all of it, were it not for the keys. */
test.each([
  ["a partition", 200, hot, "instances: 4, processing: 10ms"],
  ["a partition beside a cool one", 150, hot, "instances: 2, processing: 10ms"],
  ["a partition with one handler of four", 250, hot, "concurrency: 4, processing: 10ms"],
  ["two partitions", 300, "{big: 4, b: 4, c: 1, a: 1}", "instances: 4, processing: 10ms"],
  [
    "the partitions of a member with several handlers",
    500,
    hot,
    "instances: 4, concurrency: 2, orderedBy: none, processing: 10ms",
  ],
  ["some of many keys", 330, "{values: 100, zipf: 1.2}", "instances: 4, processing: {exponential: 10ms}"],
  ["a slow key", 100, hot, "instances: 4, processing: {perMessage: 5ms, byKey: {a: 200ms}}"],
  ["a partition, with failures", 150, hot, "instances: 4, processing: 10ms, failures: 20%"],
  ["members of uneven partitions", 350, "{values: 1000}", "instances: 4, processing: 10ms", 5],
])(
  "no more comes behind a group than its members can do of their own partitions: %s",
  (_, rate, key, first, partitions = 4) => {
    const text = file(rate, key, first, partitions);
    const { topology, problems } = parse(text);
    expect(problems).toEqual([]);
    const { consumers, topics, queues, behind } = predict(topology);
    const [load] = consumers.get("first")!.loads;
    expect(load!.busiest).toBeGreaterThan(1);
    expect(load!.offered).toBeLessThan(load!.capacity);
    expect(topics.get("out")).toBeLessThan(0.97 * rate);
    expect(queues.get("end")).toBeCloseTo(topics.get("out")!, 9);
    expect(behind("queue:end")).toEqual(["first"]);
    const shown = simulate(topology).summary.consumers;
    for (const name of ["first", "second", "third"]) {
      const { throughput } = consumers.get(name)!;
      expect(Math.abs(shown[name]!.throughput / throughput - 1), `${name} ${throughput}`).toBeLessThan(0.03);
    }
  },
);

test("an expectation that a hot partition keeps out of reach is told", () => {
  const text = `${file(200, hot, "instances: 4, processing: 10ms")}expect: [{metric: throughput, of: {consumer: third}, above: 190/s}]\n`;
  expect(check(text).map(({ code }) => code)).toContain("expectation-out-of-reach");
});
