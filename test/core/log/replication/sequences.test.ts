import { describe, expect, it } from "vitest";
import type { Result } from "../../../../src/core/run.ts";
import { leaderOf, run } from "../run-log.ts";

interface Scene {
  readonly brokers?: string;
  readonly topic?: string;
  readonly producer?: string;
  readonly timeline: string;
}

/** Constant 100 messages a second to one partition of three replicas, over a network of 1 ms. */
function scene({
  brokers = "",
  topic = "",
  producer = "rate: 100/s, arrivals: constant, until: 20s",
  timeline,
}: Scene): Result {
  return run(`
kafka: {brokers: 3, config: {${brokers}}, topics: {t: {replicas: 3${topic}}}}
producers: {p: {topic: t, key: {values: 3}, ${producer}}}
consumers: {c: {topic: t, group: g, processing: 0, config: {auto.offset.reset: earliest}}}
run: {duration: 60s, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [${timeline}]
`);
}

const leader = leaderOf(scene({ timeline: "" }));
const [second = 0, third = 0] = [1, 2, 3].filter((broker) => broker !== leader);

function bumps({ summary: { occurrences } }: Result) {
  return occurrences.first.filter(({ kind }) => kind === "producerEpochBumped");
}

describe("an idempotent producer whose partition lost records", () => {
  const timeline = `{at: 5s, crash: {broker: ${second}}}, {at: 5s, crash: {broker: ${third}}}, {at: 16s, crash: {broker: ${leader}}}, {at: 17s, start: {broker: ${second}}}`;
  const lossy = (config: string) =>
    scene({
      topic: ", config: {unclean.leader.election.enable: true}",
      producer: `rate: 100/s, arrivals: constant, until: 20s, config: {${config}}`,
      timeline,
    });

  it("is refused once, and goes on with a new epoch after its back-off", () => {
    const result = lossy("retry.backoff.ms: 2s, retry.backoff.max.ms: 2s");
    const election = result.summary.occurrences.first.find(({ rule }) => rule === "unclean")!;
    expect(bumps(result)).toHaveLength(1);
    expect(bumps(result)[0]!.at).toBeGreaterThan(election.at);
    const { sent, accepted } = result.summary.producers["p"]!;
    expect(accepted).toBe(sent);
    expect(result.summary.totals.duplicates).toBe(0);
    expect(result.summary.consumers["c"]!.order.violations).toBe(0);
    expect(result.summary.totals.lost.broker).toBeGreaterThan(100);
  });

  it("is nothing to a producer without idempotence", () => {
    expect(bumps(lossy("enable.idempotence: false"))).toEqual([]);
  });
});

describe("a batch that was sent and given up", () => {
  it("holds new ones back until those behind it are through, which takes a new epoch", () => {
    // The first is given up at 13.0 s; the second, sent before as well, comes to a partition that lacks the first.
    const result = scene({
      producer:
        "arrivals: {schedule: [10s, 10900ms, 11s, 12500ms, 13100ms]}, config: {linger.ms: 0, request.timeout.ms: 1s, delivery.timeout.ms: 3s, metadata.max.age.ms: 1s}",
      timeline: `{at: 9950ms, for: 3250ms, isolate: {brokers: [${leader}], from: [p]}}`,
    });
    expect(bumps(result)).toHaveLength(1);
    expect(result.summary.producers["p"]).toMatchObject({ sent: 5, accepted: 4, timedOut: 1 });
    expect(result.summary.totals.duplicates).toBe(0);
    expect(result.summary.consumers["c"]!.order.violations).toBe(0);
  });
});

describe("producer.id.expiration.ms", () => {
  // Answers are lost for three seconds: what was appended comes again.
  const again = (brokers: string, producer = "") =>
    scene({
      brokers,
      producer: `rate: 100/s, arrivals: constant, until: 10010ms, config: {request.timeout.ms: 1s${producer}}`,
      timeline: `{at: 10007ms, for: 3s, isolate: {brokers: [${leader}], from: [p]}}`,
    }).summary.totals.duplicates;

  it("shorter than a retry takes lets a batch be appended twice", () => {
    const without = again("", ", enable.idempotence: false");
    expect(without).toBeGreaterThan(0);
    expect(again("")).toBe(0);
    expect(again("producer.id.expiration.ms: 2s, producer.id.expiration.check.interval.ms: 100ms")).toBe(
      without,
    );
  });

  it("counts from the last batch, at the checks", () => {
    expect(again("producer.id.expiration.ms: 4s, producer.id.expiration.check.interval.ms: 100ms")).toBe(0);
    expect(again("producer.id.expiration.ms: 2s, producer.id.expiration.check.interval.ms: 20s")).toBe(0);
  });

  it("does nothing to a producer that comes back after a pause: it may go on at any sequence number", () => {
    const result = scene({
      brokers: "producer.id.expiration.ms: 1s, producer.id.expiration.check.interval.ms: 100ms",
      producer: "arrivals: {schedule: [1s, 2s, 15s, 15100ms]}",
      timeline: `{at: 1s, crash: {broker: ${third}}}`,
    });
    expect(result.summary.producers["p"]).toMatchObject({ sent: 4, accepted: 4 });
    expect(bumps(result)).toEqual([]);
  });

  it("lets the cleaner take the header of a producer's last batch", () => {
    const bytes = (expiration: string) =>
      run(`
kafka:
  config: {producer.id.expiration.ms: ${expiration}, producer.id.expiration.check.interval.ms: 1s, log.cleaner.backoff.ms: 1s}
  topics: {t: {config: {cleanup.policy: compact, segment.ms: 1s, min.cleanable.dirty.ratio: 0.01}}}
producers:
  first: {topic: t, rate: 10/s, until: 5s, key: {constant: a}}
  then: {topic: t, rate: 10/s, from: 6s, key: {constant: a}}
run: {duration: 40s, calibration: ideal}`).summary.topics["t"]!.storage.end;
    const [kept, gone] = [bytes("60s"), bytes("10s")];
    expect(kept - gone).toBe(61);
  });
});
