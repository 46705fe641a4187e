import { describe, expect, it } from "vitest";
import { run, steps } from "../../core/log/run-log.ts";
import { recorded } from "./recorded.ts";

interface Scenario {
  readonly name: string;
  readonly delivered?: readonly number[];
  readonly pollSizes?: readonly number[];
}

const { scenarios } = recorded("offset-scenarios") as { scenarios: readonly Scenario[] };
const recording = (name: string): Scenario => scenarios.find((one) => one.name === name)!;

/** Ten records, a consumer that starts later, and two more records. */
function file(config: string): string {
  return `
kafka: {topics: {t: {}}}
producers:
  before: {topic: t, arrivals: {bursts: {size: 10, every: 1h}}, messages: 10}
  after: {topic: t, arrivals: {schedule: [20s, 21s]}}
consumers:
  c: {topic: t, group: g, from: 5s, processing: {perBatch: 100ms, perMessage: 1ms}, config: {${config}}}
run: {duration: 30s}
`;
}

const delivered = (result: ReturnType<typeof run>): number[] =>
  steps(result, "takenUp").map(({ detail }) => detail);

describe("a consumer without a committed offset", () => {
  it.each([
    ["reset-no-committed-earliest", "earliest"],
    ["reset-no-committed-latest", "latest"],
  ])("%s", (name, reset) => {
    expect(delivered(run(file(`auto.offset.reset: ${reset}`)))).toEqual(recording(name).delivered);
  });
});

it("max-poll-records caps what one poll() returns; the rest stays in the client's buffer", () => {
  const result = run(file("auto.offset.reset: earliest, max.poll.records: 3"));
  const taken = steps(result, "takenUp").slice(0, 10);
  const ended = steps(result, "finished").slice(0, 10);
  // The first record of a poll takes 100 ms more.
  const firsts = taken.flatMap(({ at }, i) => (ended[i]!.at - at > 50 ? [i] : []));
  const sizes = firsts.map((first, i) => (firsts[i + 1] ?? 10) - first);
  expect(sizes).toEqual(recording("max-poll-records").pollSizes);
  // One fetch brought them all.
  expect(
    new Set(
      steps(result, "fetched")
        .slice(0, 10)
        .map(({ at }) => at),
    ).size,
  ).toBe(1);
});

describe("a consumer that crashes", () => {
  interface Redelivery {
    readonly firstDelivery: readonly number[];
    readonly secondDelivery: readonly number[];
  }
  const of = (name: string) => recording(name) as unknown as Redelivery;

  /** The ten records alone; the next owner reads when the session of the crashed one is over. */
  const crashing = (consumer: string, at: number) => `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 10, every: 1h}}, messages: 10}}
consumers:
  c: {topic: t, group: g, from: 5s, processing: 100ms, ${consumer}}
timeline: [{at: ${at}ms, crash: {consumer: c}}, {at: 20s, start: {consumer: c}}]
run: {duration: 90s}
`;
  /** What is delivered before a crash right after the last of so many records was finished, and after it. */
  function deliveries(consumer: string, records: number): Redelivery {
    const whole = steps(run(crashing(consumer, 19_000)), "finished");
    const at = whole[records - 1]!.at + 0.01;
    const taken = steps(run(crashing(consumer, at)), "takenUp");
    const offsets = (some: typeof taken) => some.map(({ detail }) => detail);
    return {
      firstDelivery: offsets(taken.filter((step) => step.at < at)).slice(0, records),
      secondDelivery: offsets(taken.filter((step) => step.at > 20_000)),
    };
  }

  it("no-commit-crash: everything is delivered again", () => {
    const consumer = "config: {auto.offset.reset: earliest, auto.commit.interval.ms: 1h}";
    expect(deliveries(consumer, 10)).toEqual({
      firstDelivery: of("no-commit-crash").firstDelivery,
      secondDelivery: of("no-commit-crash").secondDelivery,
    });
  });

  it("commit-after-each-crash-before-commit: the record whose commit was lost is delivered twice", () => {
    const consumer = "commit: after, config: {auto.offset.reset: earliest, max.poll.records: 1}";
    const { firstDelivery, secondDelivery } = of("commit-after-each-crash-before-commit");
    expect(deliveries(consumer, 5)).toEqual({ firstDelivery, secondDelivery });
  });

  it("commitSync-commits-position: what poll() returned is committed, processed or not", () => {
    const consumer = "commit: before, config: {auto.offset.reset: earliest, max.poll.records: 4}";
    expect(deliveries(consumer, 1).secondDelivery).toEqual(of("commitSync-commits-position").secondDelivery);
  });
});

/** The run ends early, before the timeline's crash. */
function cutOff(text: string, duration: string): string {
  return text.replace(/, \{at: \S+, crash.*\]/u, "]").replace(/duration: \w+/u, `duration: ${duration}`);
}

describe("a committed offset", () => {
  /** Ten records, all before the consumer's first member starts. */
  const scenario = (consumer: string, timeline: string) => `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 10, every: 1h}}, messages: 10}}
consumers: {c: {topic: t, group: g, from: 5s, processing: 1ms, ${consumer}}}
timeline: [${timeline}]
run: {duration: 120s}
`;
  const replay = (at: string, offset: number) =>
    `{at: ${at}, replay: {group: g, topic: t, to: {offset: ${offset}}}}`;
  const since = (result: ReturnType<typeof run>, at: number): number[] =>
    steps(result, "takenUp").flatMap((step) => (step.at >= at ? [step.detail] : []));

  it.each([
    ["reset-out-of-range-earliest", "earliest"],
    ["reset-out-of-range-latest", "latest"],
  ])("%s", (name, reset) => {
    const { position, delivered: expected } = recording(name) as unknown as Record<string, unknown>;
    const result = run(scenario(`config: {auto.offset.reset: ${reset}}`, replay("20s", 100)));
    expect(since(result, 20_000)).toEqual(expected);
    expect(result.summary.groups["g"]!.partitions[0]!.committed).toBe(position);
  });

  it("commit-can-go-back", () => {
    const {
      committed1,
      committed2,
      delivered: expected,
    } = recording("commit-can-go-back") as unknown as Record<string, number>;
    const slow = "commit: after, config: {auto.offset.reset: earliest, max.poll.records: 1}";
    // Each record takes a second: the member has committed 8 when it seeks, and 3 when it crashes after the next is done.
    const text = scenario(
      slow,
      `${replay("16500ms", 2)}, {at: 18500ms, crash: {consumer: c}}, {at: 19s, start: {consumer: c}}`,
    ).replace("processing: 1ms", "processing: 1s");
    const committed = (until: string) =>
      run(cutOff(text, until)).summary.groups["g"]!.partitions[0]!.committed;
    const begun = steps(run(text), "takenUp")[0]!.at;
    expect(Math.floor((16_500 - begun) / 1000)).toBe(committed1);
    expect(committed("18400ms")).toBe(committed2);
    expect(since(run(text), 19_000)).toEqual(expected);
  });

  it("seek-does-not-commit", () => {
    const { deliveredAfterSeek2, committed, deliveredAfterRestart } = recording(
      "seek-does-not-commit",
    ) as unknown as Record<string, unknown>;
    // The first five are committed between the two polls, at 10.4 s; the next commit would be ten seconds later.
    const text = `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, from: 9900ms, arrivals: {bursts: {size: 10, every: 1h}}, messages: 10}}
consumers:
  c: {topic: t, group: g, processing: 100ms, config: {max.poll.records: 5, auto.commit.interval.ms: 10s, session.timeout.ms: 6s}}
timeline: [${replay("12s", 2)}, {at: 15s, crash: {consumer: c}}, {at: 16s, start: {consumer: c}}]
run: {duration: 60s}
`;
    const result = run(text);
    const taken = (from: number, to: number) =>
      steps(result, "takenUp").flatMap(({ at, detail }) => (at >= from && at < to ? [detail] : []));
    expect(taken(12_000, 15_000)).toEqual(deliveredAfterSeek2);
    const [before] = run(cutOff(text, "14s")).summary.groups["g"]!.partitions;
    expect(before!.committed).toBe(committed);
    expect(taken(15_000, 60_000)).toEqual(deliveredAfterRestart);
  });
});
