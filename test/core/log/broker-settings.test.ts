import { describe, expect, it } from "vitest";
import { run } from "./run-log.ts";

describe("log.cleaner.enable", () => {
  const held = (enabled: boolean, policy: string) => {
    const { summary } = run(`
kafka:
  config: {log.cleaner.enable: ${enabled}, log.retention.check.interval.ms: 1s, log.cleaner.backoff.ms: 1s}
  topics: {t: {config: {cleanup.policy: "${policy}", segment.ms: 1s, retention.ms: 3s, min.cleanable.dirty.ratio: 0.1}}}
producers: {p: {topic: t, rate: 100/s, arrivals: constant, key: {values: 5}}}
run: {duration: 30s, calibration: ideal}`);
    const kinds = new Set(summary.occurrences.first.map(({ kind }) => kind));
    return {
      bytes: summary.topics["t"]!.storage.end,
      cleaned: kinds.has("logCleaned"),
      deleted: kinds.has("segmentsDeleted"),
    };
  };

  it("switched off leaves compacted topics as they are, also what is too old", () => {
    for (const policy of ["compact", "compact,delete"]) {
      const on = held(true, policy);
      const off = held(false, policy);
      expect(on.cleaned, policy).toBe(true);
      expect(off, policy).toMatchObject({ cleaned: false, deleted: false });
      expect(on.bytes, policy).toBeLessThan(off.bytes / 2);
    }
    expect(held(false, "delete")).toEqual(held(true, "delete"));
    expect(held(false, "delete").deleted).toBe(true);
  });
});

describe("segment.jitter.ms", () => {
  /** When segments of each partition are deleted, which is a second after they were rolled. */
  const times = (topic: string, brokers = "", seed = 1) => {
    const { summary } = run(`
kafka:
  config: {log.retention.check.interval.ms: 100ms, ${brokers}}
  topics: {t: {partitions: 3, config: {segment.ms: 10s, retention.ms: 1s, ${topic}}}}
producers: {p: {topic: t, rate: 300/s, arrivals: constant, config: {partitioner.class: RoundRobinPartitioner}}}
run: {duration: 40s, seed: ${seed}, calibration: ideal}`);
    return summary.occurrences.first
      .filter(({ kind }) => kind === "segmentsDeleted")
      .map(({ at }) => Math.round(at / 1000));
  };

  it("lets segments that began together end at different times, none later than segment.ms", () => {
    const together = times("");
    expect(new Set(together)).toEqual(new Set([11, 21, 31]));
    const apart = times("segment.jitter.ms: 8s");
    expect(new Set(apart).size).toBeGreaterThan(5);
    expect(apart.length).toBeGreaterThan(together.length);
    for (const seed of [2, 3])
      expect(Math.min(...times("segment.jitter.ms: 8s", "", seed))).toBeGreaterThanOrEqual(3);
  });

  it("is the brokers' where the topic has none, in ms before hours", () => {
    const own = times("segment.jitter.ms: 8s");
    expect(times("", "log.roll.jitter.ms: 8s")).toEqual(own);
    expect(times("segment.jitter.ms: 8s", "log.roll.jitter.ms: 1s")).toEqual(own);
    expect(times("", "log.roll.jitter.ms: 8s, log.roll.jitter.hours: 1")).toEqual(own);
    // As much as segment.ms at most.
    expect(times("", "log.roll.jitter.hours: 1")).toEqual(times("segment.jitter.ms: 10s"));
  });
});

describe("fetch.max.bytes of the brokers", () => {
  it.each(["group", "shareGroup"])("bounds what a fetch of a %s gets", (kind) => {
    const latency = (config: string) => {
      const { summary } = run(`
kafka: {config: {${config}}, topics: {t: {}}}
producers: {p: {topic: t, rate: 100/s, size: 1KiB, arrivals: constant, config: {linger.ms: 0, batch.size: 0}}}
consumers: {c: {topic: t, ${kind}: g}}
run: {duration: 10s, calibration: {preset: ideal, networkLatency: 20ms}}`);
      return summary.consumers["c"]!.latency.mean!;
    };
    const free = latency("");
    expect(latency("fetch.max.bytes: 2KiB")).toBeGreaterThan(free * 5);
    expect(latency("fetch.max.bytes: 1MiB")).toBe(free);
  });
});

describe("who coordinates", () => {
  /** The broker of a crash that a group notices. */
  const noticed = (config: string) =>
    [1, 2, 3].filter((broker) => {
      const { summary } = run(`
kafka: {brokers: 3, config: {broker.session.timeout.ms: 2s, ${config}}, topics: {t: {partitions: 3, replicas: 3}}}
producers: {p: {topic: t, rate: 10/s}}
consumers: {c: {topic: t, group: g}}
run: {duration: 15s, calibration: lan}
timeline: [{at: 5s, crash: {broker: ${broker}}}]`);
      return summary.occurrences.first.some(({ kind }) => kind === "coordinatorElected");
    });

  it("depends on offsets.topic.num.partitions, and whether another can on its replicas", () => {
    // hashCode("g") is 103: 103 % 50 = 3, the first of three brokers; 103 % 7 = 5, the third.
    expect(noticed("")).toEqual([1]);
    expect(noticed("offsets.topic.num.partitions: 7")).toEqual([3]);
    expect(noticed("offsets.topic.replication.factor: 1")).toEqual([]);
  });

  it("of a transactional id depends on transaction.state.log.num.partitions", () => {
    const coordinator = (config: string) => {
      const latency = (racked: string) => {
        const { summary } = run(`
kafka: {brokers: 3, config: {${config}}, topics: {t: {replicas: 1}}}
producers: {p: {topic: t, rate: 5/s, arrivals: constant, config: {transactional.id: ${racked}}}}
consumers: {c: {topic: t, group: g, config: {isolation.level: read_committed}}}
run: {duration: 10s, calibration: {preset: ideal, networkLatency: 10ms}}`);
        return Math.round(summary.consumers["c"]!.latency.mean! * 1000) / 1000;
      };
      // hashCode of "a", "b", "c": 97, 98, 99.
      return ["a", "b", "c"].map(latency);
    };
    // The leader's own broker saves a hop: of 50 partitions those ids fall to brokers 3, 1 and 2, of 1 all to one.
    const spread = coordinator("");
    expect(new Set(spread).size).toBe(2);
    expect(new Set(coordinator("transaction.state.log.num.partitions: 1")).size).toBe(1);
  });
});
