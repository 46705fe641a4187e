import { describe, expect, it } from "vitest";
import { presets } from "../../../src/core/model/calibration.ts";
import { logEnds, run, simulationOf, steps, timesAt, topologyOf } from "./run-log.ts";

const producer = "p: {topic: t, rate: 10/s, arrivals: constant, until: 15s, config: {linger.ms: 0}}";

describe("a group that joins late", () => {
  const late = (reset: string) =>
    run(`
kafka: {topics: {t: {partitions: 2}}}
producers: {${producer}}
consumers:
  c: {topic: t, group: g, processing: 1ms}
  late: {topic: t, group: late, from: 4950ms, processing: 1ms, config: {auto.offset.reset: ${reset}}}
run: {duration: 20s, calibration: ideal}
`);

  it("reads from the beginning with earliest", () => {
    const { summary } = late("earliest");
    expect(summary.consumers["late"]!.processed).toBe(summary.producers["p"]!.sent);
    expect(summary.groups["late"]).toMatchObject({ rebalances: 1, pause: 3000 });
    // Almost 8 seconds of backlog at 10/s.
    expect(summary.groups["late"]!.lag.max).toBeGreaterThanOrEqual(80);
    expect(summary.consumers["late"]!.latency.max).toBeGreaterThanOrEqual(7950);
  });

  it("reads from where it joined with latest", () => {
    const { summary } = late("latest");
    expect(summary.consumers["late"]!.processed).toBe(summary.producers["p"]!.sent - 80);
    expect(summary.consumers["c"]!.processed).toBe(summary.producers["p"]!.sent);
    expect(summary.totals.lost).toEqual({ broker: 0, consumer: 0 });
  });

  it("is not assigned when it leaves before its members have joined", () => {
    const { summary } = run(`
kafka: {topics: {t: {}}}
producers: {${producer}}
consumers: {c: {topic: t, group: g, from: 5s, until: 6s, processing: 1ms, config: {auto.offset.reset: earliest}}}
run: {duration: 20s, calibration: ideal}
`);
    expect(summary.consumers["c"]!.delivered).toBe(0);
  });
});

describe("a group that leaves", () => {
  const leaving = (consumer: string) =>
    run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 100, every: 1h}}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, until: 250ms, ${consumer}}}
run: {duration: 20s, calibration: ideal}
`);

  it("finishes what poll() returned, commits it, and lets go of the rest", () => {
    const { summary } = leaving("processing: 10ms, commit: after, config: {max.poll.records: 20}");
    // The first two came alone; the polls after them return 20.
    expect(summary.consumers["c"]!.processed).toBe(42);
    expect(summary.groups["g"]!.partitions[0]!.committed).toBe(42);
    expect(summary.groups["g"]!.lag.end).toBe(58);
    expect(summary.totals.unfinished).toBe(58);
  });

  it.each(["auto", "before"])("loses what fails then, where %s commits the position", (commit) => {
    const { summary } = leaving(
      `processing: 10ms, commit: ${commit}, failures: {share: 100%, persistent: true}, config: {max.poll.records: 20}`,
    );
    expect(summary.consumers["c"]).toMatchObject({ processed: 0, skipped: 0 });
    expect(summary.totals.lost.consumer).toBe(1);
    expect(summary.totals.unfinished).toBe(99);
  });

  it("loses nothing where what is done is committed", () => {
    const { summary } = leaving("processing: 10ms, commit: after, failures: {share: 100%, persistent: true}");
    expect(summary.totals).toMatchObject({ lost: { broker: 0, consumer: 0 }, unfinished: 100 });
    expect(summary.groups["g"]!.partitions[0]!.committed).toBe(0);
  });
});

describe("groups", () => {
  it("each read everything, and lag is what was appended and not committed", () => {
    const result = run(`
kafka: {topics: {t: {partitions: 3}, u: {}}}
producers:
  ${producer}
  q: {topic: u, rate: 5/s, until: 15s}
consumers:
  a: {topic: t, group: a, processing: 1ms, commit: after}
  b: {topics: [t, u], group: b, instances: 2, processing: 1ms, commit: after}
run: {duration: 20s, calibration: ideal}
`);
    const ends = [...logEnds(result, "t"), ...logEnds(result, "u")].reduce((sum, end) => sum + end, 0);
    const { groups, consumers, producers } = result.summary;
    expect(consumers["a"]!.processed).toBe(producers["p"]!.sent);
    expect(consumers["b"]!.processed).toBe(producers["p"]!.sent + producers["q"]!.sent);
    const committed = groups["b"]!.partitions.reduce((sum, one) => sum + one.committed, 0);
    expect(groups["b"]!.lag.end).toBe(ends - committed);
  });

  it("of members of several consumers share the partitions by range", () => {
    const result = run(`
kafka: {topics: {t: {partitions: 5}}}
producers: {p: {topic: t, rate: 100/s, key: unique}}
consumers:
  a: {topic: t, group: g, processing: 1ms}
  b: {topic: t, group: g, instances: 2, processing: 1ms}
run: {duration: 5s, calibration: ideal}
`);
    const readers = new Map<string, string>();
    const partitionOf = new Map(steps(result, "appended").map(({ message, place }) => [message, place]));
    for (const { message, place } of steps(result, "takenUp")) readers.set(partitionOf.get(message)!, place);
    expect(Object.fromEntries(readers)).toEqual({
      "t/0": "a/1",
      "t/1": "a/1",
      "t/2": "b/1",
      "t/3": "b/1",
      "t/4": "b/2",
    });
  });

  it("leave members idle that get no partition", () => {
    const { summary } = run(`
kafka: {topics: {t: {partitions: 2}}}
producers: {p: {topic: t, rate: 100/s, key: unique}}
consumers: {c: {topic: t, group: g, instances: 4, processing: 1ms}}
run: {duration: 5s, calibration: ideal}
`);
    expect(summary.consumers["c"]!.instances.map(({ processed }) => processed > 0)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it("pay for the network: what is consumed is later by the costs of lan", () => {
    const wait = (calibration: string) =>
      run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {schedule: [1s]}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
run: {duration: 5s, calibration: ${calibration}}
`).summary.consumers["c"]!.wait.max!;
    const { networkLatency, kafkaPerRequest, kafkaPerBatch, kafkaClientPerMessage } = presets.lan;
    const least = 2 * networkLatency + kafkaPerRequest + 2 * kafkaPerBatch + 2 * kafkaClientPerMessage;
    expect(wait("ideal")).toBe(0);
    expect(wait("lan") * 1e6).toBeGreaterThan(least);
    expect(wait("lan") * 1e6).toBeLessThan(1.2 * least);
  });
});

describe("memory", () => {
  /** Places for records in the log's columns at the end of a run of 50,000 messages. */
  const places = (consumers: string) => {
    const { log } = simulationOf(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 10000/s, config: {linger.ms: 1}}}
consumers: {${consumers}}
run: {duration: 5s, calibration: ideal, trace: 0}
`);
    return log.topics.get("t")!.partitions[0]!.log.sentAt.length;
  };

  it("is not kept for a log that nobody reads", () => {
    expect(places("")).toBeLessThanOrEqual(128);
    expect(places("c: {topic: t, group: g, from: 1h, processing: 10us}")).toBeLessThanOrEqual(128);
    expect(places("c: {topic: t, group: g, until: 1s, processing: 10us, commit: after}")).toBeLessThanOrEqual(
      128,
    );
  });

  it("is bounded by the backlog of who reads", () => {
    expect(places("c: {topic: t, group: g, processing: 10us, commit: after}")).toBeLessThanOrEqual(256);
    expect(places("c: {topic: t, group: g, processing: 1s, commit: after}")).toBe(65_536);
  });

  it("is kept for a group that will read from the beginning", () => {
    const awaited =
      "c: {topic: t, group: g, from: 1h, processing: 10us, config: {auto.offset.reset: earliest}}";
    expect(places(awaited)).toBe(65_536);
  });
});

describe("a topology without a broker's part", () => {
  it("runs with topics that nobody writes", () => {
    const result = run(`
kafka: {topics: {t: {}}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
run: {duration: 5s}
`);
    expect(result.summary.stopped).toBe("duration");
    expect(timesAt(result, "fetched")).toEqual([]);
    expect(topologyOf("kafka: {topics: {t: {}}}\nrun: {duration: 5s}").kafka!.topics.size).toBe(1);
  });
});
