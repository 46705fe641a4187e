import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { run, steps } from "../run-log.ts";

interface Storage {
  readonly config?: string;
  readonly topic?: string;
  readonly consumer?: string;
  readonly more?: string;
  readonly processing?: string;
  readonly duration?: string;
}

/** 100 messages a second of 1 KiB into one partition, checked every second. */
function file({
  config = "",
  topic = "",
  consumer = "",
  more = "",
  processing = "1ms",
  duration = "20s",
}: Storage): string {
  return `
kafka:
  config: {log.retention.check.interval.ms: 1s}
  topics: {t: {config: {segment.ms: 1s, ${config}}${topic}}}
producers: {p: {topic: t, arrivals: constant, rate: 100/s, size: 1KiB}}
consumers:
  c: {topic: t, group: g, processing: ${processing}${consumer}}
run: {duration: ${duration}, calibration: ideal}
${more}`;
}

const messages = (result: ReturnType<typeof run>): string[] =>
  result.summary.occurrences.first.map(({ at, message }) => `${at} ${message}`);

describe("retention in a run", () => {
  it("keeps what is younger than retention.ms, in whole segments", () => {
    const { topics } = run(file({ config: "retention.ms: 5s" })).summary;
    const { logStart, logEnd, bytes } = topics["t"]!.partitions[0]!;
    expect(logEnd).toBe(2000);
    expect(logEnd - logStart).toBeGreaterThanOrEqual(500);
    expect(logEnd - logStart).toBeLessThanOrEqual(800);
    expect(topics["t"]!.storage).toMatchObject({ end: bytes });
    expect(topics["t"]!.storage.max).toBeLessThan(2 * bytes);
  });

  it("keeps at least retention.bytes, and not a whole segment more", () => {
    const { partitions } = run(file({ config: "retention.bytes: 300kB" })).summary.topics["t"]!;
    expect(partitions[0]!.bytes).toBeGreaterThanOrEqual(300_000);
    expect(partitions[0]!.bytes).toBeLessThan(300_000 + 3 * 115_000);
  });

  it("does nothing between two checks of a broker", () => {
    const told = messages(run(file({ config: "retention.ms: 3s" })));
    expect(told[0]).toBe("5000 topic t partition 0 deleted a segment by retention.ms");
    expect(told.every((line) => line.split(" ")[0]!.endsWith("000"))).toBe(true);
  });

  it("a group that falls behind loses sight of what is deleted, and goes on at the earliest", () => {
    const slow = {
      processing: "50ms",
      consumer: ", config: {auto.offset.reset: earliest, max.partition.fetch.bytes: 20KiB}",
    };
    const result = run(file({ config: "retention.ms: 4s", ...slow }));
    const { groups, totals } = result.summary;
    expect(groups["g"]!.expiredUnread).toBeGreaterThan(500);
    expect(totals.lost).toEqual({ broker: 0, consumer: 0 });
    expect(totals.sent).toBe(totals.processed + totals.unfinished + groups["g"]!.expiredUnread);
    expect(
      messages(result).some((line) => line.includes("by auto.offset.reset earliest it goes on at")),
    ).toBe(true);
  });

  it("with latest it passes over what it could still have read: that is lost", () => {
    const slow = { processing: "50ms", consumer: ", config: {max.partition.fetch.bytes: 20KiB}" };
    const { groups, totals } = run(file({ config: "retention.ms: 4s", ...slow })).summary;
    expect(totals.lost.consumer).toBeGreaterThan(300);
    expect(totals.sent).toBe(
      totals.processed + totals.unfinished + totals.lost.consumer + groups["g"]!.expiredUnread,
    );
  });
});

describe("what a topic holds when the run starts", () => {
  const late = { consumer: ", from: 1s, config: {auto.offset.reset: earliest}" };

  it("is read by a group that starts at the beginning", () => {
    const topic = ", preload: {messages: 1000, over: 10s}";
    const { consumers, topics } = run(file({ topic, ...late })).summary;
    expect(topics["t"]!.partitions[0]!.logEnd).toBe(3000);
    expect(consumers["c"]).toMatchObject({ processed: 3000 });
    expect(consumers["c"]!.latency.count).toBe(2000);
  });

  it("is not read by those that were there before", () => {
    const { consumers } = run(file({ topic: ", preload: {messages: 1000}" })).summary;
    expect(consumers["c"]).toMatchObject({ processed: 2000 });
  });

  it("is what retention has left", () => {
    const topic = ", preload: {messages: 6000, over: 60s}";
    const { topics, groups } = run(file({ config: "retention.ms: 10s", topic, duration: "500ms" })).summary;
    const { logStart, logEnd } = topics["t"]!.partitions[0]!;
    expect(logEnd).toBe(6050);
    expect(logStart).toBeGreaterThan(4700);
    expect(logStart).toBeLessThanOrEqual(5000);
    expect(groups["g"]!.expiredUnread).toBe(0);
  });

  it("has its keys where the topic's producers would put them", () => {
    const topics = "kafka: {topics: {t: {partitions: 4, preload: {messages: 400, key: {constant: a}}}}}";
    const { partitions } = run(`${topics}\nrun: {duration: 1s}\n`).summary.topics["t"]!;
    expect(partitions.map(({ logEnd }) => logEnd).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 400]);
  });
});

describe("records are deleted by the timeline", () => {
  const timeline = "timeline: [{at: 10s, deleteRecords: {topic: t, partition: 0, before: 400}}]";

  it("at once for readers, and with their segments at the next check", () => {
    const { topics, occurrences } = run(file({ config: "retention.ms: 1d", more: timeline })).summary;
    expect(topics["t"]!.partitions[0]!.logStart).toBe(400);
    expect(topics["t"]!.partitions[0]!.bytes).toBeLessThan(1_900_000);
    expect(occurrences.first.map(({ message }) => message)).toEqual([
      "topic t partition 0 starts at offset 400 from now on",
      expect.stringMatching(/^topic t partition 0 deleted \d segments by deleteRecords$/u),
    ]);
  });

  it("also where nothing else is ever deleted", () => {
    const { topics } = run(file({ more: timeline.replace("400", "99999") })).summary;
    const { logStart } = topics["t"]!.partitions[0]!;
    expect(logStart).toBeGreaterThanOrEqual(990);
    expect(logStart).toBeLessThanOrEqual(1001);
  });
});

it("whatever is kept and however slow the readers, each record has one end", () => {
  const setting = fc.record({
    retention: fc.constantFrom(
      "retention.ms: 2s",
      "retention.ms: 6s",
      "retention.bytes: 200kB",
      "retention.ms: 1d",
    ),
    reset: fc.constantFrom("earliest", "latest"),
    commit: fc.constantFrom("auto", "after", "before"),
    from: fc.constantFrom("", ", from: 2s"),
    preload: fc.constantFrom("", ", preload: {messages: 700, over: 7s}"),
    processing: fc.constantFrom("1ms", "9ms", "15ms", "80ms"),
    poll: fc.constantFrom(1, 20, 500),
    fetch: fc.constantFrom("4KiB", "1MiB"),
    trace: fc.constantFrom(0, 100_000),
    cut: fc.constantFrom("", "timeline: [{at: 6s, deleteRecords: {topic: t, partition: 0, before: 600}}]"),
  });
  fc.assert(
    fc.property(
      setting,
      ({ retention, reset, commit, from, preload, processing, poll, fetch, trace, cut }) => {
        const consumer = `${from}, commit: ${commit}, config: {auto.offset.reset: ${reset}, max.poll.records: ${poll}, max.partition.fetch.bytes: ${fetch}}`;
        const text = file({
          config: retention,
          topic: preload,
          consumer,
          processing,
          more: cut,
          duration: "12s",
        });
        const result = run(text, { auditEvery: 20, trace });
        const { totals, groups, topics, stopped } = result.summary;
        expect(stopped).toBe("duration");
        const { logStart, logEnd } = topics["t"]!.partitions[0]!;
        const { committed } = groups["g"]!.partitions[0]!;
        expect(logStart).toBeLessThanOrEqual(logEnd);
        expect(committed).toBeLessThanOrEqual(logEnd);
        if (reset !== "latest") expect(totals.lost.consumer).toBe(0);
        // What was there before the run has no journey.
        if (trace === 0 || preload !== "") return;
        expect(steps(result, "lost").length).toBe(totals.lost.consumer);
        expect(steps(result, "dropped").length).toBe(groups["g"]!.expiredUnread);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
