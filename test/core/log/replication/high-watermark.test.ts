import { describe, expect, it } from "vitest";
import type { Result } from "../../../../src/core/run.ts";
import { run, timesAt } from "../run-log.ts";

/** One record at 10 ms over a network of 1 ms one way; nothing else costs anything. */
function oneRecord(topic: string, acks: string, more = ""): Result {
  return run(`
kafka: {brokers: 3, topics: {t: {${topic}}}${more}}
producers: {p: {topic: t, arrivals: {schedule: [10ms]}, config: {linger.ms: 0, acks: ${acks}}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 5s, calibration: {preset: ideal, networkLatency: 1ms}}
`);
}

describe("a record of a topic with replicas", () => {
  it("is confirmed under acks=all, and read, when the followers have asked for what comes after it", () => {
    // At the leader at 11 ms, at the followers at 12, known to be there at 13.
    const result = oneRecord("replicas: 3", "all");
    expect(timesAt(result, "appended")).toEqual([11]);
    expect(timesAt(result, "replicated")).toEqual([13]);
    expect(timesAt(result, "acknowledged")).toEqual([14]);
    expect(timesAt(result, "fetched")).toEqual([14]);
  });

  it("is confirmed under acks=1 when the leader has it, and read as late as ever", () => {
    const result = oneRecord("replicas: 3", "1");
    expect(timesAt(result, "acknowledged")).toEqual([12]);
    expect(timesAt(result, "fetched")).toEqual([14]);
  });

  it("needs nobody else without replicas", () => {
    const result = oneRecord("replicas: 1", "all");
    expect(timesAt(result, "acknowledged")).toEqual([12]);
    expect(timesAt(result, "fetched")).toEqual([12]);
    expect(timesAt(result, "replicated")).toEqual([]);
  });

  it("waits for a follower that lets its leader collect", () => {
    const wait = ", config: {replica.fetch.min.bytes: 1MiB, replica.fetch.wait.max.ms: 100ms}";
    const result = oneRecord("replicas: 2", "all", wait);
    // The fetch has waited since 0 and is answered at 100 ms: at the follower at 101, back at 102.
    expect(timesAt(result, "replicated")).toEqual([102]);
  });

  it("comes when the follower asks anew, if it was between two fetches", () => {
    const wait = ", config: {replica.fetch.wait.max.ms: 10ms}";
    // 10 ms of waiting and 2 ms on the way: the record comes at 11 ms, the next fetch at 12.
    const result = oneRecord("replicas: 2", "all", wait);
    expect(timesAt(result, "replicated")).toEqual([14]);
  });

  it("costs no events while nothing is sent", () => {
    const idle = (duration: string) =>
      run(`
kafka: {brokers: 3, topics: {t: {partitions: 100, replicas: 3}}}
producers: {p: {topic: t, arrivals: {schedule: [10ms]}}}
run: {duration: ${duration}}
`).events;
    expect(idle("1h")).toBeLessThan(idle("1s") + 1000);
  });

  it("shares one fetch of a pair of brokers with all that came meanwhile", () => {
    const { events, summary } = run(`
kafka: {brokers: 2, topics: {t: {partitions: 50, replicas: 2}}}
producers: {p: {topic: t, rate: 100000/s, key: {values: 10000}, config: {linger.ms: 0}}}
run: {duration: 1s, calibration: {preset: cloud}}
`);
    const { sent } = summary.totals;
    expect(sent).toBeGreaterThan(90_000);
    expect(events).toBeLessThan(2.5 * sent);
  });
});
