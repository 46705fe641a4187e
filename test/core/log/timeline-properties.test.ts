import fc from "fast-check";
import { expect, it } from "vitest";
import { simulate } from "../../../src/core/run.ts";
import { one } from "../arbitraries.ts";
import { topologyOf } from "./run-log.ts";

const producer = fc
  .record({
    instances: one(1, 3),
    key: one("none", "{values: 4}"),
    linger: one("0", "5", "200"),
    acks: one("all", "0"),
    arrivals: one(
      "rate: 40/s",
      "rate: 40/s, arrivals: constant",
      "arrivals: {bursts: {size: 7, every: 250ms}}",
      "arrivals: {closed: {clients: 3, think: 30ms}}",
      "rate: 90/s, arrivals: {onOff: {on: 200ms, off: 300ms}}",
    ),
  })
  .map(
    ({ instances, key, linger, acks, arrivals }) =>
      `{topic: t, instances: ${instances}, key: ${key}, config: {linger.ms: ${linger}, acks: ${acks}}, ${arrivals}, until: 2s}`,
  );

const entry = fc
  .record({
    at: fc.nat(2500),
    lasts: one("", "for: 150ms, ", "for: 700ms, "),
    instance: one("", ", instance: 1"),
    target: one("p", "s"),
    action: one("crash", "crash", "stop", "start", "restart", "slow", "rate", "broker"),
    number: one(0, 1, 3),
  })
  .map(({ at, lasts, instance, target, action, number }) => {
    if (action === "broker") return `{at: ${at}ms, for: 400ms, crash: {broker: ${number === 0 ? 1 : 2}}}`;
    const undone = ["crash", "stop", "slow", "rate"].includes(action) ? lasts : "";
    const what =
      action === "slow"
        ? `consumer: c${instance}, factor: ${number + 1}`
        : action === "rate"
          ? `producer: steady, factor: ${number}`
          : `producer: ${target}${instance}`;
    return `{at: ${at}ms, ${undone}${action}: {${what}}}`;
  });

const file = fc
  .record({
    p: producer,
    s: producer,
    replicas: one(1, 2),
    concurrency: one(1, 3),
    processing: one("0ms", "4ms", "{exponential: 9ms}"),
    timeline: fc.array(entry, { minLength: 1, maxLength: 12 }),
    calibration: one("ideal", "lan", "{preset: ideal, networkLatency: 20ms}"),
    seed: fc.nat(1000),
  })
  .map(
    ({ p, s, replicas, concurrency, processing, timeline, calibration, seed }) => `
kafka: {brokers: 2, topics: {t: {partitions: 3, replicas: ${replicas}}}}
producers: {p: ${p}, s: ${s}, steady: {topic: t, rate: 20/s, until: 2s}}
consumers: {c: {topic: t, group: g, instances: 2, concurrency: ${concurrency}, processing: ${processing}, commit: after}}
run: {duration: 8s, seed: ${seed}, calibration: ${calibration}, trace: 0}
timeline: [${timeline.join(", ")}]
expect: [{metric: sent, during: [0s, 1s], above: 0}, {metric: sent, during: [1s, 8s], above: 0}]
`,
  );

it("whoever crashes, stops, starts, slows down or changes its pace, each record has one final state", () => {
  fc.assert(
    fc.property(file, (text) => {
      const topology = topologyOf(text);
      const { summary } = simulate(topology, { auditEvery: 7 });
      const { totals, producers, topics, expect: parts } = summary;
      for (const { sent, accepted, refused, unroutable, timedOut, underWay } of Object.values(producers))
        expect([sent, underWay], text).toEqual([accepted + refused + unroutable + timedOut, 0]);
      const appended = topics["t"]!.partitions.reduce((sum, { logEnd }) => sum + logEnd, 0);
      // A client that has crashed, or given up, does not know of what it sent whether it arrived.
      expect(appended, text).toBeLessThanOrEqual(totals.sent);
      expect(appended, text).toBeGreaterThanOrEqual(totals.accepted - totals.lost.broker);
      expect(totals.processed + totals.unfinished, text).toBe(appended);
      expect(parts[0]!.actual! + parts[1]!.actual!, text).toBe(totals.sent);
      expect(JSON.stringify(simulate(topology).summary)).toBe(JSON.stringify(summary));
    }),
    { numRuns: process.env["BROKERLAB_FULL"] === "1" ? 2000 : 100 },
  );
}, 600_000);
