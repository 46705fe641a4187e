import { describe, expect, it } from "vitest";
import { dropped, lostIn } from "../losses.ts";
import { leaderOf, run, steps } from "./run-log.ts";

/** Constant 100 messages a second over a network of 1 ms; nothing else costs anything. */
const replicated = ({ topic = "", acks = "all", timeline = "" }) => `
kafka: {brokers: {count: 3, racks: [a, b, c]}, topics: {t: {replicas: 3${topic}}}}
producers: {p: {topic: t, rate: 100/s, arrivals: constant, until: 20s, config: {acks: ${acks}, enable.idempotence: false}}}
consumers: {c: {topic: t, group: g, processing: 0, config: {auto.offset.reset: earliest}}}
run: {duration: 60s, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [${timeline}]
`;

/** The broker that leads in the beginning: the places are drawn from the seed. */
const leader = leaderOf(run(replicated({})));
const [second = 0, third = 0] = [1, 2, 3].filter((broker) => broker !== leader);
const crash = `{at: 10s, crash: {broker: ${leader}}}`;

describe("a record that a broker loses", () => {
  const cut = `{at: 9900ms, for: 5s, isolate: {brokers: [${leader}], from: [${second}, ${third}]}}`;

  it("was cut off by a leader that had no copy yet, where the producer did not wait for it", () => {
    const timeline = `${cut}, ${crash}`;
    expect(lostIn(replicated({ timeline }))).toEqual({});
    const text = replicated({ timeline, acks: "1" });
    const rule = `broker ${leaderOf(run(text))} became the leader without it: the producer did not wait for a copy there (acks)`;
    expect(lostIn(text)).toEqual({
      [`t/0; ${rule}; 10000 broker ${leader} crashed; ${crash}`]: run(text).summary.totals.lost.broker,
    });
    expect(run(text).summary.totals.lost.broker).toBeGreaterThan(5);
  });

  it("was cut off by a leader that was not in sync", () => {
    const last = `{at: 16s, crash: {broker: ${leader}}}`;
    const timeline = `{at: 5s, crash: {broker: ${second}}}, {at: 5s, crash: {broker: ${third}}}, ${last}, {at: 17s, start: {broker: ${second}}}`;
    const topic = ", config: {unclean.leader.election.enable: true}";
    const rule = `broker ${second} became the leader without it: it was not in sync (unclean.leader.election.enable)`;
    const lost = lostIn(replicated({ topic, timeline }));
    expect(Object.keys(lost)).toEqual([`t/0; ${rule}; 16000 broker ${leader} crashed; ${last}`]);
  });

  it("never came to a log, and nobody waited for an answer", () => {
    const unheard = "and the producer waited for no answer (acks: 0)";
    // A request is under way.
    const after = (action: string) => {
      const timeline = `{at: 10005500us, ${action}: {broker: ${leader}}}`;
      const lost = Object.entries(lostIn(replicated({ timeline, acks: "0" })));
      return lost.map(([way, count]) => [way.replace(timeline, "LINE"), count]);
    };
    expect(after("crash")).toEqual([
      [
        `/${leader}; it did not run, or could not be reached, ${unheard}; 10005.5 broker ${leader} crashed; LINE`,
        1,
      ],
    ]);
    expect(steps(run(replicated({ acks: "0" })), "acknowledged"), "nobody learns of anything").toEqual([]);
    const large = replicated({ acks: "0", topic: ", config: {max.message.bytes: 300}" });
    expect(lostIn(large)).toEqual({
      [`/${leader}; it was larger than max.message.bytes, ${unheard}`]: 2000,
    });
  });
});

/** A burst of 100 records for a member that takes 10 ms for each. */
const burst = (consumer: string, more = "") => `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {schedule: [${Array(20).fill("1s").join(", ")}]}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 10ms, ${consumer}}}
run: {duration: 60s, calibration: ideal}
${more}`;

/** A member that is ever further behind: it takes 50 ms for each of 100 records a second. */
const slow = (config: string, reset: string) => `
kafka:
  config: {log.retention.check.interval.ms: 1s}
  topics: {t: {config: {segment.ms: 1s, ${config}}}}
producers: {p: {topic: t, arrivals: constant, rate: 100/s, size: 1KiB}}
consumers: {c: {topic: t, group: g, processing: 50ms, config: {auto.offset.reset: ${reset}, max.partition.fetch.bytes: 20KiB}}}
run: {duration: 20s, calibration: ideal}
`;

describe("a record that a consumer loses", () => {
  it("was committed before it was finished, when its member crashed", () => {
    const timeline = "{at: 1085ms, crash: {consumer: c}}";
    const lost = (commit: string) => lostIn(burst(`commit: ${commit}`, `timeline: [${timeline}]`));
    const struck = `1085 consumer c crashed; ${timeline}`;
    expect(lost("before")).toEqual({
      [`c/1; its offset was committed before it was finished (commit: before); ${struck}`]: 12,
    });
    expect(lost("after")).toEqual({});
  });

  it.each(["auto", "before"])("failed as its member left, where %s commits the position", (commit) => {
    const stop = "{at: 1085ms, stop: {consumer: c}}";
    const text = burst(`commit: ${commit}, failures: 100%`, `timeline: [${stop}]`);
    const rule = `its member failed on it as it left, and commits its offset all the same (commit: ${commit})`;
    expect(Object.keys(lostIn(text))).toEqual([`c/1; ${rule}; 1085 consumer c stopped; ${stop}`]);
  });

  it("was passed over by auto.offset.reset: latest", () => {
    const text = slow("retention.ms: 4s", "latest");
    expect(Object.keys(lostIn(text))).toEqual([
      "c/1; its group's offset was out of range, and reading goes on beyond it (auto.offset.reset: latest)",
    ]);
    // What had been deleted before it was read is another matter, and is told as well.
    const result = run(text);
    const deleted = dropped(result);
    expect(deleted.length).toBe(result.summary.groups["g"]!.expiredUnread);
    expect(new Set(deleted)).toEqual(new Set(["g: its topic had deleted it (retention.ms)"]));
  });

  it("failed, and was accepted with the rest of its poll", () => {
    const share = burst("failures: 100%")
      .replace("group: g", "shareGroup: g")
      .replace("10ms,", "10ms, config: {share.acknowledgement.mode: implicit},");
    expect(lostIn(share)).toEqual({
      "c/1; the next poll() accepts what failed, too (share.acknowledgement.mode: implicit)": 20,
    });
  });
});

describe("a record that is dropped by a rule", () => {
  const droppedIn = (text: string) => dropped(run(text));

  it("was archived by a share group", () => {
    const share = (failing: string) =>
      burst(`failures: 100%, ${failing}`).replace("group: g", "shareGroup: g");
    expect(droppedIn(share("onFailure: reject"))).toEqual(Array(20).fill("g: a member rejected it"));
    expect(droppedIn(share("onFailure: release"))).toEqual(
      Array(20).fill("g: it had been delivered as often as group.share.delivery.count.limit allows"),
    );
  });

  it("was deleted by the timeline before its group had read it", () => {
    const timeline = "timeline: [{at: 10s, deleteRecords: {topic: t, partition: 0, before: 800}}]";
    const text = `${slow("retention.ms: 1d", "earliest")}${timeline}`;
    const deleted = droppedIn(text);
    expect(deleted).toEqual(
      Array(run(text).summary.groups["g"]!.expiredUnread).fill("g: its topic had deleted it (deleteRecords)"),
    );
    expect(deleted.length).toBeGreaterThan(500);
  });

  it("was deleted from a compacted topic before its group had read it", () => {
    const config = "cleanup.policy: [compact, delete], retention.ms: 4s, min.cleanable.dirty.ratio: 1";
    const text = slow(config, "earliest").replace("rate: 100/s,", "rate: 100/s, key: {values: 1M},");
    const deleted = droppedIn(text);
    expect(new Set(deleted)).toEqual(new Set(["g: its topic had deleted it (retention.ms)"]));
    expect(deleted.length).toBe(run(text).summary.groups["g"]!.expiredUnread);
  });

  it("had no key, where its topic is compacted, and nobody learns that it arrived", () => {
    const text = burst("").replace("{t: {}}", "{t: {config: {cleanup.policy: compact}}}");
    expect(droppedIn(text)).toEqual(Array(20).fill("p: its topic is compacted, and it had no key"));
    expect(steps(run(text), "acknowledged")).toEqual([]);
  });

  it("was given up by its producer", () => {
    const given = (config: string, topic = "") =>
      new Set(
        droppedIn(
          replicated({
            acks: `all, ${config}`,
            topic,
            timeline: `{at: 5s, crash: {broker: ${second}}}, {at: 5s, crash: {broker: ${third}}}`,
          }),
        ),
      );
    expect(
      given("delivery.timeout.ms: 3s, request.timeout.ms: 1s", ", config: {min.insync.replicas: 2}"),
    ).toEqual(
      new Set([
        "p: nobody confirmed it in time, or as often as it may be tried (delivery.timeout.ms, retries)",
        "p: too few replicas were in sync (min.insync.replicas)",
      ]),
    );
  });
});
