import { describe, expect, it } from "vitest";
import { expectFormProblems } from "../marked-problems.ts";
import { run } from "../log/run-log.ts";

const file = (expectations: string, more = "") => `
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant}}
consumers: {c: {queue: q, prefetch: 1, processing: 50ms}}
run: {duration: 10s, calibration: ideal}
timeline: [{at: 2s, for: 2s, slow: {consumer: c, factor: 4}}${more}]
expect:
${expectations}
`;

function actuals(expectations: string): (number | null)[] {
  return run(file(expectations)).summary.expect.map(({ actual }) => actual);
}

describe("a part of the run", () => {
  it("counts what happens in it, and the latencies of what is sent in it", () => {
    // From 2 s on every message takes 200 ms, and one comes each 100 ms: each waits 100 ms longer than the one before.
    expect(
      actuals(`
  - {metric: sent, of: {producer: p}, during: [2s, 3s], equals: 10}
  - {metric: processed, of: {consumer: c}, during: [2s, 4s], equals: 10}
  - {metric: throughput, of: {consumer: c}, during: [2s, 4s], equals: 5}
  - {metric: utilization, of: {consumer: c}, during: [0s, 2s], equals: 50%}
  - {metric: utilization, of: {consumer: c}, during: [2s, 4s], equals: 100%}
  - {metric: latency.max, of: {consumer: c}, during: [0s, 2s], equals: 50ms}
  - {metric: latency.max, of: {consumer: c}, during: [2s, 2500ms], equals: 600ms}
  - {metric: sent, during: [2s, 3s], equals: 10}
`),
    ).toEqual([10, 9, 4.5, 0.5, 1, 50, 600, 10]);
  });

  it("has levels of its own, whatever the buckets of the series", () => {
    // At 2.1 s one waits, at 2.3 s two do, and so on.
    const levels = actuals(`
  - {metric: depth.max, of: {queue: q}, during: [0s, 2s], equals: 0}
  - {metric: depth.max, of: {queue: q}, during: [2s, 2350ms], equals: 2}
  - {metric: depth.mean, of: {queue: q}, during: [2050ms, 2150ms], equals: 0.5}
  - {metric: depth.end, of: {queue: q}, during: [2050ms, 2150ms], equals: 1}
  - {metric: unacked.mean, of: {queue: q}, during: [0s, 1s], equals: 0.5}
  - {metric: unacked.max, during: [9s, 10s], equals: 1}
`);
    expect(levels.map((level) => Number(level!.toPrecision(12)))).toEqual([0, 2, 0.5, 1, 0.5, 1]);
  });

  it("adds up to the whole", () => {
    const figures = ["sent", "processed", "delivered"];
    const parts = figures.flatMap((metric) =>
      ["[0s, 3s]", "[3s, 7s]", "[7s, 10s]"].map(
        (range) => `  - {metric: ${metric}, during: ${range}, above: 0}`,
      ),
    );
    const { totals, expect: outcomes } = run(file(parts.join("\n"))).summary;
    for (const figure of ["sent", "processed", "delivered"] as const) {
      const sum = outcomes.reduce((all, { metric, actual }) => all + (metric === figure ? actual! : 0), 0);
      // What happens at the very end is of no part.
      expect([totals[figure], totals[figure] - 1]).toContain(sum);
    }
  });

  it("of the lag is told of groups and their consumers", () => {
    const { summary } = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {schedule: [1s, 2s, 3s]}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 1500ms, commit: after}}
run: {duration: 10s, calibration: ideal}
expect:
  - {metric: lag.max, of: {group: g}, during: [0s, 1s], equals: 0}
  - {metric: lag.max, of: {consumer: c}, during: [2s, 2400ms], equals: 2}
  - {metric: lag.mean, of: {group: g}, during: [1500ms, 2500ms], equals: 1.5}
`);
    expect(summary.expect.map(({ actual }) => Number(actual!.toPrecision(12)))).toEqual([0, 2, 1.5]);
    expect(summary.expect[2]!.during).toEqual([1500, 2500]);
  });
});

it("that cannot be, or has no meaning for the metric, is told", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 10s}
expect:
  - {metric: lag.max, during: [5s, 5s], below: 5}
#                             ^^^^^^^^ bad-value: its first end is not before its second
  - {metric: lag.max, during: [5s, 12s], below: 5}
#                             ^^^^^^^^^ bad-value: the run is over after 10 s
  - {metric: order.violations, during: [1s, 2s], below: 5}
#                                      ^^^^^^^^ bad-value: counts over the whole run
  - {metric: lag.max, during: [5s], below: 5}
#                             ^^^^ schema: a list of exactly 2
`);
});

describe("recovery", () => {
  const recovery = (timeline: string) =>
    run(`
rabbitmq: {queues: {q: {}, idle: {}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant}}
consumers: {c: {queue: q, prefetch: 1, processing: 50ms}}
run: {duration: 51200ms, calibration: ideal}
timeline: [${timeline}]
`).summary.queues;

  it("is the time from a fault until the depth is back where it was", () => {
    // 20 messages have come by 12 s; from then on the depth falls by one each 100 ms: 50 ms of work for each of 10/s.
    const { q, idle } = recovery("{at: 10s, for: 2s, stop: {consumer: c}}");
    expect(q!.recovery).toBeGreaterThanOrEqual(3800);
    expect(q!.recovery).toBeLessThanOrEqual(4200);
    expect(idle!.recovery).toBe(0);
  });

  it("is that of the worst fault, and null of one that never ends", () => {
    const both = recovery(
      "{at: 10s, for: 1s, stop: {consumer: c}}, {at: 30s, for: 3s, rate: {producer: p, factor: 3}}",
    )["q"]!;
    expect(both.recovery).toBeGreaterThan(5500);
    expect(recovery("{at: 10s, stop: {consumer: c}}")["q"]!.recovery).toBeNull();
  });

  it("is nothing where there is no fault", () => {
    expect(recovery("{at: 10s, purge: {queue: q}}")["q"]).not.toHaveProperty("recovery");
  });
});
