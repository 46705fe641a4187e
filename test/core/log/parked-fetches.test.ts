import { describe, expect, it } from "vitest";
import { run, steps } from "./run-log.ts";

interface Parked {
  /** When records are sent to `t` and `u`, ms. */
  readonly t: readonly number[];
  readonly u?: readonly number[];
  readonly wait?: string;
  readonly config?: string;
  readonly consumer?: string;
  readonly latency?: string;
  readonly timeline?: string;
}

/** A group that reads two topics of one partition each. */
function consumed({
  t,
  u = [],
  wait = "10s",
  config = "",
  consumer = "",
  latency = "0ms",
  timeline = "",
}: Parked) {
  const producer = (topic: string, times: readonly number[]) =>
    `p${topic}: {topic: ${topic}, size: 100, arrivals: {schedule: [${times.map((at) => `${at}ms`).join(", ")}]}, config: {linger.ms: 0}}`;
  return run(`
kafka: {topics: {t: {}, u: {}}}
producers: {${producer("t", t)}${u.length > 0 ? `, ${producer("u", u)}` : ""}}
consumers: {c: {topics: [t, u], group: g, processing: 0, ${consumer} config: {fetch.max.wait.ms: ${wait}, ${config}}}}
timeline: [${timeline}]
run: {duration: 30s, calibration: {preset: ideal, networkLatency: ${latency}}}
`);
}

/** Offsets that were handled, and when, ms. */
function handled(of: Parked) {
  return steps(consumed(of), "takenUp").map(({ at, detail }) => [detail, at]);
}

const back = (at: string) => `{at: ${at}, replay: {group: g, topic: t, to: {offset: 0}}}`;
const sought = back("250ms");

describe("a seek while a fetch waits at the broker", () => {
  it("takes effect at the end of the wait where nothing comes", () => {
    expect(handled({ t: [100], timeline: sought })).toEqual([
      [0, 100],
      [0, 10_100],
    ]);
  });

  it("takes effect when the wait ends by what comes behind the offset that was asked for", () => {
    expect(handled({ t: [100, 200, 400], timeline: sought })).toEqual([
      [0, 100],
      [1, 200],
      [0, 400],
      [1, 400],
      [2, 400],
    ]);
  });

  it("takes effect when the wait ends by what comes to another partition", () => {
    expect(handled({ t: [100], u: [400], timeline: sought })).toEqual([
      [0, 100],
      // Of u.
      [0, 400],
      [0, 400],
    ]);
  });

  it("takes effect when there is fetch.min.bytes of what was asked for, whatever lies before it", () => {
    // Two records of 168 bytes are enough; the first two come together, and so do the second.
    expect(handled({ t: [100, 200, 400, 600], config: "fetch.min.bytes: 300", timeline: sought })).toEqual([
      [0, 200],
      [1, 200],
      ...[0, 1, 2, 3].map((offset) => [offset, 600]),
    ]);
  });

  it("to where the fetch asks from anyway changes nothing", () => {
    const timeline = "{at: 250ms, replay: {group: g, topic: t, to: latest}}";
    // 10 there and 10 back.
    expect(handled({ t: [100, 400], latency: "10ms", timeline })).toEqual([
      [0, 120],
      [1, 420],
    ]);
  });

  it.each([
    // Fetched at 120, asked again: under way to the broker until 130, waits until 230, is back at 240, there again at 250.
    { at: "125ms", until: 260 },
    { at: "200ms", until: 260 },
    { at: "235ms", until: 260 },
    // The next one was sent at 240: it waits from 250 to 350, and the one that follows is at the broker at 370.
    { at: "245ms", until: 380 },
    { at: "365ms", until: 500 },
  ])("or is under way, at $at, takes effect with the next request", ({ at, until }) => {
    expect(handled({ t: [100], latency: "10ms", wait: "100ms", timeline: back(at) })).toEqual([
      [0, 120],
      [0, until],
    ]);
  });

  it("while its request is under way, is noticed when what that asks for has come", () => {
    // Appended at 310, back at 320, dropped; the next is answered at 330.
    expect(handled({ t: [100, 300], latency: "10ms", timeline: back("125ms") })).toEqual([
      [0, 120],
      [0, 340],
      [1, 340],
    ]);
  });
});

it("a transaction that was aborted is begun anew when the next record comes", () => {
  const result = run(`
kafka: {topics: {t: {}, u: {}}}
producers: {p: {topic: t, rate: 10/s, arrivals: constant, messages: 600, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, commit: transactional, processing: 0, failures: 10%, sends: [{topic: u}]}}
run: {duration: 80s, calibration: ideal}
`);
  const { failed, processed } = result.summary.consumers["c"]!;
  expect(failed).toBeGreaterThan(30);
  expect(processed).toBe(600);
  const times = steps(result, "takenUp").map(({ at }) => at);
  const gaps = times.slice(1).map((at, i) => at - times[i]!);
  expect(new Set(gaps)).toEqual(new Set([0, 100]));
});

describe("a partition that another member had", () => {
  const strategies = ["group.protocol: consumer", "partition.assignment.strategy: cooperative-sticky"];
  const left = (config: string, t: string) =>
    steps(
      run(`
kafka: {topics: {t: {}, u: {}}}
producers: {pu: {topic: u, arrivals: {schedule: [6s]}, config: {linger.ms: 0}}${t}}
consumers: {c: {topics: [t, u], group: g, instances: 2, processing: 0, config: {fetch.max.wait.ms: 20s, ${config}}}}
timeline: [{at: 300ms, stop: {consumer: c, instance: 2}}]
run: {duration: 60s, calibration: ideal}
`),
      "fetched",
    ).map(({ at, place }) => [place, at]);

  it.each(strategies)("is not in the fetch that waits: %s", (config) => {
    expect(left(config, "")).toEqual([["u/0", 20_000]]);
  });

  it.each(strategies)("is in the one that is sent when that has its answer: %s", (config) => {
    const t = ", pt: {topic: t, arrivals: {schedule: [9s]}, config: {linger.ms: 0}}";
    expect(left(config, t)).toEqual([
      ["t/0", 9000],
      ["u/0", 9000],
    ]);
  });
});

describe("a member that has given up all it read here, in a rebalance that is held up by another's work", () => {
  const read = (processing: string) =>
    steps(
      run(`
kafka: {topics: {t: {}, u: {}}}
producers:
  pt: {topic: t, arrivals: {schedule: [1s]}, config: {linger.ms: 0}}
  pu: {topic: u, arrivals: {schedule: [200ms]}, config: {linger.ms: 0}}
consumers:
  c:
    {topics: [t, u], group: g, instances: 2, processing: ${processing},
     config: {fetch.max.wait.ms: 2s, heartbeat.interval.ms: 100ms, partition.assignment.strategy: roundrobin}}
timeline: [{at: 300ms, scale: {consumer: c, instances: 3}}]
run: {duration: 30s, calibration: ideal}
`),
      "fetched",
    ).map(({ at, place }) => [place, at]);

  it("lets its fetch come back and sends none: the next goes out with the assignment", () => {
    expect(read("3s")).toEqual([
      ["u/0", 200],
      ["t/0", 3200],
    ]);
  });

  it("gets what it asked for, and drops it", () => {
    // At 1 s; nothing is under way at 1.2 s.
    expect(read("1s")).toEqual([
      ["u/0", 200],
      ["t/0", 1200],
    ]);
  });
});
