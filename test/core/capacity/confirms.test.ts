import { expect, test } from "vitest";
import { predict } from "../../../src/core/capacity/prediction.ts";
import { check, parse } from "../../../src/core/index.ts";
import { loadHint } from "../../../src/core/language/hints.ts";
import { simulate } from "../../../src/core/run.ts";
import { mended } from "../marked-problems.ts";

const file = (
  reads: string,
  sends: string,
  rate = 4000,
  calibration = "lan",
  nodes = 1,
  type = "classic",
) => `topology: 1
kafka: {brokers: 3, topics: {single: {}, copied: {replicas: 3}}}
rabbitmq: {nodes: ${nodes}, queues: {in: {}, out: {arguments: {x-queue-type: ${type}}}}}
producers: {p: {queue: in, rate: ${rate}/s}}
consumers: {worker: {queue: in, ${reads}, sends: [${sends}]}}
run: {duration: 6s, warmup: 1s, calibration: ${calibration}, trace: 0}
`;
const predicted = (text: string) => {
  const { topology } = parse(text);
  const [load] = predict(topology).consumers.get("worker")!.loads;
  return { topology, load: load! };
};

test.each([
  ["prefetch: 10, processing: 1ms", "{queue: out, confirms: true}"],
  ["prefetch: 10, processing: 1ms, failures: 30%, onFailure: reject", "{queue: out, confirms: true}"],
  ["prefetch: 10, processing: 1ms", "{queue: out, confirms: true, ratio: 3}"],
  ["prefetch: 10, processing: 1ms", "{queue: out, confirms: true, ratio: 0.5}"],
  ["prefetch: 10, processing: 1ms", "{queue: out}"],
  ["prefetch: 10, processing: 1ms", "{topic: copied}"],
  ["prefetch: 10, processing: 1ms", "{topic: single}"],
  ["prefetch: 10, processing: 1ms", "{topic: copied, config: {linger.ms: 0}}"],
  ["prefetch: 10, processing: 1ms", "{topic: copied, config: {acks: 0}}"],
  ["prefetch: 10, processing: 1ms", "{queue: out, confirms: true}, {topic: copied}"],
  ["prefetch: 20, concurrency: 4, instances: 2, processing: 10ms", "{topic: copied}"],
  ["prefetch: 10, ack: auto, processing: 1ms", "{topic: copied}"],
  ["prefetch: 1, processing: 1ms", "{topic: copied, config: {linger.ms: 2}}"],
])("what a consumer sends on keeps its handlers until it is confirmed: %s, %s", (reads, sends) => {
  const { topology, load } = predicted(file(reads, sends));
  expect(load.offered).toBeGreaterThan(load.capacity);
  const { deliveries, utilization } = runOf(topology);
  expect(Math.abs(deliveries / load.capacity - 1)).toBeLessThan(0.05);
  expect(Math.abs(utilization / ((load.utilization * load.capacity) / load.offered) - 1)).toBeLessThan(0.05);
});

test.each([
  ["lan", "classic", 3],
  ["lan", "quorum", 1],
  ["lan", "quorum", 3],
  ["lan", "stream", 3],
  ["cloud", "quorum", 3],
  ["laptop", "quorum", 3],
  ["cloud", "classic", 3],
])("%s: a queue of type %s on %d nodes confirms later", (calibration, type, nodes) => {
  const sends = "{queue: out, confirms: true}";
  const { topology, load } = predicted(
    file("prefetch: 10, instances: 3, processing: 1ms", sends, 9000, calibration, nodes, type),
  );
  expect(Math.abs(runOf(topology).deliveries / load.capacity - 1)).toBeLessThan(0.08);
});

/** Deliveries per second, those that failed included. */
function runOf(topology: Parameters<typeof simulate>[0]): { deliveries: number; utilization: number } {
  const { processed, throughput, utilization, failed } = simulate(topology).summary.consumers["worker"]!;
  return { deliveries: throughput * (1 + failed / processed), utilization };
}

test.each([
  [
    "overload",
    "prefetch: 10, processing: 1ms",
    "{topic: copied}",
    600,
    "Set concurrency to 6 and prefetch to 12",
  ],
  ["overload", "prefetch: 50, processing: 1ms", "{topic: copied}", 600, "Set concurrency to 6"],
  // More of them fetched ahead would wait as long.
  ["overload", "prefetch: 1, processing: 1ms", "{topic: copied}", 300, undefined],
  ["overload", "ack: auto, processing: 1ms", "{topic: copied}", 600, "Set concurrency to 6"],
  [
    "overload",
    "prefetch: 8, concurrency: 4, instances: 2, processing: 1ms",
    "{topic: single}",
    3000,
    undefined,
  ],
  ["near-saturation", "prefetch: 10, processing: 1ms", "{topic: copied}", 145, "Set concurrency to 2"],
  ["overload", "prefetch: 10, processing: 200us", "{queue: out, confirms: true}", 4000, undefined],
])("%s has a mend that keeps up: %s, %s at %d/s", (code, reads, sends, rate, expected) => {
  const text = file(reads, sends, rate);
  const found = check(text).find((one) => one.code === code);
  const title = found!.fixes!.find((fix) => fix.title.startsWith("Set concurrency"))!.title;
  if (expected !== undefined) expect(title).toBe(expected);
  const after = mended(text, found, title);
  expect(check(after).map((one) => one.code)).not.toContain(code);
  const { queues, consumers } = simulate(parse(after).topology).summary;
  expect(Math.abs(consumers["worker"]!.throughput / rate - 1)).toBeLessThan(0.05);
  // A hundredth of what comes in these six seconds.
  expect(queues["in"]!.depth.end).toBeLessThan(rate * 0.06);
});

test("that is said where it is what keeps a consumer from more", () => {
  const messages = (text: string) => check(text).map(({ code, message }) => `${code}: ${message}`);
  expect(messages(file("prefetch: 10, processing: 1ms", "{topic: copied}", 300))).toContainEqual(
    expect.stringMatching(
      /^overload: .* is offered 300\/s and can do 156\/s: .* Its handlers work 15\.6% of the time: the rest they wait until what they have sent on is confirmed\./,
    ),
  );
  expect(messages(file("prefetch: 10, processing: 1ms", "{topic: copied}", 145))).toContainEqual(
    expect.stringContaining("will be at work, or wait for confirms of what it sends on, 92.8% of its time"),
  );
  expect(
    loadHint(predicted(file("prefetch: 10, processing: 1ms", "{topic: copied}", 100)).load).details,
  ).toContain("With the time in which its handlers wait for confirms of what they send on: 64%.");
  const unconfirmed = messages(file("prefetch: 10, processing: 1ms", "{queue: out}", 1200)).join("\n");
  expect(unconfirmed).toContain(
    "`worker` is offered 1200/s and can do 1000/s: what waits for it grows by 200/s. Add",
  );
});
