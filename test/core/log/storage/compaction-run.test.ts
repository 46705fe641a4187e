import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StoredLog } from "../../../../src/core/log/storage/stored-log.ts";
import { run, simulationOf } from "../run-log.ts";

interface Compaction {
  readonly config?: string;
  readonly topic?: string;
  readonly producer?: string;
  readonly consumers?: string;
  readonly duration?: string;
}

/** 200 messages a second with 20 keys; segments of a second, a cleaner that looks every second. */
function file({
  config = "",
  topic = "",
  producer = "",
  consumers = "",
  duration = "20s",
}: Compaction): string {
  return `
kafka:
  config: {log.cleaner.backoff.ms: 1s}
  topics: {t: {config: {cleanup.policy: compact, segment.ms: 1s, ${config}}${topic}}}
producers: {p: {topic: t, rate: 200/s, key: {values: 20}, size: 100B${producer}}}
consumers: {${consumers}}
run: {duration: ${duration}, calibration: ideal}
`;
}

const rebuild = "r: {topic: t, group: r, processing: 0ms, from: 12s, config: {auto.offset.reset: earliest}}";

/** The last offset of each key that the log holds, and whether it is a tombstone. */
function lastOffsets(text: string): Map<number, number> {
  const { log } = simulationOf(text).log.topics.get("t")!.partitions[0]!;
  expect(log).toBeInstanceOf(StoredLog);
  const { stored } = log as StoredLog;
  const last = new Map<number, number>();
  for (let at = 0; at < stored.records; at++) last.set(stored.key[at]!, stored.offset[at]!);
  return last;
}

describe("compaction in a run", () => {
  it("leaves the last record of each key, and what is in the active segment", () => {
    const { topics, occurrences } = run(file({})).summary;
    const { logStart, logEnd, bytes } = topics["t"]!.partitions[0]!;
    expect(logStart).toBe(0);
    expect(logEnd).toBeGreaterThan(3800);
    expect(bytes).toBeLessThan(800 * 170);
    expect(occurrences.byKind["logCleaned"]).toBeGreaterThan(5);
    expect(occurrences.first[0]!.message).toMatch(
      /^the cleaner took \d+ bytes of topic t partition 0 by min\.cleanable\.dirty\.ratio$/u,
    );
  });

  it("a group that starts late reads the last value of each key, not all that was ever written", () => {
    const text = file({ producer: ", until: 10s", consumers: rebuild });
    const result = run(text);
    const { processed } = result.summary.consumers["r"]!;
    expect(processed).toBeGreaterThanOrEqual(20);
    expect(processed).toBeLessThan(20 + 250);
    expect(result.summary.totals.unfinished).toBe(0);
    const { committed } = result.summary.groups["r"]!.partitions[0]!;
    expect(committed).toBe(result.summary.topics["t"]!.partitions[0]!.logEnd);
  });

  it("tombstones delete their key, and go themselves after delete.retention.ms", () => {
    const text = (retention: string) =>
      file({
        config: `delete.retention.ms: ${retention}, min.cleanable.dirty.ratio: 0`,
        producer: ", until: 3s",
      })
        .replace(
          "producers: {",
          "producers: {d: {topic: t, value: none, rate: 20/s, arrivals: constant, from: 4s, until: 5s, key: unique}, ",
        )
        .replace(
          "producers: {",
          "producers: {e: {topic: t, rate: 1/s, arrivals: constant, from: 7s, key: {constant: end}}, ",
        );
    expect(lastOffsets(text("1d")).size).toBe(21);
    expect(lastOffsets(text("1s")).size).toBe(1);
  });

  it.each([1, 3])("messages without a key are refused, with %i replicas", (replicas) => {
    const text = file({ topic: `, replicas: ${replicas}` })
      .replace("key: {values: 20}, ", "")
      .replace("kafka:\n", "kafka:\n  brokers: {count: 3}\n");
    const { producers, topics } = run(text).summary;
    expect(producers["p"]).toMatchObject({ accepted: 0, timedOut: 0 });
    expect(producers["p"]!.refused).toBeGreaterThan(3000);
    expect(topics["t"]!.partitions[0]!.logEnd).toBe(0);
  });

  it("min.compaction.lag.ms spares the young, max.compaction.lag.ms hurries the cleaner", () => {
    const bytes = (config: string) => run(file({ config })).summary.topics["t"]!.storage.end;
    expect(bytes("min.compaction.lag.ms: 10s")).toBeGreaterThan(2 * bytes(""));
    const lazy = "min.cleanable.dirty.ratio: 1";
    expect(bytes(lazy)).toBeGreaterThan(400_000);
    expect(bytes(`${lazy}, max.compaction.lag.ms: 3s`)).toBeLessThan(200_000);
  });

  it("both policies together: old segments go, whatever they hold", () => {
    const text = file({ config: "retention.ms: 5s", producer: ", until: 5s" });
    const both = text.replace("cleanup.policy: compact", "cleanup.policy: [compact, delete]");
    expect(run(both).summary.topics["t"]!.partitions[0]!.bytes).toBe(0);
  });

  it("a preload is compacted before the run, as far as its segments were complete", () => {
    const topic = ", preload: {messages: 20000, over: 100s, key: {values: 20}, size: 100B}";
    const { topics, consumers } = run(file({ topic, consumers: rebuild })).summary;
    expect(topics["t"]!.partitions[0]!.logEnd).toBeGreaterThan(23_000);
    expect(topics["t"]!.storage.max).toBeLessThan(150_000);
    expect(consumers["r"]!.processed).toBeLessThan(2500);
  });
});

it("cleaning takes no key's last record", () => {
  const setting = fc.record({
    ratio: fc.constantFrom("0", "0.3", "0.9"),
    keys: fc.constantFrom("{values: 3}", "{values: 300, zipf: 1}", "unique"),
    preload: fc.constantFrom("", ", preload: {messages: 300, over: 5s, key: {values: 7}}"),
    lag: fc.constantFrom("0", "2s"),
  });
  fc.assert(
    fc.property(setting, ({ ratio, keys, preload, lag }) => {
      const text = (config: string) =>
        file({ config, topic: preload, duration: "8s" }).replace("key: {values: 20}", `key: ${keys}`);
      const cleaned = text(`min.cleanable.dirty.ratio: ${ratio}, min.compaction.lag.ms: ${lag}`);
      expect(lastOffsets(cleaned)).toEqual(lastOffsets(text("min.compaction.lag.ms: 1d")));
    }),
    { numRuns: 20 },
  );
}, 60_000);

it("whatever is cleaned under its readers, each record has one end", () => {
  const setting = fc.record({
    policy: fc.constantFrom("compact", "[compact, delete]"),
    ratio: fc.constantFrom("0", "0.5"),
    processing: fc.constantFrom("0ms", "4ms", "7ms", "50ms"),
    commit: fc.constantFrom("auto", "after", "before"),
    poll: fc.constantFrom(1, 30, 500),
    fetch: fc.constantFrom("1KiB", "20KiB", "1MiB"),
    reset: fc.constantFrom("earliest", "latest"),
    from: fc.constantFrom("", "from: 3s, "),
    concurrency: fc.constantFrom("", "concurrency: 3, ", "concurrency: 3, orderedBy: key, "),
    trace: fc.constantFrom(0, 100_000),
    preload: fc.constantFrom("", ", preload: {messages: 500, over: 9s, key: {values: 30}}"),
  });
  fc.assert(
    fc.property(
      setting,
      ({ policy, ratio, processing, commit, poll, fetch, reset, from, concurrency, trace, preload }) => {
        const settings = `auto.offset.reset: ${reset}, max.poll.records: ${poll}, max.partition.fetch.bytes: ${fetch}`;
        const text = file({
          config: `min.cleanable.dirty.ratio: ${ratio}, retention.ms: 4s`,
          topic: preload,
          consumers: `c: {topic: t, group: g, ${from}${concurrency}processing: ${processing}, commit: ${commit}, config: {${settings}}}`,
          duration: "10s",
        }).replace("cleanup.policy: compact", `cleanup.policy: ${policy}`);
        const { stopped, groups, topics } = run(text, { auditEvery: 20, trace }).summary;
        expect(stopped).toBe("duration");
        expect(groups["g"]!.partitions[0]!.committed).toBeLessThanOrEqual(topics["t"]!.partitions[0]!.logEnd);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
