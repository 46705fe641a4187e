import { describe, expect, it } from "vitest";
import { expectFormProblems } from "../marked-problems.ts";
import { run } from "../log/run-log.ts";

const file = (repeat: number, expectations: string) => `
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 50/s}}
consumers: {c: {queue: q, prefetch: 1, processing: {exponential: 15ms}}}
run: {duration: 20s, seed: 3, calibration: ideal, repeat: ${repeat}}
expect:
${expectations}
`;

describe("several runs", () => {
  const seeds = [3, 4, 5, 6, 7];
  const expectations = `
  - {metric: latency.mean, of: {consumer: c}, below: 1h}
  - {metric: latency.mean, of: {consumer: c}, below: 1h, confidence: 50%}
  - {metric: processed, of: {consumer: c}, equals: 1000}
`;
  const single = seeds.map(
    (seed) => run(file(1, expectations.replaceAll(/, confidence: \d+%/gu, "")), { seed }).summary,
  );
  const { summary } = run(file(5, expectations));
  const means = single.map(({ consumers }) => consumers["c"]!.latency.mean!);
  const mean = means.reduce((sum, one) => sum + one, 0) / 5;
  const deviation = Math.hypot(...means.map((one) => one - mean)) / 2;

  it("have seeds that count up, and the mean of what each run measures", () => {
    const { expect: outcomes, consumers, repeat, seed } = summary;
    expect(seed).toBe(3);
    expect(consumers).toEqual(single[0]!.consumers);
    expect(outcomes[0]!.actual).toBeCloseTo(mean, 9);
    expect(repeat!.runs).toBe(5);
    expect(repeat!.figures["consumers.c.latency.mean"]!.mean).toBeCloseTo(mean, 9);
    expect(repeat!.figures["totals.sent"]!.mean).toBe(
      single.reduce((sum, { totals }) => sum + totals.sent, 0) / 5,
    );
  });

  it("have an interval of Student's t", () => {
    // Quantiles of Student's t with 4 degrees of freedom, from a table.
    const half = (outcome: number) =>
      summary.expect[outcome]!.interval!.high - summary.expect[outcome]!.actual!;
    expect(half(0)).toBeCloseTo((2.7764 * deviation) / Math.sqrt(5), 2);
    expect(half(1)).toBeCloseTo((0.7407 * deviation) / Math.sqrt(5), 2);
    expect(summary.expect[0]!.interval).toMatchObject({ confidence: 0.95 });
  });

  it("keep a bound when the whole interval does", () => {
    const { low, high } = summary.expect[0]!.interval!;
    const holds = (bound: string) =>
      run(file(5, `  - {metric: latency.mean, of: {consumer: c}, ${bound}}`)).summary.expect[0]!.holds;
    expect(holds(`below: ${high * 1.001}ms`)).toBe(true);
    expect(holds(`below: ${high * 0.999}ms`)).toBe(false);
    expect(holds(`within: [${low * 0.999}ms, ${high * 1.001}ms]`)).toBe(true);
    expect(holds(`above: ${low * 1.001}ms`)).toBe(false);
    expect(summary.expect[2]!.holds).toBe(false);
  });
});

it("a single run has no interval", () => {
  const { summary } = run(file(1, "  - {metric: sent, above: 0}"));
  expect(summary.expect[0]!.interval).toBeNull();
  expect(summary).not.toHaveProperty("repeat");
});

it("a confidence that means nothing is told", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}}}
consumers: {c: {topic: t, group: g}}
expect:
  - {metric: lag.max, below: 5, confidence: 99%}
#                                           ^^^ bad-value: one run has no interval
  - {metric: lag.max, below: 5, confidence: 100%}
#                                           ^^^^ bad-value: between 0 and 100%
`);
});
