import { describe, expect, it } from "vitest";
import { run, timesAt } from "../log/run-log.ts";

/** When a producer's messages are sent, ms. */
function sent(producer: string, timeline: string, duration = "1s") {
  const result = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, ${producer}, config: {linger.ms: 0}}}
run: {duration: ${duration}, calibration: ideal}
timeline: [${timeline}]
`);
  return timesAt(result, "sent");
}

describe("a rate", () => {
  const steady = "rate: 4/s, arrivals: constant";

  it("changes in the middle of a gap: what is left of it shrinks or grows with it", () => {
    expect(sent(steady, "{at: 300ms, rate: {producer: p, factor: 2}}")).toEqual([
      0, 250, 400, 525, 650, 775, 900,
    ]);
    expect(sent(steady, "{at: 300ms, rate: {producer: p, to: 2/s}}")).toEqual([0, 250, 700]);
  });

  it("is what it was before when its time is over", () => {
    expect(sent(steady, "{at: 250ms, for: 250ms, rate: {producer: p, factor: 2}}")).toEqual([
      0, 250, 375, 500, 750, 1000,
    ]);
  });

  it("is 0 for a while", () => {
    expect(sent(steady, "{at: 300ms, for: 500ms, rate: {producer: p, factor: 0}}")).toEqual([0, 250, 1000]);
  });

  it("is the one of the last entry in force", () => {
    const entries =
      "{at: 0s, for: 500ms, rate: {producer: p, factor: 2}}, {at: 250ms, for: 500ms, rate: {producer: p, factor: 4}}";
    expect(sent(steady, entries)).toEqual([
      0, 125, 250, 312.5, 375, 437.5, 500, 562.5, 625, 687.5, 750, 1000,
    ]);
  });

  it("holds for random arrivals too, and for those that go on and off while they are on", () => {
    const near = (count: number, expected: number) =>
      expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
    const change = "{at: 20s, rate: {producer: p, factor: 5}}";
    const times = sent("rate: 100/s", change, "40s");
    near(times.filter((at) => at < 20_000).length, 2000);
    near(times.filter((at) => at >= 20_000).length, 10_000);
    const onOff = sent("rate: 100/s, arrivals: {onOff: {on: 1s, off: 1s}}", change, "40s");
    near(onOff.filter((at) => at < 20_000).length, 1000);
    near(onOff.filter((at) => at >= 20_000).length, 5000);
  });

  it("of flows keeps their shares", () => {
    const { summary } = run(`
kafka: {topics: {t: {}, u: {}}}
producers: {p: {rate: 10/s, arrivals: constant, flows: {a: {topic: t, share: 20%}, b: {topic: u}}}}
run: {duration: 10s, calibration: ideal}
timeline: [{at: 0s, rate: {producer: p, to: 100/s}}]
`);
    const ends = ["t", "u"].map((topic) => summary.topics[topic]!.partitions[0]!.logEnd);
    expect(ends).toEqual([200, 800]);
  });
});

describe("a slow consumer", () => {
  it("takes so many times as long for what it begins", () => {
    const result = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {schedule: [0s, 100ms, 200ms, 300ms]}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 10ms}}
run: {duration: 1s, calibration: ideal}
timeline: [{at: 100ms, for: 150ms, slow: {consumer: c, factor: 4}}]
`);
    expect(timesAt(result, "finished")).toEqual([10, 140, 240, 310]);
  });
});

it("what the timeline does is told in the order of time, with its own words", () => {
  const { summary } = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s}}
consumers: {c: {topic: t, group: g, processing: 10ms, instances: 2}}
run: {duration: 10s, calibration: ideal}
timeline:
  - {at: 3s, for: 1s, slow: {consumer: c, instance: 2, factor: 4}}
  - {at: 1s, rate: {producer: p, factor: 2}}
  - {at: 4s, rate: {producer: p, factor: 1}}
`);
  expect(summary.occurrences.first.map(({ at, message }) => [at, message])).toEqual([
    [1000, "producer p sends at 2 times its rate from now on"],
    [3000, "consumer c 2 takes 4 times as long from now on"],
    [4000, "consumer c 2 is back at its usual pace"],
    [4000, "producer p is back at its rate"],
  ]);
  expect(summary.occurrences).toMatchObject({ count: 4, byKind: { rateChanged: 2, slowed: 2 } });
});
