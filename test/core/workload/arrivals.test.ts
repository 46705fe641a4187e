import { describe, expect, it } from "vitest";
import { run, steps, timesAt } from "../log/run-log.ts";

function sent(producer: string, duration = "10s") {
  return run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, ${producer}, config: {linger.ms: 0}}}
run: {duration: ${duration}, calibration: ideal}
`);
}

describe("exact arrivals", () => {
  it.each([
    { what: "constant", producer: "rate: 4/s, arrivals: constant", times: [0, 250, 500, 750, 1000] },
    {
      what: "constant of two instances, in turn",
      producer: "rate: 4/s, arrivals: constant, instances: 2",
      times: [0, 250, 500, 750, 1000],
    },
    {
      what: "constant in its time, the end left out",
      producer: "rate: 4/s, arrivals: constant, from: 100ms, until: 600ms",
      times: [100, 350],
    },
    {
      what: "bursts",
      producer: "arrivals: {bursts: {size: 2, every: 400ms}}",
      times: [0, 0, 400, 400, 800, 800],
    },
    {
      what: "bursts, dealt to instances",
      producer: "arrivals: {bursts: {size: 3, every: 600ms}}, instances: 2",
      times: [0, 0, 0, 600, 600, 600],
    },
    {
      what: "a schedule, in order",
      producer: "arrivals: {schedule: [300ms, 0s, 1s]}",
      times: [0, 300, 1000],
    },
    {
      what: "a schedule, repeated by each instance",
      producer: "arrivals: {schedule: [0s, 300ms]}, instances: 2",
      times: [0, 0, 300, 300],
    },
    {
      what: "so many messages of all instances",
      producer: "rate: 4/s, arrivals: constant, instances: 3, messages: 2",
      times: [0, 250],
    },
  ])("$what", ({ producer, times }) => {
    expect(timesAt(sent(producer, "1s"), "sent")).toEqual(times);
  });

  it("a closed loop's clients think, send, and wait for their answers", () => {
    const result = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {closed: {clients: 2, think: 100ms}}, config: {linger.ms: 0}}}
run: {duration: 1s, calibration: {preset: ideal, networkLatency: 25ms}}
`);
    expect(timesAt(result, "sent")).toEqual([
      100, 100, 250, 250, 400, 400, 550, 550, 700, 700, 850, 850, 1000, 1000,
    ]);
  });
});

describe("random arrivals", () => {
  it("come at their rate, and like a Poisson process", () => {
    const times = timesAt(sent("rate: 500/s", "60s"), "sent");
    expect(times.length).toBeGreaterThan(30_000 - 4 * 174);
    expect(times.length).toBeLessThan(30_000 + 4 * 174);
    const gaps = times.slice(1).map((at, i) => at - times[i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) * (gap - mean), 0) / gaps.length;
    expect(variance / (mean * mean)).toBeGreaterThan(0.95);
    expect(variance / (mean * mean)).toBeLessThan(1.05);
  });

  it("that go on and off come at their rate while on, and not while off", () => {
    const times = timesAt(sent("rate: 300/s, arrivals: {onOff: {on: 1s, off: 3s}}", "40s"), "sent");
    expect(times.length).toBeGreaterThan(3000 - 4 * 55);
    expect(times.length).toBeLessThan(3000 + 4 * 55);
    const starts = times.filter((at, i) => i > 0 && at - times[i - 1]! > 2000);
    expect(starts.length).toBeGreaterThanOrEqual(9);
    // Each stretch begins a cycle after the one before it.
    for (const [i, at] of starts.slice(1).entries())
      expect(Math.abs(at - starts[i]! - 4000)).toBeLessThan(100);
  });

  it("of several instances do not go on together", () => {
    const result = sent("rate: 900/s, arrivals: {onOff: {on: 1s, off: 9s}}, instances: 3", "10s");
    expect(new Set(timesAt(result, "sent").map((at) => Math.floor(at / 1000))).size).toBeGreaterThanOrEqual(
      4,
    );
  });
});

describe("keys and sizes", () => {
  const keys = (key: string, more = "") =>
    steps(sent(`rate: 1000/s, arrivals: constant, key: ${key}${more}`, "5s"), "sent").map(
      ({ detail }) => detail,
    );

  it("are drawn as they are described", () => {
    expect(new Set(keys("none"))).toEqual(new Set([-1]));
    expect(new Set(keys("unique")).size).toBe(5001);
    expect(new Set(keys("unique", ", instances: 3")).size).toBe(5001);
    expect(new Set(keys("{values: 7}"))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
    expect(new Set(keys("{constant: 42}"))).toEqual(new Set([42]));
  });

  it("follow their weights", () => {
    const share = (all: readonly number[], key: number) =>
      all.filter((one) => one === key).length / all.length;
    const weighted = keys("{'1': 3, '2': 1}");
    expect(Math.abs(share(weighted, 1) - 0.75)).toBeLessThan(0.03);
    const zipf = keys("{values: 100, zipf: 1}");
    expect(Math.abs(share(zipf, 0) / share(zipf, 1) - 2)).toBeLessThan(0.3);
  });

  it("a tombstone has no value, and a size is in bytes", () => {
    const bytes = (more: string) =>
      sent(`arrivals: {schedule: [0s]}, key: {constant: abc}${more}`).summary.topics["t"]!.partitions[0]!
        .bytes;
    expect(bytes(", value: none")).toBe(61 + 10);
    expect(bytes(", size: 1KiB")).toBe(61 + 7 + 3 + 1024 + 2);
  });
});
