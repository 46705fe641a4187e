import fc from "fast-check";
import { expect, it } from "vitest";
import type { Result } from "../../../../src/core/run.ts";
import { one } from "../../arbitraries.ts";
import { run, steps } from "../run-log.ts";

const entry = fc
  .record({
    at: fc.integer({ min: 100, max: 14_000 }),
    lasts: fc.integer({ min: 10, max: 6000 }),
    instance: one("", ", instance: 1", ", instance: 2"),
    action: one("crash", "crash", "crash", "stop", "restart", "slow", "scale", "producer", "broker"),
    number: one(1, 2, 3),
  })
  .map(({ at, lasts, instance, action, number }) => {
    switch (action) {
      case "restart":
        return `{at: ${at}ms, restart: {consumer: c${instance}}}`;
      case "slow":
        return `{at: ${at}ms, for: ${lasts}ms, slow: {consumer: c${instance}, factor: 40}}`;
      case "scale":
        return `{at: ${at}ms, scale: {consumer: c, instances: ${number}}}`;
      case "producer":
        return `{at: ${at}ms, for: ${lasts}ms, crash: {producer: p}}`;
      case "broker":
        return `{at: ${at}ms, for: ${lasts}ms, crash: {broker: ${number}}}`;
      case "crash":
      case "stop":
        return `{at: ${at}ms, for: ${lasts}ms, ${action}: {consumer: c${instance}}}`;
    }
  });

/** What fails once is tried again; what fails always is passed over. */
const failing = ({ failures }: { readonly failures: string }): string =>
  `failures: ${failures}, onFailure: ${failures.includes("persistent") ? "skip" : "retry"}`;

const file = fc
  .record({
    partitions: one(1, 3),
    replicas: one(1, 3),
    rate: one(20, 100),
    commit: one("auto", "transactional"),
    messages: one(1, 7, 100),
    timeout: one("60s", "1s"),
    failures: one("0", "2%", "{share: 2%, persistent: true}"),
    concurrency: one(1, 3),
    processing: one("1ms", "{exponential: 8ms}", "{perBatch: 20ms}"),
    protocol: one(
      "group.protocol: consumer",
      "partition.assignment.strategy: range",
      "partition.assignment.strategy: cooperative-sticky",
    ),
    interval: one("300s", "7s"),
    cleanup: one("delete", "compact"),
    calibration: one("ideal", "lan", "{preset: lan, networkLatency: 12ms}"),
    timeline: fc.array(entry, { maxLength: 5 }),
    seed: fc.nat(1000),
  })
  .map(
    (of) => `
kafka:
  brokers: 3
  config: {transaction.abort.timed.out.transaction.cleanup.interval.ms: 1000, group.consumer.session.timeout.ms: 6000, group.consumer.heartbeat.interval.ms: 2000}
  topics:
    t: {partitions: ${of.partitions}, replicas: ${of.replicas}}
    u: {partitions: ${of.partitions}, replicas: ${of.replicas}, config: {cleanup.policy: ${of.cleanup}}}
producers:
  p: {topic: t, rate: ${of.rate}/s, key: unique, until: 15s, transaction: {messages: ${of.messages}}, config: {transactional.id: p, transaction.timeout.ms: ${of.timeout}}}
consumers:
  c: {topic: t, group: g, instances: 2, commit: transactional, processing: ${of.processing}, concurrency: ${of.concurrency}, ${failing(of)}, sends: [{topic: u}], config: {isolation.level: read_committed, max.poll.records: 20, ${of.protocol}${of.protocol.includes("protocol") ? "" : ", session.timeout.ms: 6s, heartbeat.interval.ms: 2s"}, max.poll.interval.ms: ${of.interval}}}
  d: {topic: u, group: h, processing: 0, config: {isolation.level: read_committed}}
  e: {topic: u, group: i, processing: 0}
timeline: [${of.timeline.join(", ")}]
run: {duration: 900s, seed: ${of.seed}, calibration: ${of.calibration}}
`,
  );

/** By message: the key that each consumer's finished records had, in the order of finishing. */
function finishedKeys(result: Result, consumer: string): number[] {
  const keys = new Map(steps(result, "sent").map(({ message, detail }) => [message, detail]));
  return steps(result, "finished")
    .filter(({ place }) => place.startsWith(`${consumer}/`))
    .map(({ message }) => keys.get(message)!);
}

function holds(text: string): void {
  const result = run(text, { auditEvery: 50 });
  const { consumers, producers, totals } = result.summary;
  expect(totals.unfinished, text).toBe(0);
  const { sent, accepted, refused, timedOut, underWay } = producers["p"]!;
  expect([accepted + refused + timedOut, underWay], text).toEqual([sent, 0]);
  const results = finishedKeys(result, "d");
  expect(new Set(results).size, text).toBe(results.length);
  // What an answer did not reach may be in the log all the same.
  expect(results.length + consumers["c"]!.skipped, text).toBeGreaterThanOrEqual(accepted);
  expect(results.length, text).toBeLessThanOrEqual(accepted + timedOut);
  expect(new Set(finishedKeys(result, "c")), text).toEqual(new Set(results));
  expect([totals.lost, consumers["d"]!.duplicates], text).toEqual([{ broker: 0, consumer: 0 }, 0]);
  expect(consumers["e"]!.processed, text).toBeGreaterThanOrEqual(results.length);
}

it("whoever crashes or is slow, each record that was committed has one result that is committed", () => {
  const numRuns = process.env["BROKERLAB_FULL"] === "1" ? 300 : 60;
  fc.assert(fc.property(file, holds), { numRuns });
}, 600_000);

it("who comes back while its coordinator is away commits nothing before it has begun", () => {
  holds(`
kafka:
  brokers: 3
  config: {group.consumer.session.timeout.ms: 6000, group.consumer.heartbeat.interval.ms: 2000}
  topics: {t: {}, u: {}}
producers:
  p: {topic: t, rate: 20/s, key: unique, until: 15s, transaction: {messages: 1}, config: {transactional.id: p}}
consumers:
  c: {topic: t, group: g, instances: 2, commit: transactional, processing: 1ms, sends: [{topic: u}], config: {isolation.level: read_committed, max.poll.records: 20, group.protocol: consumer}}
  d: {topic: u, group: h, processing: 0, config: {isolation.level: read_committed}}
  e: {topic: u, group: i, processing: 0}
timeline: [{at: 6294ms, for: 1706ms, crash: {consumer: c}}, {at: 7809ms, for: 4112ms, crash: {broker: 2}}]
run: {duration: 900s, calibration: ideal}
`);
});
