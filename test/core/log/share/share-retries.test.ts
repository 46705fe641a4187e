import { describe, expect, it } from "vitest";
import { parse } from "../../../../src/core/index.ts";
import { run, steps } from "../run-log.ts";

/** One record at 100 ms, which fails each time, and a share group of one or more members. */
function failing(onFailure: string, { consumer = "", config = "", brokers = "", timeline = "" } = {}) {
  return run(
    `
kafka:
  topics: {t: {}, dead: {}}
  config: {share.coordinator.append.linger.ms: 0, ${brokers}}
producers: {p: {topic: t, arrivals: {schedule: [100ms]}, config: {linger.ms: 0}}}
consumers:
  c: {topic: t, shareGroup: g, processing: 1s, failures: {share: 100%, persistent: true}, onFailure: ${onFailure}, ${consumer} config: {${config}}}
run: {duration: 200s, calibration: {preset: ideal}}
timeline: [${timeline}]
`,
    { auditEvery: 1 },
  );
}

const times = (result: ReturnType<typeof run>, station: "taken" | "failed" | "deadLettered") =>
  steps(result, station === "taken" ? "takenUp" : station).map(({ at }) => at);
const group = ({ summary }: ReturnType<typeof run>) => summary.groups["g"]!;

describe("onFailure: {retry: …} in a share group", () => {
  it("waits before each further attempt with the record locked, and then rejects it", () => {
    const result = failing("{retry: [2s, 3s], then: reject}");
    expect(times(result, "failed")).toEqual([1100, 4100, 8100]);
    expect(result.summary.consumers["c"]).toMatchObject({ processed: 0, delivered: 3, redelivered: 2 });
    expect(group(result).dropped).toMatchObject({ rejected: 1, delivery_limit: 0 });
  });

  it("has each attempt on both its ways in the graph, as a group that shares nothing has", () => {
    const { graph } = failing("{retry: [2s, 3s], then: reject}");
    const messages = graph.edges
      .filter(({ from, to }) => from === "group:g" || to === "group:g")
      .map((edge) => edge.messages);
    expect(messages).toEqual([3, 3]);
  });

  it("is one delivery to the broker: a release begins the attempts anew, up to the delivery limit", () => {
    const result = failing("{retry: [2s], then: release}", { config: "share.delivery.count.limit: 2" });
    expect(times(result, "failed")).toEqual([1100, 4100, 5100, 8100]);
    expect(group(result).dropped).toMatchObject({ rejected: 0, delivery_limit: 1 });
  });

  it("sends a record to the dead-letter topic after its last attempt, and is done with it", () => {
    for (const mode of ["explicit", "implicit"]) {
      const result = failing("{retry: [2s], then: {deadLetterTopic: dead}}", {
        config: `share.acknowledgement.mode: ${mode}`,
      });
      expect(times(result, "deadLettered"), mode).toEqual([4100]);
      expect(result.summary.topics["dead"]!.partitions[0]!.logEnd, mode).toBe(1);
      expect(group(result).dropped, mode).toMatchObject({ rejected: 0, delivery_limit: 0 });
      expect(group(result).lag.end, mode).toBe(0);
      expect(result.summary.totals.lost.consumer, mode).toBe(0);
    }
  });

  it("does not renew the lock: another member gets the record when that is over", () => {
    const result = failing("{retry: [20s], then: reject}", {
      consumer: "instances: 2,",
      brokers: "group.share.min.record.lock.duration.ms: 1s",
      config: "share.record.lock.duration.ms: 15s",
    });
    const places = steps(result, "takenUp").map(({ at, place }) => [at, place]);
    expect(places[0]).toEqual([100, "c/1"]);
    expect(places.find(([, place]) => place === "c/2")).toEqual([15_100, "c/2"]);
    expect(Object.values(group(result).dropped!).reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it("gives a record back that waits when its member closes or crashes", () => {
    const closes = failing("{retry: [20s], then: reject}", {
      timeline: "{at: 5s, stop: {consumer: c}}",
    });
    expect(times(closes, "failed")).toEqual([1100, 22_100]);
    const crashes = failing("{retry: [20s], then: reject}", {
      timeline: "{at: 5s, for: 1s, crash: {consumer: c}}",
    });
    expect(times(crashes, "failed")[1]).toBeGreaterThan(6000);
    expect(times(crashes, "failed")[1]).toBeLessThan(13_000);
  });

  it("may wait for longer than max.poll.interval.ms, and leaves its group then", () => {
    const result = failing("{retry: [20s], then: reject}", { config: "max.poll.interval.ms: 10s" });
    expect(result.summary.occurrences.first.map(({ rule }) => rule)).toContain("max.poll.interval.ms");
  });
});

it("what a member can do at last depends on what it reads", () => {
  const errors = (source: string, then: string) =>
    parse(`topology: 1
kafka: {topics: {t: {}}}
rabbitmq: {queues: {q: {}}}
producers: {p: {topic: t, rate: 1/s}}
consumers: {c: {${source}, failures: 1%, onFailure: {retry: [1s], then: ${then}}}}
run: {duration: 1s}`).problems.filter(({ severity }) => severity === "error");
  for (const then of ["release", "reject", "{deadLetterTopic: t}"])
    expect(errors("topic: t, shareGroup: g", then), then).toEqual([]);
  expect(errors("topic: t, group: g", "release")[0]?.message).toContain("a log has nothing to release");
  expect(errors("topic: t, group: g", "reject")[0]?.message).toContain("a log has nothing to reject");
  expect(errors("queue: q", "release")[0]?.message).toContain("`reject`");
  expect(errors("queue: q", "reject")).toEqual([]);
});
