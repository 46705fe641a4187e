import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { run, steps } from "./run-log.ts";

const file = (consumer: string, more = "", timeline = "") => `
kafka: {topics: {in: {partitions: 2}, out: {partitions: 2}, dead: {}}}
producers: {p: {topic: in, rate: 50/s, key: {values: 10}, size: 3KiB, until: 20s}}
consumers:
  c: {topic: in, group: c, instances: 2, processing: 2ms, ${consumer}, config: {session.timeout.ms: 6s}}
  d: {topics: [out, dead], group: d, processing: 1ms}
${more}
timeline: [${timeline}]
run: {duration: 120s}
`;

describe("what a member sends on", () => {
  it("has the key and the moment of what was processed", () => {
    const result = run(file("sends: [{topic: out}]"));
    const { c, d } = result.summary.consumers;
    expect(c!.processed).toBe(result.summary.producers["p"]!.sent);
    expect([c!.sends!.sent, c!.sends!.accepted, d!.processed]).toEqual([
      c!.processed,
      c!.processed,
      c!.processed,
    ]);
    const finished = steps(result, "finished").filter(({ place }) => place.startsWith("c/"));
    const sent = steps(result, "sent").filter(({ place }) => place.startsWith("c/"));
    expect(sent.map(({ at }) => at)).toEqual(finished.map(({ at }) => at));
    // Keys decide partitions: those of one key are together, before and after.
    const keys = new Map(steps(result, "sent").map(({ message, detail }) => [message, detail]));
    const places = steps(result, "appended").map(
      ({ message, place }) => `${place.slice(0, -2)} ${keys.get(message)}`,
    );
    expect(new Set(places).size).toBe(20);
  });

  it("is as many as the ratio says", () => {
    const { c } = run(file("sends: [{topic: out, ratio: 2.5}]")).summary.consumers;
    expect(c!.sends!.sent / c!.processed).toBeGreaterThan(2.4);
    expect(c!.sends!.sent / c!.processed).toBeLessThan(2.6);
  });

  it("is not sent when it fails, unless that is asked for", () => {
    const only = (when: string) =>
      run(file(`failures: 20%, onFailure: skip, sends: [{topic: out, when: ${when}}]`)).summary.consumers[
        "c"
      ]!;
    const success = only("success");
    expect(success.sends!.sent).toBe(success.processed);
    const failure = only("failure");
    expect([failure.sends!.sent, failure.failed]).toEqual([failure.skipped, failure.skipped]);
  });

  it("has arrived before the offset is committed, so a crash loses none of it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 19_000 }), (at) => {
        const crash = `{at: ${at}ms, crash: {consumer: c, instance: 1}}, {at: ${at + 100}ms, start: {consumer: c, instance: 1}}`;
        const { summary } = run(file("commit: after, sends: [{topic: out}]", "", crash));
        const { c, d } = summary.consumers;
        expect(c!.processed).toBe(summary.producers["p"]!.sent);
        expect(d!.processed).toBeGreaterThanOrEqual(c!.processed);
        expect(d!.processed).toBe(
          c!.sends!.accepted +
            (summary.topics["out"]!.partitions.reduce((sum, { logEnd }) => sum + logEnd, 0) -
              c!.sends!.accepted),
        );
      }),
      { numRuns: 20 },
    );
  });
});

describe("a dead-letter topic", () => {
  const failing =
    "failures: {share: 10%, persistent: true}, onFailure: {retry: [100ms, 1s], then: {deadLetterTopic: dead}}";

  it("takes what has failed after all attempts, with its size", () => {
    const result = run(file(failing));
    const { c, d } = result.summary.consumers;
    const dead = c!.deadLettered!["failed"]!;
    expect(dead).toBeGreaterThan(50);
    expect(c!.processed + dead).toBe(result.summary.producers["p"]!.sent);
    expect([c!.failed, c!.redelivered, d!.processed]).toEqual([3 * dead, 2 * dead, dead]);
    const [log] = result.summary.topics["dead"]!.partitions;
    expect(log!.bytes / log!.logEnd).toBeGreaterThan(3072);
    expect(log!.bytes / log!.logEnd).toBeLessThan(3300);
  });

  it("waits between the attempts, and so does what comes after in the partition", () => {
    const result = run(file(failing));
    const failed = steps(result, "failed").filter(({ place }) => place === "c/1");
    const [first] = failed;
    const ofFirst = failed.filter(({ message }) => message === first!.message).map(({ at }) => at);
    expect(ofFirst.map((at, i) => Math.round(at - (ofFirst[i - 1] ?? at)))).toEqual([0, 102, 1002]);
    const during = steps(result, "takenUp").filter(
      ({ place, at, message }) =>
        place === "c/1" && at > ofFirst[0]! && at < ofFirst[2]! && message !== first!.message,
    );
    expect(during).toEqual([]);
  });
});
