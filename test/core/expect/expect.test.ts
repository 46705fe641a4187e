import { describe, expect, it } from "vitest";
import { run } from "../log/run-log.ts";

const { summary } = run(`
kafka: {topics: {t: {partitions: 2}}}
producers:
  p: {topic: t, rate: 10/s, arrivals: constant, until: 1s}
  q: {topic: t, rate: 20/s, arrivals: constant, until: 1s}
consumers:
  c: {topic: t, group: g, processing: 10ms, commit: after}
  d: {topic: t, group: h, processing: 1ms, commit: after}
run: {duration: 10s, calibration: ideal}
expect:
  - {metric: sent, equals: 30}
  - {metric: sent, of: {producer: p}, equals: 10}
  - {metric: sent, of: {producer: q}, within: [20, 20]}
  - {metric: processed, of: {consumer: c}, above: 29}
  - {metric: processed, of: {consumer: c}, above: 30}
  - {metric: lost.broker, equals: 0}
  - {metric: order.violations, below: 1}
  - {metric: latency.max, of: {consumer: d}, below: 1s}
  - {metric: latency, of: {consumer: c}, above: 10ms}
  - {metric: lag.end, of: {group: g}, equals: 0}
  - {metric: lag.end, of: {consumer: c}, equals: 0}
  - {metric: latency.max, below: 1ms}
  - {metric: utilization, of: {consumer: c}, within: [0.0299, 0.0301]}
`);

describe("an expectation", () => {
  it("is held against its metric", () => {
    expect(summary.expect.map(({ metric, holds }) => `${metric} ${holds}`)).toEqual([
      "sent true",
      "sent true",
      "sent true",
      "processed true",
      "processed false",
      "lost.broker true",
      "order.violations true",
      "latency.max true",
      "latency true",
      "lag.end true",
      "lag.end true",
      "latency.max false",
      "utilization true",
    ]);
  });

  it("tells what was measured, of what, and the bound as it is written", () => {
    expect(summary.expect[1]).toMatchObject({ of: { producer: "p" }, bound: { equals: 10 }, actual: 10 });
    expect(summary.expect[2]).toMatchObject({ bound: { within: [20, 20] }, actual: 20 });
    expect(summary.expect[0]!.of).toBeNull();
  });

  it("without a target is held against the total, or the worst of all", () => {
    expect(summary.expect[0]!.actual).toBe(summary.totals.sent);
    expect(summary.expect[11]!.actual).toBe(
      Math.max(summary.consumers["c"]!.latency.max!, summary.consumers["d"]!.latency.max!),
    );
  });

  it("does not hold where there is nothing to measure", () => {
    const { summary: empty } = run(`
kafka: {topics: {t: {}}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
run: {duration: 1s}
expect: [{metric: latency.p99, of: {consumer: c}, below: 1s}]
`);
    expect(empty.expect[0]).toMatchObject({ actual: null, holds: false });
  });
});
