import { describe, expect, it } from "vitest";
import { leaderOf, run, timesAt } from "./run-log.ts";

const crash = (broker: number, at = "20s") => `{at: ${at}, crash: {broker: ${broker}}}`;

/** Seconds between ends of processing, the longest. */
function longestGap(result: ReturnType<typeof run>): number {
  const times = timesAt(result, "finished").sort((a, b) => a - b);
  return Math.max(...times.map((time, i) => (i === 0 ? 0 : time - times[i - 1]!))) / 1000;
}

describe("a group's partition of __consumer_offsets", () => {
  /** One partition on one broker, a commit after each poll, which waits for its answer. */
  const grouped = (config: string, timeline: string, consumer = "") =>
    run(`
kafka: {brokers: 3, config: {${config}}, topics: {t: {config: {min.insync.replicas: 1}}}}
producers: {p: {topic: t, rate: 10/s, arrivals: constant, until: 50s}}
consumers: {c: {topic: t, group: g, processing: 1ms, commit: after, config: {${consumer}}}}
run: {duration: 60s, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [${timeline}]`);
  const coordinator = 1 + (("g".codePointAt(0)! % 50) % 3);
  const leader = leaderOf(grouped("", ""));
  const bystander = [1, 2, 3].find((broker) => broker !== leader && broker !== coordinator)!;

  it("writes nothing while a follower in sync is silent, until the controllers have fenced it", () => {
    const gap = longestGap(grouped("", crash(bystander)));
    expect(gap).toBeGreaterThan(6.5);
    expect(gap).toBeLessThan(9.2);
    expect(longestGap(grouped("broker.session.timeout.ms: 4s", crash(bystander)))).toBeLessThan(4.2);
  });

  it("waits for nobody with one replica, nor for one that stopped cleanly", () => {
    expect(longestGap(grouped("offsets.topic.replication.factor: 1", crash(bystander)))).toBeLessThan(0.2);
    expect(longestGap(grouped("", `{at: 20s, stop: {broker: ${bystander}}}`))).toBeLessThan(0.2);
  });

  it("takes nothing while fewer than the brokers' min.insync.replicas are in sync", () => {
    const back = `{at: 20s, for: 20s, crash: {broker: ${bystander}}}`;
    expect(longestGap(grouped("min.insync.replicas: 2", back))).toBeLessThan(9.2);
    const gap = longestGap(grouped("min.insync.replicas: 3", back));
    expect(gap).toBeGreaterThan(20);
    expect(gap).toBeLessThan(20.5);
  });

  it("lets a follower that is cut off from it alone go after replica.lag.time.max.ms", () => {
    const cut = `{at: 20s, isolate: {brokers: [${bystander}], from: [${coordinator}]}}`;
    const gap = longestGap(grouped("replica.lag.time.max.ms: 4s", cut));
    expect(gap).toBeGreaterThan(4);
    expect(gap).toBeLessThan(6.2);
  });

  it("answers after offsets.commit.timeout.ms, and the client tries again after its back-off", () => {
    const slowRetry = "retry.backoff.ms: 3s, retry.backoff.max.ms: 3s";
    const patient = longestGap(grouped("offsets.commit.timeout.ms: 30s", crash(bystander), slowRetry));
    const hasty = longestGap(grouped("offsets.commit.timeout.ms: 1s", crash(bystander), slowRetry));
    expect(hasty - patient).toBeGreaterThan(2.5);
    expect(hasty - patient).toBeLessThan(3.5);
  });

  it("throws at a client that waited for default.api.timeout.ms, which goes on here and commits with the next", () => {
    const timeline = crash(bystander);
    const config = "broker.session.timeout.ms: 15s";
    const result = grouped(config, timeline, "default.api.timeout.ms: 2s");
    const timedOut = result.summary.occurrences.first.filter(({ kind }) => kind === "commitTimedOut");
    expect(timedOut.length).toBeGreaterThan(4);
    expect(longestGap(result)).toBeLessThan(2.3);
    expect(result.summary.groups["g"]!.lag.end).toBe(0);
    expect(result.summary.totals.duplicates).toBe(0);
    expect(longestGap(grouped(config, timeline))).toBeGreaterThan(12);
  });

  it("gathers what it writes for group.coordinator.append.linger.ms, where that is written", () => {
    const lag = (config: string) => grouped(config, "").summary.groups["g"]!.lag.mean;
    expect(lag("group.coordinator.append.linger.ms: 50")).toBeGreaterThan(lag("") + 0.4);
  });
});

describe("a producer's partition of __transaction_state", () => {
  /** A commit every second. */
  const transactional = (config: string, timeline: string) =>
    run(`
kafka: {brokers: 3, config: {${config}}, topics: {t: {}}}
producers: {p: {topic: t, rate: 10/s, arrivals: constant, until: 50s, transaction: {messages: 10}, config: {transactional.id: one}}}
consumers: {c: {topic: t, group: g, processing: 1ms, config: {isolation.level: read_committed}}}
run: {duration: 100s, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [${timeline}]`);
  const told = (result: ReturnType<typeof run>) =>
    result.summary.occurrences.first.filter(({ rule }) => rule === "__transaction_state");
  const leader = leaderOf(transactional("", ""));
  const others = [1, 2, 3].filter((broker) => broker !== leader);
  const all = others.map((broker) => crash(broker)).join(", ");
  const back = others.map((broker) => `{at: 20s, for: 40s, crash: {broker: ${broker}}}`).join(", ");

  it("has another leader when its own is fenced, and transactions go on", () => {
    const coordinator = others.filter((broker) => told(transactional("", crash(broker))).length > 0);
    expect(coordinator).toHaveLength(1);
    const alone = "transaction.state.log.replication.factor: 1";
    for (const broker of others) {
      const result = transactional("", crash(broker));
      const gap = longestGap(result);
      // Where it does not coordinate it is a follower in sync, until it is fenced.
      expect(gap).toBeGreaterThan(6);
      expect(gap).toBeLessThan(11);
      const { sent, accepted } = result.summary.producers["p"]!;
      expect(accepted).toBe(sent);
      const single = transactional(alone, crash(broker));
      expect(told(single)).toEqual([]);
      if (coordinator.includes(broker)) expect(single.summary.producers["p"]!.accepted).toBeLessThan(220);
      else expect(longestGap(single)).toBeLessThan(1.5);
    }
  });

  it("takes nothing while fewer than transaction.state.log.min.isr are in sync", () => {
    const { sent, accepted } = transactional("", all).summary.producers["p"]!;
    expect(accepted).toBeLessThan(220);
    expect(sent).toBe(500);
    const enough = transactional("transaction.state.log.min.isr: 1", all);
    expect(enough.summary.producers["p"]).toMatchObject({ accepted: 500 });
    const again = transactional("", back);
    expect(again.summary.producers["p"]!.accepted + again.summary.producers["p"]!.timedOut).toBe(500);
    expect(longestGap(again)).toBeGreaterThan(38);
  });
});
