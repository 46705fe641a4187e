import { describe, expect, it } from "vitest";
import type { Result } from "../../../../src/core/run.ts";
import { leaderOf, run, steps, timesAt } from "../run-log.ts";

interface Scene {
  readonly kafka?: string;
  readonly topic?: string;
  readonly producer?: string;
  readonly timeline: string;
  readonly duration?: string;
}

/** Constant 100 messages a second from 10 ms on, over a network of 1 ms; nothing else costs anything. */
function scene({ kafka = "", topic = "", producer = "", timeline, duration = "60s" }: Scene): Result {
  return run(`
kafka: {brokers: {count: 3, racks: [a, b, c]}${kafka}, topics: {t: {replicas: 3${topic}}}}
producers: {p: {topic: t, rate: 100/s, arrivals: constant, until: 20s${producer}}}
consumers: {c: {topic: t, group: g, processing: 0, config: {auto.offset.reset: earliest}}}
run: {duration: ${duration}, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [${timeline}]
`);
}

/** The broker that leads in the beginning: the places are drawn from the seed. */
const leader = leaderOf(scene({ timeline: "" }));
const [second = 0, third = 0] = [1, 2, 3].filter((broker) => broker !== leader);

function told(
  { summary: { occurrences } }: Result,
  kind: string,
): { at: number; rule: string; detail: number }[] {
  return occurrences.first.filter((one) => one.kind === kind);
}

describe("a leader that crashes", () => {
  it("is replaced when its session is over: up to 9 s after its last heartbeat, in sync replicas first", () => {
    const result = scene({ timeline: `{at: 10s, crash: {broker: ${leader}}}` });
    const [election] = told(result, "leaderElected");
    expect(election?.rule).toBe("isr");
    expect(election?.at).toBeGreaterThan(17_000);
    expect(election?.at).toBeLessThan(19_100);
    expect(result.summary.totals).toMatchObject({ elections: 1, timedOut: 0, duplicates: 0, unfinished: 0 });
    expect(result.summary.totals.lost.broker).toBe(0);
  });

  it("loses what only it had, if its word was enough", () => {
    // Followers are cut off for a while, so that the leader is ahead of them when it dies.
    const ahead = `{at: 9900ms, for: 5s, isolate: {brokers: [${leader}], from: [${second}, ${third}]}}`;
    const timeline = `${ahead}, {at: 10s, crash: {broker: ${leader}}}`;
    const lost = (acks: string) =>
      scene({ timeline, producer: `, config: {acks: ${acks}}` }).summary.totals.lost;
    expect(lost("1").broker).toBeGreaterThan(5);
    expect(lost("1").broker).toBeLessThan(30);
    expect(lost("all").broker).toBe(0);
  });

  it("is told apart by the confirmation: acks=0 loses what is sent into the dark", () => {
    const timeline = `{at: 10s, crash: {broker: ${leader}}}`;
    const { totals } = scene({ timeline, producer: ", config: {acks: 0}" }).summary;
    expect(totals.accepted).toBe(totals.sent);
    expect(totals.lost.broker).toBe(totals.sent - totals.processed);
    expect(totals.lost.broker).toBeGreaterThanOrEqual(0);
  });

  it("moves its partitions first when it is stopped", () => {
    const result = scene({ timeline: `{at: 10s, stop: {broker: ${leader}}}` });
    const [election] = told(result, "leaderElected");
    expect(election?.at).toBeLessThan(10_040);
    expect(result.summary.totals.elections).toBe(1);
  });

  it("leads again where it is preferred, at the next check", () => {
    const { summary } = scene({
      kafka: ", config: {leader.imbalance.check.interval.seconds: 10}",
      timeline: `{at: 5s, for: 12s, crash: {broker: ${leader}}}`,
    });
    expect(summary.topics["t"]!.partitions[0]!.leader).toBe(leader);
    expect(summary.totals.elections).toBe(2);
  });
});

describe("unclean leader election", () => {
  // The second follows on its own for a while, then the leader dies: nobody in sync is left.
  const timeline = `{at: 5s, crash: {broker: ${second}}}, {at: 5s, crash: {broker: ${third}}}, {at: 16s, crash: {broker: ${leader}}}, {at: 17s, start: {broker: ${second}}}`;

  it("is off: the partition waits for its leader", () => {
    const result = scene({ timeline: `${timeline}, {at: 40s, start: {broker: ${leader}}}` });
    expect(result.summary.totals.lost.broker).toBe(0);
    expect(told(result, "leaderResigned")).toHaveLength(1);
    expect(told(result, "leaderElected").map(({ rule }) => rule)).toEqual(["lastKnownLeader"]);
    expect(result.summary.totals.unfinished).toBe(0);
  });

  it("is on: what the new leader never had is lost, and counted", () => {
    const result = scene({ topic: ", config: {unclean.leader.election.enable: true}", timeline });
    const [cut] = told(result, "recordsCut");
    expect(told(result, "leaderElected").map(({ rule }) => rule)).toContain("unclean");
    expect(result.summary.totals.lost.broker).toBe(cut?.detail);
    expect(cut?.detail).toBeGreaterThan(100);
  });
});

describe("min.insync.replicas", () => {
  const timeline = `{at: 5s, crash: {broker: ${second}}}, {at: 5s, crash: {broker: ${third}}}`;

  it("refuses acks=all while too few are in sync, which is tried again until it is given up", () => {
    const { summary } = scene({
      topic: ", config: {min.insync.replicas: 2}",
      timeline,
      producer: ", config: {delivery.timeout.ms: 3s, request.timeout.ms: 1s}",
    });
    const { sent, accepted, timedOut, refused } = summary.producers["p"]!;
    expect(accepted).toBeGreaterThan(400);
    expect(accepted).toBeLessThan(520);
    expect(timedOut + refused).toBe(sent - accepted);
  });

  it("is no matter for acks=1, whose records are not read before the others have them", () => {
    const back = `${timeline}, {at: 30s, start: {broker: ${second}}}`;
    const result = scene({
      topic: ", config: {min.insync.replicas: 2}",
      timeline: back,
      producer: ", config: {acks: 1}",
    });
    expect(result.summary.totals).toMatchObject({ timedOut: 0, unfinished: 0 });
    const late = timesAt(result, "fetched").filter((at) => at > 5100);
    expect(Math.min(...late)).toBeGreaterThan(30_000);
  });
});

describe("controllers", () => {
  it("elect nobody without a majority", () => {
    const quorum = [1, 2].map((controller) => `{at: 5s, crash: {controller: ${controller}}}`).join(", ");
    const { totals } = scene({ timeline: `${quorum}, {at: 10s, crash: {broker: ${leader}}}` }).summary;
    expect(totals.elections).toBe(0);
    expect(totals.unfinished).toBeGreaterThan(0);
  });

  it("are replaced in about two seconds, and the sessions of brokers begin anew", () => {
    const result = scene({
      timeline: `{at: 9999ms, crash: {controller: 1}}, {at: 10s, crash: {broker: ${leader}}}`,
    });
    const [active] = told(result, "controllerElected");
    expect(active?.at).toBeCloseTo(12_001, 0);
    const [election] = told(result, "leaderElected");
    expect(election?.at).toBeGreaterThan(21_000);
    expect(election?.at).toBeLessThan(21_100);
  });
});

describe("a follower that does not follow", () => {
  it("leaves the ISR at a check after replica.lag.time.max.ms, and acks=all goes on without it", () => {
    const result = scene({
      kafka: ", config: {replica.lag.time.max.ms: 4s}",
      timeline: `{at: 5s, for: 20s, isolate: {brokers: [${leader}], from: [${second}]}}`,
    });
    const [left] = told(result, "isrShrank");
    expect(left?.rule).toBe("replica.lag.time.max.ms");
    expect(left?.at).toBeCloseTo(10_000, -2);
    const [joined] = told(result, "isrExpanded");
    expect(joined?.at).toBeGreaterThan(25_000);
    expect(result.summary.totals).toMatchObject({ timedOut: 0, unfinished: 0, elections: 0 });
  });
});

describe("without idempotence", () => {
  it("a batch whose answer was lost is there twice, and order breaks", () => {
    const timeline = `{at: 10007ms, for: 3s, isolate: {brokers: [${leader}], from: [p]}}`;
    const of = (idempotence: boolean) =>
      scene({
        timeline,
        producer: `, key: {values: 3}, config: {enable.idempotence: ${idempotence}, request.timeout.ms: 1s}`,
      }).summary.totals;
    expect(of(true).duplicates).toBe(0);
    expect(of(false).duplicates).toBeGreaterThan(0);
    expect(of(false).lost.broker).toBe(0);
  });
});

describe("an idempotent producer", () => {
  it("goes on in order at a new leader that lacks what the old one had", () => {
    // What is in flight when its leader hands over is with that one alone, and new batches wait behind it.
    const ahead = `{at: 10s, for: 300ms, isolate: {brokers: [${leader}], from: [${second}, ${third}]}}`;
    const result = scene({
      timeline: `${ahead}, {at: 10100ms, for: 2s, stop: {broker: ${leader}}}`,
      producer: ", config: {enable.idempotence: true}",
    });
    const { sent } = result.summary.totals;
    expect(steps(result, "appended").length - sent, "what was cut off is appended again").toBe(5);
    const read = steps(result, "fetched").map(({ message }) => message);
    expect(read).toEqual(Array.from({ length: sent }, (_, message) => message));
  });
});

describe("brokers that come back", () => {
  it("join the ISR of a leader that may not accept anything before they do", () => {
    const all = [leader, second, third].map((broker) => `{at: 10s, for: 1s, crash: {broker: ${broker}}}`);
    const result = scene({
      topic: ", config: {min.insync.replicas: 2}",
      producer: ", config: {acks: all}",
      timeline: all.join(", "),
    });
    expect(told(result, "isrExpanded").length).toBeGreaterThan(0);
    expect(result.summary.totals).toMatchObject({ timedOut: 0, unfinished: 0 });
  });

  it("start again after a shutdown that had to wait for a controller", () => {
    const result = scene({
      timeline: `{at: 9s, for: 3s, crash: {controller: 1}}, {at: 10s, for: 1s, stop: {broker: ${leader}}}`,
    });
    expect(told(result, "brokerUnfenced").length).toBeGreaterThan(0);
    expect(result.summary.totals).toMatchObject({ timedOut: 0, unfinished: 0 });
  });
});

describe("a slow controller", () => {
  const elected = (entries: string) => {
    const { summary } = run(`
kafka: {brokers: {count: 3, controllers: 3}, topics: {t: {replicas: 3}}}
producers: {p: {topic: t, rate: 10/s}}
run: {duration: 30s, calibration: {preset: ideal, diskFlush: 1ms}}
timeline: [${entries} {at: 1s, stop: {broker: 1}}, {at: 1s, stop: {broker: 2}}]
`);
    return summary.occurrences.first.filter(({ kind }) => kind === "leaderElected").map(({ at }) => at);
  };

  it("makes changes wait for its log, as the active one or with a majority of the others", () => {
    const usual = elected("")[0]!;
    const later = (entries: string) => elected(entries)[0]! - usual;
    expect(later("{at: 0s, slow: {controller: 1, factor: 101}},")).toBeCloseTo(100, 6);
    expect(later("{at: 0s, slow: {controller: 2, factor: 101}},")).toBe(0);
    const both = "{at: 0s, slow: {controller: 2, factor: 51}}, {at: 0s, slow: {controller: 3, factor: 101}},";
    expect(later(both)).toBeCloseTo(50, 6);
  });
});
