import { expect, test } from "vitest";
import { check, parse, type Problem, stopsRun } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";
import { expectProblems } from "../marked-problems.ts";

const work = (consumer: string, more = "") => `topology: 1
rabbitmq: {queues: {work: {arguments: {x-max-length: 600, x-dead-letter-exchange: ""}}}}
producers: {shop: {queue: work, rate: 100/s, confirms: true}}
consumers:
  packers: {queue: work, prefetch: 1, ${consumer}}
${more}`;

test("a consumer that is offered more than it can do", () => {
  const text = work("processing: 25ms", "run: {duration: 10s}\n");
  const [problem] = check(text).filter(({ code }) => code === "overload");
  expect(problem!.message).toContain(
    "is offered 100/s and can do 39.7/s: what waits for it grows by 60.3/s, and reaches its `x-max-length` of 600 after 9.94 s",
  );
  expect(text.slice(problem!.span.start, problem!.span.end)).toBe("25ms");
  expect(problem!.fixes?.map(({ title }) => title)).toEqual(["Run 4 instances"]);
  expect(stopsRun(problem!)).toBe(false);
  expect(check(work("processing: 25ms, instances: 4")).map(({ code }) => code)).not.toContain("overload");
});

test.each([
  ["{arguments: {x-single-active-consumer: true}}", "", 100],
  ["{arguments: {x-queue-type: stream}}", "", 100],
  ["{}", "exclusive: true, ", 36],
])("more instances are not advised where they have nothing to do, %s %sat %d/s", (queue, reads, rate) => {
  const text = (instances: number) => `topology: 1
rabbitmq: {queues: {work: ${queue}}}
producers: {shop: {queue: work, rate: ${rate}/s}}
consumers: {packers: {queue: work, prefetch: 10, ${reads}instances: ${instances}, processing: 25ms}}
run: {duration: 20s, warmup: 5s}
`;
  const problem = (instances: number): Problem =>
    check(text(instances)).find(({ code }) => code === "overload" || code === "near-saturation")!;
  expect(problem(1).message).toMatch(
    /Raise `concurrency`, or process faster\. More messages at a time no longer finish in order\.$/,
  );
  expect(problem(1).fixes?.filter(({ silences }) => silences !== true) ?? []).toEqual([]);
  expect(problem(4).code).toBe(problem(1).code);
  const latency = (instances: number) =>
    simulate(parse(text(instances)).topology).summary.consumers["packers"]!.latency!.mean!;
  expect(latency(4)).toBeGreaterThan(0.8 * latency(1));
});

test("a consumer whose prefetch keeps messages from it: RabbitMQ's own arithmetic, 26 messages for 4 ms of work behind 100 ms of way", () => {
  const text = (prefetch: number) => `topology: 1
rabbitmq: {queues: {work: {}}}
producers: {shop: {queue: work, rate: 200/s, confirms: true}}
consumers: {packers: {queue: work, prefetch: ${prefetch}, processing: 4ms}}
run: {calibration: {preset: ideal, networkLatency: 50ms}}
`;
  const [problem] = check(text(1)).filter(({ code }) => code === "overload");
  expect(problem!.message).toContain("can do 9.62/s");
  expect(problem!.message).toContain("lets its handlers work 3.85% of the time");
  expect(problem!.fixes?.[0]?.title).toBe("Set prefetch to 26");
  expect(check(text(26)).map(({ code }) => code)).not.toContain("overload");
});

test("one member that the keys overload is a warning", () => {
  const keyed = (instances: number, ms: number) => `topology: 1
kafka: {topics: {t: {partitions: 4}}}
producers: {p: {topic: t, rate: 100/s, key: {big: 5, a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1}}}
consumers: {c: {topic: t, group: g, instances: ${instances}, commit: after, processing: ${ms}ms}}
`;
  const [problem] = check(keyed(4, 20)).filter(({ code }) => code === "overload");
  expect(problem?.severity).toBe("warning");
  expect(problem?.message).toContain("One member of `c` is offered");
  expect(check(keyed(4, 5)).filter(({ code }) => code === "overload")).toEqual([]);
});

test("a consumer near its limit, with the wait that theory gives", () => {
  expectProblems(`topology: 1
rabbitmq: {queues: {work: {}}}
producers: {shop: {queue: work, rate: 36/s, confirms: true}}
consumers: {packers: {queue: work, prefetch: 1, processing: {exponential: 25ms}}}
#                                                           ^^^^^^^^^^^^^^^^^^^ near-saturation: at work 90% of its time, and messages will wait 245 ms
`);
  expectProblems(`topology: 1
rabbitmq: {queues: {work: {}}}
producers: {shop: {queue: work, rate: 32/s, confirms: true}}
consumers: {packers: {queue: work, prefetch: 1, processing: {exponential: 25ms}}}
`);
});

test("an expectation that the rates rule out", () => {
  const text = (bound: string) => `topology: 1
rabbitmq: {queues: {work: {}}}
producers: {shop: {queue: work, rate: 20/s, confirms: true}}
consumers: {packers: {queue: work, prefetch: 1, processing: {exponential: 25ms}}}
expect:
  - {metric: utilization, of: {consumer: packers}, ${bound}}
`;
  expectProblems(`${text("above: 60%")}\
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expectation-out-of-reach: will be about 50%
`);
  expectProblems(text("above: 40%"));
});
