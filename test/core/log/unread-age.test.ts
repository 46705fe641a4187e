import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Result } from "../../../src/core/run.ts";
import { one } from "../arbitraries.ts";
import { run, steps } from "./run-log.ts";

const round = (value: number | null) => Number(value!.toPrecision(10));

function ageOf({ summary }: Result) {
  const { max, mean, end } = summary.groups["g"]!.lag.time;
  return [round(max), round(mean), round(end)];
}

describe("the age of the oldest unread message", () => {
  const three = (more: string) => `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {schedule: [1s, 2s, 3s]}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 1500ms, commit: after}}
run: {duration: 10s, calibration: ideal}
${more}`;

  it("rises with the clock, and falls to that of the next one with each commit", () => {
    // Commits at 2.5, 4 and 5.5 s, of messages from 1, 2 and 3 s: up to 1.5 s, from 0.5 to 2, from 1 to 2.5.
    const area = 1.5 ** 2 / 2 + 1.5 * 1.25 + 1.5 * 1.75;
    const result = run(three(""));
    expect(ageOf(result)).toEqual([2500, round((area / 10) * 1000), 0]);
    const line = result.series.find(({ metric }) => metric === "lagTime")!;
    expect(Math.max(...line.max)).toBe(2500);
    const mean = line.mean.reduce((sum, value) => sum + value, 0) / line.mean.length;
    expect(round(mean)).toBe(round((area / 10) * 1000));
  });

  it("can be told of a part of the run, of the group or its consumer", () => {
    const { summary } = run(
      three(`
expect:
  - {metric: lag.time.max, of: {group: g}, during: [2s, 3s], equals: 1500ms}
  - {metric: lag.time, of: {group: g}, during: [2s, 3s], equals: 1s}
  - {metric: lag.time.end, of: {consumer: c}, during: [2s, 3s], equals: 1s}
  - {metric: lag.time.max, of: {group: g}, during: [6s, 7s], equals: 0}
  - {metric: lag.time.max, equals: 2500ms}
`),
    );
    expect(summary.expect.map(({ actual }) => round(actual))).toEqual([1500, 1000, 1000, 0, 2500]);
  });

  it("begins again with the first message that is left, where the log has lost the one before", () => {
    const deleted = (consumer: string) =>
      run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {schedule: [1s, 2s, 3s, 4s, 5s, 6s]}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 1h, ${consumer}}}
timeline: [{at: 8s, deleteRecords: {topic: t, partition: 0, before: 4}}]
run: {duration: 10s, calibration: ideal}
`);
    // From 1 s on, to 7 s; then from 5 s on.
    const area = 7 ** 2 / 2 + (3 + 5);
    const expected = [7000, area * 100, 5000];
    expect(ageOf(deleted("commit: after"))).toEqual(expected);
    expect(ageOf(deleted("commit: after, until: 500ms"))).toEqual(expected);
  });

  it("of a group that has gone for good is that of what it left first", () => {
    const result = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 100/s, arrivals: constant, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 0, commit: after, until: 5s}}
run: {duration: 10s, calibration: ideal}
`);
    const [max, , end] = ageOf(result);
    expect(max).toBe(end);
    expect(end).toBeGreaterThan(4980);
    expect(end).toBeLessThanOrEqual(5000);
  });

  it("of a share group is that of the first message that is not acknowledged", () => {
    const { summary } = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {schedule: [1s, 2s, 3s]}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, shareGroup: g, processing: 1500ms}}
run: {duration: 10s, calibration: ideal}
`);
    // The acknowledgement goes with the next poll, and takes 5 ms to be written: at 2.505, 4.01 and 5.515 s.
    expect(round(summary.groups["g"]!.lag.time.max)).toBe(2515);
    expect(summary.groups["g"]!.lag.time.end).toBe(0);
  });
});

interface Unread {
  readonly sentAt: number;
  readonly from: number;
  readonly to: number;
}

/** The largest age, and its integral over time, by what became of each message, ms. */
function recounted(result: Result, duration: number) {
  const sent = new Map(steps(result, "sent").map(({ message, at }) => [message, at]));
  const committed = new Map(steps(result, "committed").map(({ message, at }) => [message, at]));
  const partitions = new Map<string, Unread[]>();
  for (const { message, at, place } of steps(result, "appended")) {
    const one = { sentAt: sent.get(message)!, from: at, to: committed.get(message) ?? Infinity };
    partitions.set(place, [...(partitions.get(place) ?? []), one]);
  }
  const all = [...partitions.values()];
  const times = new Set([0, duration, ...all.flat().flatMap(({ from, to }) => [from, to])]);
  const cuts = [...times].filter((at) => at <= duration).sort((a, b) => a - b);
  let area = 0;
  for (let i = 1; i < cuts.length; i++) {
    const [from, to] = [cuts[i - 1]!, cuts[i]!];
    const heads = all.map((log) => log.find((one) => one.from <= from && one.to >= to));
    const oldest = Math.min(...heads.map((head) => head?.sentAt ?? Infinity));
    if (oldest < Infinity) area += (to - from) * ((from + to) / 2 - oldest);
  }
  // An age that lasts no time counts as well: that of the first of what is committed at once.
  const last = all.flatMap((log) => log.filter(({ to }, i) => log.findIndex((one) => one.to === to) === i));
  const max = Math.max(0, ...last.map(({ sentAt, to }) => Math.min(to, duration) - sentAt));
  return { max, mean: area / duration };
}

it("the age is that which the journeys of all messages tell, whatever runs", () => {
  const file = fc
    .record({
      partitions: one(1, 2, 5),
      rate: one(20, 200),
      key: one("none", "{values: 3}"),
      instances: one(1, 2, 3),
      concurrency: one(1, 3),
      commit: one("auto", "after", "before"),
      processing: one("0", "{exponential: 8ms}", "30ms"),
      until: one("", ", until: 1s"),
      calibration: one("ideal", "lan", "{preset: cloud, networkLatency: 15ms}"),
      seed: fc.nat(1000),
    })
    .map(
      (of) => `
kafka: {topics: {t: {partitions: ${of.partitions}}}}
producers: {p: {topic: t, rate: ${of.rate}/s, key: ${of.key}, config: {linger.ms: 3}}}
consumers: {c: {topic: t, group: g, instances: ${of.instances}, concurrency: ${of.concurrency}, commit: ${of.commit}, processing: ${of.processing}${of.until}, config: {auto.commit.interval.ms: 200}}}
run: {duration: 2s, seed: ${of.seed}, calibration: ${of.calibration}}
`,
    );
  fc.assert(
    fc.property(file, (text) => {
      const result = run(text);
      const { max, mean } = recounted(result, 2000);
      const { time } = result.summary.groups["g"]!.lag;
      expect(time.max).toBeCloseTo(max, 3);
      expect(time.mean).toBeCloseTo(mean, 3);
    }),
  );
});
