import { describe, expect, it } from "vitest";
import { parse } from "../../../../src/core/index.ts";
import { run, steps, timesAt } from "../run-log.ts";

/** Records at given times into one partition, and a share group that reads it. */
function shared(
  arrivals: string,
  consumer: string,
  { costs = "{preset: ideal}", brokers = "", timeline = "", topic = "{}", duration = "200s", seed = 1 } = {},
) {
  return run(
    `
kafka: {brokers: 1, topics: {t: ${topic}}, config: {share.coordinator.append.linger.ms: 0, ${brokers}}}
producers: {p: {topic: t, ${arrivals}, key: {values: 10}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, shareGroup: g, ${consumer}}}
run: {duration: ${duration}, calibration: ${costs}, seed: ${seed}}
timeline: [${timeline}]
`,
    { auditEvery: 1 },
  );
}

const told = ({ summary }: ReturnType<typeof run>) =>
  summary.occurrences.first.map(({ at, kind, detail, rule }) => [at, kind, detail, rule]);

describe("a share group", () => {
  it("gives records of one partition to several members at a time", () => {
    const result = shared("arrivals: {schedule: [0s, 1s, 2s, 3s]}", "instances: 2, processing: 1500ms");
    const taken = steps(result, "takenUp").map(({ at, place, detail }) => [at, place, detail]);
    expect(taken).toEqual([
      [0, "c/1", 0],
      [1000, "c/2", 1],
      [2000, "c/1", 2],
      [3000, "c/2", 3],
    ]);
    expect(result.summary.consumers["c"]!.processed).toBe(4);
  });

  it("passes each station at its cost, and writes acknowledgements with the next fetch", () => {
    const result = shared("arrivals: {schedule: [100ms]}", "processing: 50ms", {
      costs: "{preset: ideal, networkLatency: 10ms, kafkaPerRequest: 1ms, kafkaPerBatch: 2ms}",
    });
    // Appended at 100 + 10 + 3; a batch and a hop to the member; work; a hop back, then 21 for the share coordinator.
    expect(
      steps(result)
        .filter(({ station }) =>
          ["appended", "fetched", "takenUp", "finished", "committed"].includes(station),
        )
        .map(({ station, at }) => [station, at]),
    ).toEqual([
      ["appended", 113],
      ["fetched", 125],
      ["takenUp", 125],
      ["finished", 175],
      ["committed", 206],
    ]);
  });

  it("delivers a released record again, and archives it at group.share.delivery.count.limit", () => {
    const result = shared("arrivals: {schedule: [1s]}", "processing: 100ms, failures: 100%", {
      brokers: "group.share.delivery.count.limit: 3",
    });
    expect(timesAt(result, "takenUp")).toEqual([1000, 1100, 1200]);
    expect(told(result)).toEqual([[1300, "recordArchived", 0, "group.share.delivery.count.limit"]]);
    const { delivered, redelivered, failed, processed } = result.summary.consumers["c"]!;
    expect({ delivered, redelivered, failed, processed }).toEqual({
      delivered: 3,
      redelivered: 2,
      failed: 3,
      processed: 0,
    });
    expect(result.summary.groups["g"]!.dropped).toEqual({ rejected: 0, delivery_limit: 1 });
    expect(result.summary.groups["g"]!.lag.end).toBe(0);
  });

  it("archives what a member rejects at once", () => {
    const result = shared(
      "arrivals: {schedule: [1s]}",
      "processing: 100ms, failures: 100%, onFailure: reject",
    );
    expect(told(result)).toEqual([[1100, "recordArchived", 0, "reject"]]);
    expect(result.summary.totals.dropped).toBe(1);
  });

  it("accepts all with implicit acknowledgement, failed or not: what failed is lost", () => {
    const result = shared(
      "arrivals: {schedule: [1s]}",
      "processing: 100ms, failures: 100%, config: {share.acknowledgement.mode: implicit}",
    );
    expect(result.summary.totals.lost.consumer).toBe(1);
    expect(result.summary.groups["g"]!.lag.end).toBe(0);
  });

  it.each([
    { given: "30s, the brokers' default", brokers: "", config: "", at: 31_000 },
    {
      given: "the brokers' setting",
      brokers: "group.share.record.lock.duration.ms: 15000",
      config: "",
      at: 16_000,
    },
    {
      given: "the group's own setting",
      brokers: "group.share.record.lock.duration.ms: 15000",
      config: "share.record.lock.duration.ms: 20000",
      at: 21_000,
    },
  ])("takes a record back when its lock is over: $given", ({ brokers, config, at }) => {
    const result = shared(
      "arrivals: {schedule: [1s]}",
      `instances: 2, processing: 40s, config: {${config}}`,
      { brokers },
    );
    expect(told(result)[0]).toEqual([at, "recordsReleased", 1, "group.share.record.lock.duration.ms"]);
    expect(timesAt(result, "takenUp").slice(0, 2)).toEqual([1000, at]);
    // Both finish it, and the first one's word does not count any more.
    expect(result.summary.consumers["c"]!.processed).toBe(1);
    expect(result.summary.consumers["c"]!.duplicates).toBeGreaterThanOrEqual(1);
  });

  it("tells of no record as available again whose last delivery it was when the lock is over", () => {
    const result = shared("arrivals: {schedule: [1s]}", "processing: 40s", {
      brokers: "group.share.delivery.count.limit: 1",
    });
    expect(told(result).slice(0, 1)).toEqual([
      [31_000, "recordArchived", 0, "group.share.delivery.count.limit"],
    ]);
    expect(told(result).filter(([, kind]) => kind === "recordsReleased")).toEqual([]);
  });

  it("has no more records in flight than group.share.partition.max.record.locks", () => {
    const taken = (limit: number) =>
      timesAt(
        shared(
          "arrivals: {schedule: [1s, 1s, 1s, 1s]}",
          "instances: 4, processing: 2s, config: {max.poll.records: 1}",
          {
            brokers: `group.share.partition.max.record.locks: ${limit}`,
          },
        ),
        "takenUp",
      );
    expect(taken(2000)).toEqual([1000, 1000, 1000, 1000]);
    expect(taken(2)).toEqual([1000, 1000, 3000, 3000]);
  });

  it("gives back at once what a crashed member held, and does not count those deliveries", () => {
    const result = shared("arrivals: {schedule: [1s]}", "instances: 2, processing: 10s", {
      timeline: "{at: 2s, crash: {consumer: c, instance: 1}}",
      brokers: "group.share.delivery.count.limit: 1",
    });
    expect(steps(result, "takenUp").map(({ at, place }) => [at, place])).toEqual([
      [1000, "c/1"],
      [2000, "c/2"],
    ]);
    expect(told(result).slice(0, 2)).toEqual([
      [2000, "crashed", 0, "timeline"],
      [2000, "recordsReleased", 1, "its share session was closed"],
    ]);
    // The coordinator misses it a session after its last heartbeat.
    expect(told(result)[2]).toEqual([45_000, "rebalanceStarted", 0, "group.share.session.timeout.ms"]);
    expect(result.summary.totals.dropped).toBe(0);
  });

  it("works off what poll() returned when it stops, and gives the rest back", () => {
    const result = shared(
      "arrivals: {schedule: [1s, 1s, 1s]}",
      "instances: 1, processing: 2s, config: {max.poll.records: 2}",
      { timeline: "{at: 2s, stop: {consumer: c}}" },
    );
    expect(timesAt(result, "finished").filter((at) => at > 0)).toEqual([3000]);
    expect(result.summary.totals.unfinished).toBe(2);
  });

  it("begins at the end of the log, or with share.auto.offset.reset: earliest at its beginning", () => {
    const processed = (reset: string) =>
      shared("rate: 10/s, arrivals: constant, until: 10s", `from: 5050ms, config: {${reset}}`).summary
        .consumers["c"]!.processed;
    expect(processed("")).toBe(49);
    expect(processed("share.auto.offset.reset: earliest")).toBe(100);
  });

  it("keeps no order: a record can end while an earlier one of its key is in work", () => {
    const violations = (consumer: string) =>
      shared("rate: 50/s, until: 20s", `${consumer}, processing: {exponential: 30ms}`).summary.consumers["c"]!
        .order.violations;
    expect(violations("instances: 1")).toBe(0);
    expect(violations("instances: 4")).toBeGreaterThan(10);
  });

  it("gives members the partitions that the simple assignor shares out, each change with their next heartbeat", () => {
    const result = shared("rate: 50/s", "instances: 1, processing: 1ms", {
      topic: "{partitions: 2}",
      timeline: "{at: 7s, scale: {consumer: c, instances: 3}}",
    });
    expect(result.summary.groups["g"]!.rebalances).toBe(2);
    expect(result.summary.consumers["c"]!.instances.every(({ processed }) => processed > 1000)).toBe(true);
  });

  it("goes on with the next leader, which has no locks", () => {
    const result = run(
      `
kafka: {brokers: 2, topics: {t: {replicas: 2}}}
producers: {p: {topic: t, rate: 50/s, until: 20s}}
consumers: {c: {topic: t, shareGroup: g, instances: 2, processing: 20ms}}
run: {duration: 60s}
timeline: [{at: 5s, crash: {broker: 1}}, {at: 30s, start: {broker: 1}}, {at: 40s, crash: {broker: 2}}]
`,
      { auditEvery: 10 },
    );
    const { totals } = result.summary;
    expect(totals.processed + totals.unfinished).toBe(totals.accepted);
    expect(totals.unfinished).toBe(0);
  });

  it("loses what retention takes before it is acquired", () => {
    const result = shared("rate: 10/s, until: 30s, size: 100KiB", "processing: 1s", {
      topic: "{config: {segment.bytes: 1MiB, retention.bytes: 2MiB}}",
      brokers: "log.retention.check.interval.ms: 1000",
      duration: "60s",
    });
    const { totals, groups } = result.summary;
    expect(groups["g"]!.expiredUnread).toBeGreaterThan(100);
    expect(totals.processed + totals.unfinished + groups["g"]!.expiredUnread).toBe(totals.accepted);
  });
});

describe("a share group's member that sends on", () => {
  const sending = (more: string, timeline = "") =>
    run(
      `
kafka: {topics: {t: {}, out: {}}, config: {share.coordinator.append.linger.ms: 0}}
rabbitmq: {queues: {q: {}}}
producers: {p: {topic: t, rate: 100/s, messages: 300, key: {values: 10}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, shareGroup: g, instances: 2, processing: {exponential: 10ms}, ${more}}}
run: {duration: 30s, seed: 5, calibration: {preset: ideal, networkLatency: 2ms}}
timeline: [${timeline}]
`,
      { auditEvery: 1 },
    ).summary;

  it("sends once for each success and each failure, across the brokers", () => {
    const { consumers, topics, queues } = sending(
      "failures: 20%, sends: [{topic: out, ratio: 2}, {queue: q, when: failure, confirms: true}]",
    );
    const { processed, failed, sends } = consumers["c"]!;
    expect(processed).toBe(300);
    expect(failed).toBeGreaterThan(30);
    expect(topics["out"]!.partitions[0]!.logEnd).toBe(600);
    expect(queues["q"]!.depth.end).toBe(failed);
    expect(sends).toMatchObject({ sent: 600 + failed, accepted: 600 + failed });
  });

  it("polls and acknowledges once what it has sent has its outcome", () => {
    const committedAfter = (more: string): number => {
      const result = shared("arrivals: {schedule: [100ms]}", `processing: 50ms, ${more}`, {
        costs: "{preset: ideal, networkLatency: 10ms}",
      });
      const [finished] = timesAt(result, "finished");
      return timesAt(result, "committed")[0]! - finished!;
    };
    // Three hops; before them what was sent leaves at once, however long its batch could linger, and is answered.
    expect(committedAfter("")).toBe(30);
    expect(committedAfter("config: {linger.ms: 40}, sends: [{topic: t, ratio: 0.000001}]")).toBe(30);
    expect(committedAfter("config: {linger.ms: 40}, sends: [{topic: t}]")).toBe(50);
  });

  it("sends again what comes again after its crash, and loses nothing", () => {
    const { consumers, topics, totals } = sending(
      "sends: [{topic: out}]",
      "{at: 1s, crash: {consumer: c, instance: 1}}, {at: 2s, start: {consumer: c, instance: 1}}, {at: 2500ms, restart: {consumer: c, instance: 2}}",
    );
    expect(totals.unfinished).toBe(0);
    expect(consumers["c"]!.processed).toBe(300);
    expect(topics["out"]!.partitions[0]!.logEnd).toBeGreaterThanOrEqual(300 + consumers["c"]!.duplicates);
  });
});

describe("a file with a share group", () => {
  const messages = (consumers: string) =>
    parse(
      `topology: 1\nkafka: {topics: {t: {}}}\nproducers: {p: {topic: t, rate: 1/s}}\nconsumers:\n${consumers}\n`,
    )
      .problems.filter(({ severity }) => severity === "error")
      .map(({ message }) => message);

  it.each([
    ["  c: {topic: t, shareGroup: g, commit: after}", /commits no offsets/u],
    ["  c: {topic: t, shareGroup: g, orderedBy: key}", /keeps no order/u],
    ["  c: {topic: t, shareGroup: g, onFailure: retry}", /can `release`/u],
    ["  c: {topic: t, shareGroup: g, config: {auto.offset.reset: earliest}}", /`share.auto.offset.reset`/u],
    [
      "  c: {topic: t, shareGroup: g, config: {group.instance.id: a}}",
      /refuses `group.instance.id`. Delete it/u,
    ],
    [
      "  c: {topic: t, shareGroup: g, onFailure: reject, config: {share.acknowledgement.mode: implicit}}",
      /accepts all records/u,
    ],
    ["  c: {topic: t, shareGroup: g}\n  d: {topic: t, group: g}", /a group is of one kind/u],
    [
      "  c: {topic: t, shareGroup: g, window: {tumbling: 1s}, sends: [{topic: t}]}",
      /Delete `window`, or write `group`/u,
    ],
  ])("says what is wrong with %s", (consumers, message) => {
    expect(messages(consumers)).toEqual([expect.stringMatching(message)]);
  });

  it("may be left for good while records go on to come", () => {
    const { summary } = shared("rate: 40/s", "until: 2500ms", { duration: "10s" });
    expect(summary.consumers["c"]!.processed).toBeGreaterThan(80);
    expect(summary.totals.unfinished).toBeGreaterThan(200);
  });
});
