import { describe, expect, it } from "vitest";
import { murmur2, partitionForHash } from "../../../src/core/log/murmur2.ts";
import { logEnds, run, steps } from "./run-log.ts";

const costs = "calibration: {preset: ideal, networkLatency: 10ms}";

/** Two partitions become six at 11 s; producers look at the metadata every 5 s, so that they know at 15 s. */
function grown(parts: {
  readonly producer?: string;
  readonly config?: string;
  readonly duration?: string;
  readonly kafka?: string;
  readonly timeline?: string;
}) {
  const age =
    parts.producer?.includes("librdkafka") === true
      ? "topic.metadata.refresh.interval.ms"
      : "metadata.max.age.ms";
  const { producer = "key: {values: 50}", config = "auto.offset.reset: earliest", kafka = "" } = parts;
  return run(`
kafka: {${kafka} topics: {t: {partitions: 2}}}
producers: {p: {topic: t, rate: 100/s, arrivals: constant, ${producer}, config: {${age}: 5s}}}
consumers: {c: {topic: t, group: g, instances: 2, processing: 1ms, config: {metadata.max.age.ms: 7s, ${config}}}}
timeline: [{at: 11s, partitions: {topic: t, count: 6}}${parts.timeline ?? ""}]
run: {duration: ${parts.duration ?? "30s"}, ${costs}}
`);
}

function told(result: ReturnType<typeof grown>, ...kinds: string[]) {
  return result.summary.occurrences.first
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ at, kind, detail, rule }) => [Math.floor(at / 1000), kind, detail, rule]);
}

describe("partitions that are added", () => {
  it("are found by producers at the end of their metadata's age, and take keys along from then on", () => {
    const result = grown({});
    expect(told(result, "partitionsAdded", "partitionsFound")).toEqual([
      [11, "partitionsAdded", 6, "timeline"],
      [15, "partitionsFound", 6, "keys"],
    ]);
    const first = steps(result, "appended").filter(({ place }) => Number(place.slice(2)) >= 2);
    expect(Math.min(...first.map(({ at }) => at))).toBeGreaterThanOrEqual(15_000);
    for (const end of logEnds(result)) expect(end).toBeGreaterThan(0);
  });

  it("are where the key's hash puts it, modulo the number that its producer knows", () => {
    const hash = murmur2(new TextEncoder().encode("a"));
    const result = steps(grown({ producer: "key: {constant: a}" }), "appended");
    const placesOf = (from: number, until: number) => [
      ...new Set(result.filter(({ at }) => at >= from && at < until).map(({ place }) => place)),
    ];
    expect(placesOf(0, 15_000)).toEqual([`t/${partitionForHash(hash, 2)}`]);
    expect(placesOf(15_100, Infinity)).toEqual([`t/${partitionForHash(hash, 6)}`]);
  });

  it.each(["size: 2kB", "client: librdkafka"])("get records without a key: %s", (producer) => {
    const result = grown({ producer: `key: none, ${producer}`, duration: "60s" });
    for (const end of logEnds(result)) expect(end).toBeGreaterThan(0);
  });

  it("are assigned once the group's leader has found them: the classic protocol rebalances", () => {
    const result = grown({ producer: "key: {values: 50}, until: 25s" });
    expect(told(result, "rebalanceStarted")).toEqual([[14, "rebalanceStarted", 0, "partitions were added"]]);
    expect(result.summary.groups["g"]!.partitions).toHaveLength(6);
    expect(result.summary.consumers["c"]!.processed).toBe(result.summary.producers["p"]!.accepted);
  });

  it("are assigned at the next heartbeats where the broker assigns", () => {
    const result = grown({ config: "group.protocol: consumer" });
    expect(told(result, "rebalanceStarted")).toEqual([[11, "rebalanceStarted", 0, "partitions were added"]]);
    expect(result.summary.groups["g"]!.partitions).toHaveLength(6);
  });

  it("hold what a group passes over that begins at their end", () => {
    const result = run(`
kafka: {topics: {t: {partitions: 2}}}
producers: {p: {topic: t, rate: 100/s, arrivals: constant, until: 25s, key: {values: 50}, config: {metadata.max.age.ms: 5s}}}
consumers: {c: {topic: t, group: g, processing: 1ms, config: {metadata.max.age.ms: 20s}}}
timeline: [{at: 11s, partitions: {topic: t, count: 6}}]
run: {duration: 30s, ${costs}}
`);
    const passed = told(result, "recordsPassedOver");
    expect(passed.map(([, , , group]) => group)).toEqual(["g", "g", "g", "g"]);
    const missed = passed.reduce((sum, [, , count]) => sum + Number(count), 0);
    expect(missed).toBeGreaterThan(200);
    const { producers, consumers } = result.summary;
    expect(consumers["c"]!.processed + missed).toBe(producers["p"]!.accepted);
  });

  it("break the order of keys that still wait in their old partition", () => {
    const result = run(`
kafka: {topics: {t: {partitions: 1}}}
producers: {p: {topic: t, rate: 200/s, arrivals: constant, key: {values: 50}, until: 20s, config: {metadata.max.age.ms: 5s}}}
consumers: {c: {topic: t, group: g, instances: 2, processing: 7ms, config: {group.protocol: consumer, auto.offset.reset: earliest}}}
timeline: [{at: 11s, partitions: {topic: t, count: 2}}]
run: {duration: 60s, ${costs}}
`);
    expect(result.summary.consumers["c"]!.order.violations).toBeGreaterThan(0);
    expect(JSON.stringify(result.findings)).toContain("keys have changed their partitions");
  });

  it("wait for the controllers, and have replicas and leaders as others", () => {
    const result = grown({
      kafka: "brokers: 3,",
      timeline: ", {at: 5s, for: 15s, crash: {controller: 1}}, {at: 5s, for: 15s, crash: {controller: 2}}",
      duration: "60s",
    });
    const [[at] = []] = told(result, "partitionsAdded");
    expect(at).toBeGreaterThanOrEqual(20);
    expect(new Set(result.summary.topics["t"]!.partitions.map(({ leader }) => leader)).size).toBe(3);
    for (const end of logEnds(result)) expect(end).toBeGreaterThan(0);
  });
});
