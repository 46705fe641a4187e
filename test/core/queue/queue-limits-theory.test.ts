import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";
import { Station } from "../../../src/core/stats/trace.ts";

function run(text: string, calibration = "ideal") {
  const { topology, problems } = parse(
    `topology: 1\n${text}\nrun: {duration: unlimited, seed: 5, calibration: ${calibration}}\n`,
  );
  expect(problems).toEqual([]);
  return simulate(topology);
}

/** Of M/M/1/K, the share of arrivals that find K in the system. */
function loss(rho: number, capacity: number): number {
  if (rho === 1) return 1 / (capacity + 1);
  let power = 1;
  for (let i = 0; i < capacity; i++) power *= rho;
  return ((1 - rho) * power) / (1 - power * rho);
}

describe("M/M/1/10: one in work and nine that wait", () => {
  const published = { 8: 0.02349, 9: 0.05081, 10: 0.09091, 12: 0.19259 };

  it.each(Object.entries(published))("at %s/s", (rate, expected) => {
    expect(loss(Number(rate) / 10, 10)).toBeCloseTo(expected, 5);
    const messages = 200_000;
    const file = (overflow: string): string => `
rabbitmq: {queues: {line: {arguments: {x-max-length: 9, x-overflow: ${overflow}}}}}
producers: {source: {queue: line, confirms: true, rate: ${rate}/s, messages: ${messages}}}
consumers: {server: {queue: line, prefetch: 1, processing: {exponential: 100ms}}}`;
    // Which message goes is another one, how many go is the same: the oldest that waits, or the one that comes.
    const dropped = run(file("drop-head")).summary.queues["line"]!.dropped["maxlen"]!;
    const { refused } = run(file("reject-publish")).summary.producers["source"]!;
    expect(dropped).toBe(refused);
    expect(Math.abs(dropped / messages / expected - 1)).toBeLessThan(0.06);
  });
});

it("two priorities without preemption wait 100 and 500 ms", () => {
  const { trace } = run(`
rabbitmq: {queues: {line: {arguments: {x-max-priority: 1}}}}
producers:
  high: {queue: line, rate: 2/s, messages: 30000, properties: {priority: 1}}
  low: {queue: line, rate: 6/s, messages: 90000}
consumers: {server: {queue: line, prefetch: 1, processing: {exponential: 100ms}}}`);
  const sums = new Map<string, { wait: number; count: number }>();
  const sent = new Map<number, { readonly by: string; readonly at: number }>();
  for (let row = 0; row < trace.rows; row++) {
    const message = trace.message[row]!;
    const at = trace.time[row]!;
    if (trace.station[row] === Station.sent)
      sent.set(message, { by: trace.places[trace.place[row]!]!.name, at });
    if (trace.station[row] !== Station.takenUp) continue;
    const { by, at: from } = sent.get(message)!;
    const sum = sums.get(by) ?? { wait: 0, count: 0 };
    sums.set(by, { wait: sum.wait + at - from, count: sum.count + 1 });
  }
  const mean = (by: string): number => sums.get(by)!.wait / sums.get(by)!.count / 1e6;
  expect(Math.abs(mean("high") / 100 - 1)).toBeLessThan(0.06);
  expect(Math.abs(mean("low") / 500 - 1)).toBeLessThan(0.1);
});

it.each([
  [1, 0.038],
  [13, 0.5],
  [25, 0.96],
  [26, 1],
  [100, 1],
])("a consumer 50 ms away with prefetch %d is busy %d of its time", (prefetch, busy) => {
  const { summary } = run(
    `
rabbitmq: {queues: {line: {}}}
producers: {source: {queue: line, rate: 1000000/s, arrivals: constant, messages: 20000}}
consumers: {server: {queue: line, prefetch: ${prefetch}, processing: 4ms}}`,
    "{preset: ideal, networkLatency: 50ms}",
  );
  expect(summary.consumers["server"]!.utilization).toBeCloseTo(busy, 2);
});
