import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { run, steps } from "./run-log.ts";

const file = (consumer: string, timeline: string, topic = "{}") => `
kafka: {topics: {t: ${topic}}}
producers: {p: {topic: t, arrivals: {schedule: [${Array.from({ length: 20 }, (_, i) => `${i}s`).join(", ")}]}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 1ms, ${consumer}}}
timeline: [${timeline}]
run: {duration: 60s}
`;
const replay = (at: string, to: string) => `{at: ${at}, replay: {group: g, topic: t, to: ${to}}}`;
const offsets = (text: string) => steps(run(text), "takenUp").map(({ detail }) => detail);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("a replay", () => {
  it.each([
    ["earliest", [...range(0, 11), ...range(0, 20)]],
    ["latest", range(0, 20)],
    ["{offset: 5}", [...range(0, 11), ...range(5, 20)]],
    ["{time: 3500ms}", [...range(0, 11), ...range(4, 20)]],
    ["{time: 50s}", range(0, 20)],
  ])("goes on from %s", (to, expected) => {
    const text = file("commit: after", replay("10500ms", to));
    expect(offsets(text)).toEqual(expected);
    const { c } = run(text).summary.consumers;
    expect([c!.processed, c!.replayed, c!.duplicates]).toEqual([20, expected.length - 20, 0]);
    expect(run(text).summary.groups["g"]!.lag.end).toBe(0);
  });

  it("to the end passes over what is there", () => {
    const text = file("commit: after, config: {max.poll.records: 1}", replay("10500ms", "latest")).replace(
      "1ms",
      "2s",
    );
    const { c } = run(text).summary.consumers;
    expect(c!.skipped).toBeGreaterThan(3);
    expect(c!.processed + c!.skipped).toBe(20);
  });

  it("moves the committed offset back at the next commit, of what was finished since or of the position", () => {
    const back = (commit: string, until: string) =>
      run(
        file(commit, replay("31s", "{offset: 3}"))
          .replace("60s", until)
          .replace("processing: 1ms", "processing: 1s"),
      ).summary.groups["g"]!.partitions[0]!.committed;
    const oneByOne = "commit: after, config: {max.poll.records: 1}";
    expect([back(oneByOne, "31500ms"), back(oneByOne, "32500ms")]).toEqual([20, 4]);
    expect([back("commit: auto", "31500ms"), back("commit: auto", "50s")]).toEqual([20, 20]);
  });

  it("waits for what is in work", () => {
    const text = file("commit: after, concurrency: 3, orderedBy: none", replay("15s", "earliest")).replace(
      "1ms",
      "1700ms",
    );
    const result = run(text);
    const at = result.summary.occurrences.first.find(({ kind }) => kind === "replayed")!.at;
    expect(at).toBeGreaterThan(15_500);
    expect(result.summary.consumers["c"]!.processed).toBe(20);
  });

  it("of offsets out of range goes by auto.offset.reset", () => {
    const to = replay("10500ms", "{offset: 100}");
    expect(offsets(file("config: {auto.offset.reset: earliest}", to))).toEqual([
      ...range(0, 11),
      ...range(0, 20),
    ]);
    expect(offsets(file("config: {auto.offset.reset: latest}", to))).toEqual(range(0, 20));
    const none = file("config: {auto.offset.reset: none}", to);
    expect(offsets(none)).toEqual(range(0, 11));
    expect(run(none).summary.occurrences.byKind["noOffset"]).toBe(1);
  });

  it("reads what was there before the group began", () => {
    const text = file("from: 10500ms, commit: after", replay("15500ms", "earliest"));
    expect(offsets(text)).toEqual([...range(14, 16), ...range(0, 20)]);
    const { c } = run(text).summary.consumers;
    expect([c!.processed, c!.replayed]).toEqual([20, 2]);
  });
});

it("auto.offset.reset: none leaves a new group without a place to begin", () => {
  const text = file("from: 5s, config: {auto.offset.reset: none}", "");
  expect(offsets(text)).toEqual([]);
  expect(run(text).summary.occurrences.first.map(({ kind }) => kind)).toContain("noOffset");
});

const entry = fc
  .record({
    at: fc.integer({ min: 100, max: 20_000 }),
    to: fc.constantFrom(
      "earliest",
      "latest",
      "{offset: 7}",
      "{offset: 40}",
      "{time: 5s}",
      "crash",
      "stop",
      "delete",
    ),
    lasts: fc.integer({ min: 10, max: 9000 }),
  })
  .map(({ at, to, lasts }) => {
    if (to === "delete") return `{at: ${at}ms, deleteRecords: {topic: t, partition: 0, before: 9}}`;
    if (to === "crash" || to === "stop")
      return `{at: ${at}ms, for: ${lasts}ms, ${to}: {consumer: c, instance: 1}}`;
    return replay(`${at}ms`, to);
  });

it("whatever is replayed while members come and go, each record has one first finish, or was passed over", () => {
  const text = fc
    .record({
      entries: fc.array(entry, { minLength: 1, maxLength: 6 }),
      commit: fc.constantFrom("auto", "after", "before", "transactional"),
      concurrency: fc.constantFrom(1, 3),
      processing: fc.constantFrom("0ms", "20ms", "{exponential: 400ms}"),
      reset: fc.constantFrom("earliest", "latest"),
      cleanup: fc.constantFrom("delete", "compact"),
      failures: fc.constantFrom("0", "10%"),
    })
    .map(
      ({ entries, commit, concurrency, processing, reset, cleanup, failures }) => `
kafka: {config: {log.cleaner.backoff.ms: 1000}, topics: {t: {partitions: 2, config: {cleanup.policy: ${cleanup}, segment.ms: 2s}}}}
producers: {p: {topic: t, rate: 4/s, key: {values: 5}, until: 20s}}
consumers: {c: {topic: t, group: g, instances: 2, concurrency: ${concurrency}, commit: ${commit}, processing: ${processing}, failures: ${failures}, config: {auto.offset.reset: ${reset}, session.timeout.ms: 6s, max.poll.records: 5}}}
timeline: [${entries.join(", ")}]
run: {duration: 300s}
`,
    );
  fc.assert(
    fc.property(text, (one) => {
      const { summary } = run(one, { auditEvery: 10 });
      const { processed, skipped } = summary.consumers["c"]!;
      expect(summary.totals.unfinished, one).toBe(0);
      expect(processed + skipped, one).toBeLessThanOrEqual(summary.producers["p"]!.accepted);
      if (!/delete|compact|latest|offset|crash|stop/.test(one))
        expect(processed, one).toBe(summary.producers["p"]!.accepted);
    }),
    { numRuns: process.env["BROKERLAB_FULL"] === "1" ? 1000 : 60 },
  );
}, 600_000);
