import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { Simulation } from "../../../src/core/simulation.ts";

setFlagsFromString("--allow-natives-syntax");
/** Whether two objects have one shape in V8, so that the code that knows it serves both. */
const same = runInThisContext("(a, b) => %HaveSameMap(a, b)") as (a: object, b: object) => boolean;

/** Classes of the core whose objects, at the same places of both graphs, have different shapes. */
function unlike(one: unknown, other: unknown): Set<string> {
  const seen = new Set<object>();
  const found = new Set<string>();
  const walk = (a: unknown, b: unknown) => {
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || seen.has(a)) return;
    seen.add(a);
    // First of all: V8 gives an object of an old shape the new one as soon as it is looked at.
    const alike = same(a, b);
    const { name } = a.constructor;
    if (!alike && name !== "Object" && name !== "Array") found.add(name);
    for (const key of Object.keys(a)) walk(a[key as never], b[key as never]);
  };
  walk(one, other);
  return found;
}

const end = "run: {duration: unlimited, calibration: ideal}";
const costly = "run: {duration: unlimited, calibration: lan}";
const kafka = "topology: 1\nkafka: {topics: {line: {partitions: 8}}}";
const rabbitmq = "topology: 1\nrabbitmq: {queues: {line: {}}}";
const fromTopic =
  "consumers: {server: {topic: line, group: server, instances: 4, processing: {exponential: 10us}}}";
const fromQueue =
  "consumers: {server: {queue: line, instances: 8, prefetch: 10, processing: {exponential: 100us}}}";

test.each([
  [
    "a topic of one partition",
    `topology: 1
kafka: {topics: {line: {}}}
producers: {source: {topic: line, rate: 8/s, messages: 5000, config: {linger.ms: 0}}}
consumers: {server: {topic: line, group: server, commit: after, processing: {exponential: 100ms}}}
${end}`,
  ],
  [
    "batches",
    `${kafka}
producers: {source: {topic: line, rate: 400k/s, size: 100B, messages: 20000, config: {linger.ms: 5}}}
${fromTopic}
${end}`,
  ],
  [
    "keys and costs",
    `${kafka}
producers: {source: {topic: line, rate: 64000/s, key: {values: 1000}, messages: 5000, config: {linger.ms: 0}}}
${fromTopic}
${costly}`,
  ],
  [
    "a queue",
    `${rabbitmq}
producers: {source: {queue: line, rate: 8000/s, messages: 5000}}
${fromQueue}
${end}`,
  ],
  [
    "a queue and costs",
    `${rabbitmq}
producers: {source: {queue: line, rate: 8000/s, messages: 5000, confirms: true}}
${fromQueue}
${costly}`,
  ],
])("no object takes another shape in the middle of a run: %s", (_, text) => {
  const { topology, problems } = parse(text);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  const before = new Simulation(topology);
  const after = new Simulation(topology);
  while (!after.advance(10_000));
  after.result();
  expect(unlike(before, after)).toEqual(new Set());
});

test("an object whose first fraction comes late is told", () => {
  class Level {
    height = 0;
  }
  const early = new Level();
  const late = new Level();
  late.height = 0.5;
  expect(unlike(early, new Level())).toEqual(new Set(["Level"]));
});
