import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Result } from "../../../../src/core/run.ts";
import { leaderOf, run, steps, timesAt } from "../run-log.ts";

const full = process.env["BROKERLAB_FULL"] !== undefined;

interface Scene {
  readonly brokers?: string;
  readonly config?: string;
  readonly topic?: string;
  readonly rack?: string;
  readonly consumer?: string;
  readonly records?: string;
  readonly more?: string;
  readonly timeline?: string;
  readonly duration?: string;
}

const selector = "replica.selector.class: org.apache.kafka.common.replica.RackAwareReplicaSelector";

/** Two replicas in two racks and one reader, over a network of 1 ms one way; nothing else costs anything. */
function scene({
  brokers = "{count: 2, racks: [a, b]}",
  config = selector,
  topic = "replicas: 2",
  rack = near,
  consumer = "",
  records = "arrivals: {schedule: [10ms]}",
  more = "",
  timeline = "",
  duration = "5s",
}: Scene): Result {
  return run(`
kafka: {brokers: ${brokers}, config: {${config}}, topics: {t: {${topic}}}}
producers: {p: {topic: t, ${records}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 0, config: {client.rack: ${rack}${consumer}}}${more}}
run: {duration: ${duration}, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [${timeline}]
`);
}

/** Where the follower is: the places are drawn from the seed. */
const leader = leaderOf(scene({ rack: "elsewhere" }));
const [far, near] = leader === 1 ? ["a", "b"] : ["b", "a"];
const follower = 3 - leader;

function told({ summary: { occurrences } }: Result): { at: number; kind: string; detail: number }[] {
  return occurrences.first.map(({ at, kind, detail }) => ({ at, kind, detail }));
}

describe("a consumer that says in which rack it is", () => {
  it("reads from its leader where that is in its rack, and where nobody is", () => {
    for (const rack of [far, "elsewhere"]) {
      const result = scene({ rack });
      expect(timesAt(result, "fetched")).toEqual([14]);
      expect(told(result)).toEqual([]);
    }
  });

  it("reads from its leader unless the brokers select replicas", () => {
    expect(timesAt(scene({ config: "" }), "fetched")).toEqual([14]);
    const config = "replica.selector.class: org.apache.kafka.common.replica.LeaderSelector";
    expect(timesAt(scene({ config }), "fetched")).toEqual([14]);
  });

  it("is sent to the follower in its rack by its first fetch", () => {
    // At the leader at 1 ms, back at 2.
    expect(told(scene({}))).toEqual([{ at: 2, kind: "readsFromFollower", detail: follower }]);
  });

  it("gets a record when the follower hears that it is below the high watermark: with the next answer of its leader", () => {
    // Known to be at the follower at 13 ms, where its fetch waits at the leader from then on.
    expect(timesAt(scene({}), "fetched")).toEqual([13 + 500 + 2]);
    const config = `${selector}, replica.fetch.wait.max.ms: 50ms`;
    expect(timesAt(scene({ config }), "fetched")).toEqual([13 + 50 + 2]);
    // The second record brings the word of the first: at the leader at 21 ms, at the follower at 22.
    const records = "arrivals: {schedule: [10ms, 20ms]}";
    expect(timesAt(scene({ config, records }), "fetched")).toEqual([23, 23 + 50 + 2]);
  });

  it("is sent to the follower of the highest number, where several have as much", () => {
    const result = scene({ brokers: "{count: 3, racks: [a, b]}", topic: "replicas: 3", rack: "a" });
    expect(leaderOf(result), "alone in rack b").toBe(2);
    expect(told(result)).toEqual([{ at: 2, kind: "readsFromFollower", detail: 3 }]);
  });

  it("asks the leader again when its metadata are old, and is sent back without a word", () => {
    const records = "rate: 100/s, arrivals: constant";
    const result = scene({ records, consumer: ", metadata.max.age.ms: 100ms" });
    expect(told(result)).toHaveLength(1);
    expect(result.events).toBeGreaterThan(scene({ records }).events);
    const { processed, sent } = result.summary.totals;
    expect(sent - processed).toBeLessThan(5);
  });

  it("costs no events while nothing is sent", () => {
    const idle = (duration: string) => scene({ duration, consumer: ", metadata.max.age.ms: 24h" }).events;
    expect(idle("1h")).toBeLessThan(idle("5s") + 300);
  });

  it("reads nothing new from a follower that its leader does not reach, until it asks again", () => {
    const result = scene({
      records: "rate: 100/s, arrivals: constant",
      consumer: ", metadata.max.age.ms: 60s",
      timeline: `{at: 10s, for: 200s, isolate: {brokers: [${follower}], from: [${leader}]}}`,
      duration: "100s",
      config: `${selector}, replica.lag.time.max.ms: 10s`,
    });
    // Sent to the follower at 2 ms, for 60 s; at the leader a hop later, which has long taken the follower for out of sync.
    expect(told(result)).toEqual([
      { at: 2, kind: "readsFromFollower", detail: follower },
      { at: 10_000, kind: "isolated", detail: 0 },
      { at: 20_027, kind: "isrShrank", detail: follower },
      { at: 60_003, kind: "readsFromLeader", detail: leader },
    ]);
    const fetched = timesAt(result, "fetched").toSorted((a, b) => a - b);
    expect(fetched.filter((at) => at > 10_000 && at < 60_004)).toEqual([]);
    expect(fetched.filter((at) => at === 60_004).length).toBeGreaterThan(100);
  });
});

describe("a follower that members read from", () => {
  const records = "rate: 100/s, arrivals: constant, until: 20s";

  it("is asked for until the controllers have found that it crashed, and again when it is in sync", () => {
    const result = scene({
      records,
      timeline: `{at: 5s, for: 10s, crash: {broker: ${follower}}}`,
      duration: "60s",
    });
    const kinds = told(result).map(({ kind }) => kind);
    expect(kinds).toEqual([
      "readsFromFollower",
      "crashed",
      "brokerFenced",
      "isrShrank",
      "readsFromLeader",
      "started",
      "brokerUnfenced",
      "isrExpanded",
      "readsFromFollower",
    ]);
    const [, , fenced, , back, , , joined, again] = told(result).map(({ at }) => at);
    // It connects no more often than `reconnect.backoff.max.ms` lets it.
    expect(back! - fenced!).toBeLessThan(1000);
    expect(again! - joined!).toBeLessThan(20);
    const pause = timesAt(result, "fetched").filter((at) => at > 5000 && at < fenced!);
    expect(pause).toEqual([]);
    expect(result.summary.totals).toMatchObject({ unfinished: 0, duplicates: 0 });
  });

  it("is named also to a client that is over its quota at the leader", () => {
    // Each broker has a partition of u to itself: at either the client gets less than it is sent.
    const { totals } = run(`
kafka:
  brokers: {count: 2, racks: [a, b]}
  config: {${selector}}
  topics: {t: {replicas: 2}, u: {partitions: 2}}
  quotas: {c: {fetch: 80kB/s}}
producers:
  p: {topic: t, rate: 20/s, until: 20s}
  q: {topic: u, rate: 200/s, size: 1KiB, until: 20s}
consumers: {c: {topics: [t, u], group: g, processing: 0, config: {client.rack: ${near}, metadata.max.age.ms: 300ms}}}
run: {duration: 60s, calibration: {preset: ideal, networkLatency: 1ms}}
`).summary;
    expect(totals).toMatchObject({ unfinished: 0, duplicates: 0 });
  });

  it("is left when another replica leads, as soon as its fetch has failed", () => {
    const result = scene({
      records,
      timeline: `{at: 5s, for: 10s, stop: {broker: ${leader}}}`,
      duration: "60s",
    });
    const [elected] = told(result).filter(({ kind }) => kind === "leaderElected");
    const [left] = told(result).filter(({ kind }) => kind === "readsFromLeader");
    // The error is at the client a hop later, and its next fetch at the leader, which is that follower.
    expect(left).toEqual({ at: elected!.at + 2, kind: "readsFromLeader", detail: follower });
    expect(result.summary.totals).toMatchObject({ unfinished: 0, duplicates: 0 });
  });

  it("does not have what is deleted: the leader says where to read on", () => {
    const result = scene({
      records,
      topic: "replicas: 2, config: {segment.ms: 1s, retention.ms: 1s}",
      config: `${selector}, log.retention.check.interval.ms: 1s, replica.lag.time.max.ms: 2s`,
      timeline: `{at: 4s, for: 12s, isolate: {brokers: [${follower}], from: [${leader}]}}`,
      duration: "60s",
    });
    const { totals, groups } = result.summary;
    expect(told(result).filter(({ kind }) => kind === "offsetReset")).toHaveLength(1);
    expect(groups["g"]!.expiredUnread).toBeGreaterThan(50);
    expect(totals.unfinished).toBe(0);
  });
});

describe("any partitions, rates and racks", () => {
  interface Drawn {
    readonly brokers: number;
    readonly racks: readonly string[];
    readonly partitions: number;
    readonly replicas: number;
    readonly rate: number;
    readonly transaction: string;
    readonly topic: string;
    readonly age: number;
    readonly minBytes: number;
    readonly quota: string;
    readonly calibration: string;
    readonly seed: number;
  }

  const scenes: fc.Arbitrary<Drawn> = fc.record({
    brokers: fc.integer({ min: 1, max: 4 }),
    racks: fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 }),
    partitions: fc.integer({ min: 1, max: 4 }),
    replicas: fc.integer({ min: 1, max: 3 }),
    rate: fc.integer({ min: 1, max: 300 }),
    transaction: fc.constantFrom("", ", transaction: {messages: 10}"),
    topic: fc.constantFrom(
      "",
      ", config: {cleanup.policy: compact, segment.ms: 1s, min.cleanable.dirty.ratio: 0}",
    ),
    age: fc.constantFrom(50, 1000, 300_000),
    minBytes: fc.constantFrom(1, 1000),
    quota: fc.constantFrom("", "quotas: {c: {fetch: 200KiB/s}}"),
    calibration: fc.constantFrom("ideal", "lan", "cloud", "{preset: cloud, networkLatency: 15ms}"),
    seed: fc.nat(1000),
  });

  it("are read in full, and none before the high watermark has passed it", () => {
    fc.assert(
      fc.property(scenes, (of) => {
        const result = play(of);
        expect(result.summary.totals).toMatchObject({ unfinished: 0, duplicates: 0 });
        const readable = new Map(steps(result, "replicated").map(({ message, at }) => [message, at]));
        const early = steps(result, "fetched").filter(({ message, at }) => at < (readable.get(message) ?? 0));
        expect(early).toEqual([]);
      }),
      { numRuns: full ? 1000 : 60 },
    );
  });

  function play({ brokers, racks, partitions, replicas, topic, ...of }: Drawn): Result {
    const id = of.transaction === "" ? "" : ", config: {transactional.id: x}";
    return run(`
kafka:
  brokers: {count: ${brokers}, racks: [${racks.slice(0, brokers).join(", ")}]}
  config: {${selector}, log.cleaner.backoff.ms: 1s}
  ${of.quota}
  topics: {t: {partitions: ${partitions}, replicas: ${Math.min(replicas, brokers)}${topic}}}
producers: {p: {topic: t, rate: ${of.rate}/s, key: {values: 20}, until: 5s${of.transaction}${id}}}
consumers:
  c: {topic: t, group: g, processing: 200us, config: {client.rack: a, isolation.level: read_committed, metadata.max.age.ms: ${of.age}, fetch.min.bytes: ${of.minBytes}}}
run: {duration: 120s, seed: ${of.seed}, calibration: ${of.calibration}}
`);
  }
});
