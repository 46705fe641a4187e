import { describe, expect, it } from "vitest";
import { check } from "../../../../src/core/index.ts";
import { run } from "../run-log.ts";

/** 100 messages a second of 1 KiB; the disk keeps five seconds, remote storage all. */
function file(config: string): string {
  return `
kafka:
  config: {log.retention.check.interval.ms: 1s}
  topics: {t: {config: {segment.ms: 1s, remote.storage.enable: true, ${config}}, preload: {messages: 3000, over: 30s}}}
producers: {p: {topic: t, arrivals: constant, rate: 100/s, size: 1KiB}}
consumers:
  c: {topic: t, group: g, processing: 0ms}
  r: {topic: t, group: r, commit: after, processing: 0ms, from: 2s, config: {auto.offset.reset: earliest, max.partition.fetch.bytes: 100KiB}}
run: {duration: 20s, calibration: {preset: ideal, remoteFetch: 100ms}}
`;
}

describe("tiered storage", () => {
  it("the broker's disk keeps what is young, remote storage the rest", () => {
    const { topics, occurrences } = run(file("local.retention.ms: 5s")).summary;
    const { logStart, bytes, localBytes } = topics["t"]!.partitions[0]!;
    expect(logStart).toBe(0);
    expect(bytes).toBeGreaterThan(5_000_000);
    expect(localBytes).toBeGreaterThan(500_000);
    expect(localBytes).toBeLessThan(900_000);
    expect(occurrences.first[0]!.message).toBe(
      "topic t partition 0 left a segment to remote storage by local.retention.ms",
    );
  });

  it("local.retention.bytes is a size on the disk, retention.bytes one of all", () => {
    const { topics } = run(file("local.retention.bytes: 300kB, retention.bytes: 2MB")).summary;
    const { bytes, localBytes } = topics["t"]!.partitions[0]!;
    expect(localBytes).toBeGreaterThanOrEqual(300_000);
    expect(localBytes).toBeLessThan(700_000);
    expect(bytes).toBeGreaterThanOrEqual(2_000_000);
    expect(bytes).toBeLessThan(2_500_000);
  });

  it("who reads history waits for remote storage at each fetch, who keeps up does not", () => {
    const quick = run(file("local.retention.ms: 1d, local.retention.bytes: -1")).summary;
    const slow = run(file("local.retention.ms: 5s")).summary;
    expect(slow.groups["r"]!.lag.mean).toBeGreaterThan(quick.groups["r"]!.lag.mean + 100);
    expect(slow.consumers["c"]!.latency).toEqual(quick.consumers["c"]!.latency);
    expect(slow.consumers["r"]!.processed).toBe(quick.consumers["r"]!.processed);
  });

  it("keeps no compacted topic", () => {
    const config = "cleanup.policy: compact, remote.storage.enable: true";
    const problems = check(`topology: 1\nkafka: {topics: {t: {config: {${config}}}}}\n`);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("Kafka keeps compacted topics out of remote storage"),
    ]);
  });
});
