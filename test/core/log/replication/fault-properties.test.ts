import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Result } from "../../../../src/core/run.ts";
import { run, steps, type Step } from "../run-log.ts";

const full = process.env["BROKERLAB_FULL"] !== undefined;
const numRuns = full ? 1000 : 60;
/** Records are sent for so long; then there is time to deliver them. */
const sending = 20;

const fault = fc.oneof(
  fc
    .record({
      kind: fc.constantFrom("crash", "stop", "restart"),
      broker: fc.integer({ min: 1, max: 3 }),
      at: fc.integer({ min: 100, max: sending * 1000 }),
      lasts: fc.integer({ min: 200, max: 15_000 }),
    })
    .map(({ kind, broker, at, lasts }) =>
      kind === "restart"
        ? `{at: ${at}ms, restart: {broker: ${broker}}}`
        : `{at: ${at}ms, for: ${lasts}ms, ${kind}: {broker: ${broker}}}`,
    ),
  fc
    .record({
      number: fc.integer({ min: 1, max: 3 }),
      at: fc.integer({ min: 100, max: sending * 1000 }),
      lasts: fc.integer({ min: 200, max: 15_000 }),
    })
    .map(({ number, at, lasts }) => `{at: ${at}ms, for: ${lasts}ms, crash: {controller: ${number}}}`),
  fc
    .record({
      brokers: fc.constantFrom("[1]", "[2]", "[3]", "[1, 2]"),
      from: fc.constantFrom("", ", from: [2]", ", from: [1]", ", from: [3]", ", from: [p]"),
      at: fc.integer({ min: 100, max: sending * 1000 }),
      lasts: fc.integer({ min: 200, max: 15_000 }),
    })
    .map(
      ({ brokers, from, at, lasts }) =>
        `{at: ${at}ms, for: ${lasts}ms, isolate: {brokers: ${brokers}${from}}}`,
    ),
  fc
    .record({
      broker: fc.integer({ min: 1, max: 3 }),
      factor: fc.constantFrom(2, 100, 1000),
      at: fc.integer({ min: 100, max: sending * 1000 }),
      lasts: fc.integer({ min: 200, max: 15_000 }),
    })
    .map(
      ({ broker, factor, at, lasts }) =>
        `{at: ${at}ms, for: ${lasts}ms, slow: {broker: ${broker}, factor: ${factor}}}`,
    ),
);

const topology = fc
  .record({
    partitions: fc.integer({ min: 1, max: 4 }),
    replicas: fc.integer({ min: 1, max: 3 }),
    minInSync: fc.constantFrom(1, 1, 2),
    unclean: fc.boolean(),
    version: fc.constantFrom('"4.1"', '"3.9"'),
    controllers: fc.constantFrom(1, 3),
    rate: fc.integer({ min: 5, max: 300 }),
    acks: fc.constantFrom("all", "all", "1", "0"),
    idempotence: fc.boolean(),
    inFlight: fc.constantFrom(1, 5),
    linger: fc.constantFrom(0, 5),
    delivery: fc.constantFrom(2000, 120_000),
    calibration: fc.constantFrom("ideal", "lan", "cloud", "{preset: cloud, networkLatency: 15ms}"),
    seed: fc.nat(1000),
    faults: fc.array(fault, { maxLength: 4 }),
  })
  .map((of) => {
    const idempotent = of.acks === "all" && of.idempotence;
    return `
kafka:
  version: ${of.version}
  brokers: {count: 3, controllers: ${of.controllers}}
  topics: {t: {partitions: ${of.partitions}, replicas: ${of.replicas}, config: {min.insync.replicas: ${of.minInSync}, unclean.leader.election.enable: ${of.unclean}}}}
producers:
  p: {topic: t, rate: ${of.rate}/s, until: ${sending}s, key: {values: 20}, config: {acks: ${of.acks}, enable.idempotence: ${idempotent}, linger.ms: ${of.linger}, max.in.flight.requests.per.connection: ${of.inFlight}, request.timeout.ms: 1500, delivery.timeout.ms: ${of.delivery}}}
consumers:
  c: {topic: t, group: g, instances: 2, processing: 200us, config: {auto.offset.reset: earliest}}
run: {duration: 120s, seed: ${of.seed}, calibration: ${of.calibration}}
timeline: [${of.faults.join(", ").replaceAll(/controller: [23]/g, (text) => (of.controllers === 1 ? "controller: 1" : text))}]
`;
  });

function check(holds: (text: string) => void): void {
  fc.assert(fc.property(topology, holds), { numRuns });
}

/** The messages that a partition's log holds at the end, by offset: the last append of an offset counts. */
function logsOf(result: Result): Map<string, Map<number, number>> {
  const logs = new Map<string, Map<number, number>>();
  for (const { place, detail, message } of steps(result, "appended"))
    logs.set(place, (logs.get(place) ?? new Map<number, number>()).set(detail, message));
  for (const { partition, logEnd } of result.summary.topics["t"]!.partitions) {
    const log = logs.get(`t/${partition}`);
    for (const offset of log?.keys() ?? []) if (offset >= logEnd) log!.delete(offset);
  }
  return logs;
}

/** Records that members had before the high watermark had passed them. */
function readEarly(result: Result): Step[] {
  const readable = new Map<number, number>();
  for (const { message, at } of steps(result, "replicated"))
    if (!readable.has(message)) readable.set(message, at);
  return steps(result, "fetched").filter(({ message, at }) => !(readable.get(message)! <= at));
}

/** The same with members that read from the closest replica, and ask their leaders again so often. */
function fromFollowers(text: string, age: string): string {
  return text
    .replace("count: 3,", "count: 3, racks: [a, b],")
    .replace(
      "  topics:",
      "  config: {replica.selector.class: org.apache.kafka.common.replica.RackAwareReplicaSelector}\n  topics:",
    )
    .replace(
      "auto.offset.reset: earliest",
      `auto.offset.reset: earliest, client.rack: a, metadata.max.age.ms: ${age}`,
    );
}

/** Nothing is given up, and there is time for what a slow broker has made wait, and for the commit after it. */
function patient(text: string): string {
  return text
    .replace("delivery.timeout.ms: 2000", "delivery.timeout.ms: 120000")
    .replace("duration: 120s", "duration: 200s");
}

describe("whatever happens to brokers, controllers and the network", () => {
  it("each message has one outcome, offsets are dense, and nobody reads past the high watermark", () => {
    check((text) => {
      const result = run(text, { auditEvery: 200 });
      const { producers, topics, totals } = result.summary;
      const { sent, accepted, refused, timedOut, underWay } = producers["p"]!;
      expect(accepted + refused + timedOut + underWay).toBe(sent);
      const logs = logsOf(result);
      for (const { partition, logEnd } of topics["t"]!.partitions)
        expect([...(logs.get(`t/${partition}`)?.keys() ?? [])].toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: logEnd }, (_, offset) => offset),
        );
      const present = new Set([...logs.values()].flatMap((log) => [...log.values()]));
      const at = (station: Step["station"]) => steps(result, station).map(({ message }) => message);
      const lost = at("lost");
      // Who asks for no answer counts on all that it has not given up: it was in a log, or never came there.
      const unanswered = text.includes("acks: 0");
      const confirmed = new Set(unanswered ? [...at("appended"), ...lost] : at("acknowledged"));
      if (unanswered) for (const message of at("dropped")) confirmed.delete(message);
      const gone = [...confirmed].filter((message) => !present.has(message));
      expect(totals.lost.broker, "what was confirmed and is in no log is lost").toBe(gone.length);
      expect([lost.length, new Set(lost)], "and its journey says so").toEqual([gone.length, new Set(gone)]);
      if (text.includes("replicas: 1")) return;
      expect(readEarly(result), "read before it was replicated").toEqual([]);
    });
  });

  it("nothing is lost that all replicas in sync confirmed, while unclean election is off", () => {
    check((text) => {
      const safe = text
        .replaceAll(/acks: \w+/g, "acks: all")
        .replace("unclean.leader.election.enable: true", "unclean.leader.election.enable: false");
      expect(run(safe).summary.totals.lost.broker).toBe(0);
    });
  });

  it("an idempotent producer never duplicates nor reorders within a partition", () => {
    check((text) => {
      const idempotent = text
        .replaceAll(/acks: \w+/g, "acks: all")
        .replace("enable.idempotence: false", "enable.idempotence: true");
      const result = run(idempotent);
      for (const log of logsOf(result).values()) {
        const messages = [...log.entries()].toSorted(([a], [b]) => a - b).map(([, message]) => message);
        expect(new Set(messages).size).toBe(messages.length);
        expect(messages).toEqual(messages.toSorted((a, b) => a - b));
      }
      expect(result.summary.totals.duplicates).toBe(0);
    });
  });

  it("all is delivered once the faults are over", () => {
    check((text) => {
      const { totals, producers, groups } = run(patient(text)).summary;
      expect(producers["p"]!.underWay).toBe(0);
      expect(totals.timedOut + totals.refused).toBe(0);
      expect(totals.unfinished).toBe(0);
      expect(groups["g"]!.lag.end).toBe(0);
    });
  });

  it("nobody reads past the high watermark at a follower", () => {
    check((text) => {
      if (!text.includes("replicas: 1"))
        expect(readEarly(run(fromFollowers(text, "1s"), { auditEvery: 200 }))).toEqual([]);
    });
  });

  it("all is delivered from followers once the faults are over", () => {
    check((text) => {
      const { totals, groups } = run(fromFollowers(patient(text), "5m")).summary;
      expect(totals.unfinished).toBe(0);
      expect(groups["g"]!.lag.end).toBe(0);
    });
  });

  it("the same seed gives the same run", () => {
    fc.assert(
      fc.property(topology, (text) => {
        expect(run(text).summary).toEqual(run(text).summary);
      }),
      { numRuns: numRuns / 10 },
    );
  });
});
