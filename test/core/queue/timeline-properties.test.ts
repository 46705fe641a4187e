import fc from "fast-check";
import { expect, it } from "vitest";
import { simulate } from "../../../src/core/run.ts";
import { one } from "../arbitraries.ts";
import { steps, topologyOf } from "../log/run-log.ts";

const producer = fc
  .record({
    to: one("queue: q", "queue: r", "exchange: x"),
    instances: one(1, 2),
    confirms: one("false", "true", "{window: 3}"),
    arrivals: one(
      "rate: 20/s",
      "rate: 20/s, arrivals: constant",
      "arrivals: {bursts: {size: 5, every: 300ms}}",
      "arrivals: {closed: {clients: 3, think: 40ms}}",
      "rate: 50/s, arrivals: {onOff: {on: 200ms, off: 300ms}}",
    ),
  })
  .map(
    ({ to, instances, confirms, arrivals }) =>
      `{${to}, instances: ${instances}, confirms: ${confirms}, ${arrivals}, until: 2s, key: {values: 5}}`,
  );

const consumer = fc
  .record({
    from: one("queue: q", "queue: r", "queues: [q, r]"),
    instances: one(1, 2, 3),
    prefetch: one(0, 1, 3, 10),
    concurrency: one(1, 2),
    ack: one("manual", "auto", "early"),
    failures: one("0%", "20%"),
    onFailure: one("requeue", "reject"),
    processing: one("0ms", "20ms", "{exponential: 60ms}"),
  })
  .map(
    ({ from, ...rest }) =>
      `{${from}, ${Object.entries(rest)
        .map(([key, value]) => `${key}: ${value}`)
        .join(", ")}}`,
  );

const entry = fc
  .record({
    at: fc.nat(2500),
    lasts: one("", "", "for: 150ms, ", "for: 700ms, "),
    instance: one("", "", ", instance: 1"),
    target: one("consumer: c", "consumer: d", "producer: p", "producer: s"),
    action: one("crash", "stop", "start", "restart", "slow", "rate", "scale", "purge"),
    number: one(1, 2, 4),
  })
  .map(({ at, lasts, instance, target, action, number }) => {
    const undone = ["crash", "stop", "slow", "rate", "scale"].includes(action) ? lasts : "";
    const what = {
      slow: `${target}${instance}, factor: ${number}`,
      rate: `producer: steady, factor: ${number - 1}`,
      scale: `consumer: c, instances: ${number - 1}`,
      purge: `queue: ${number === 1 ? "q" : "r"}`,
    };
    return `{at: ${at}ms, ${undone}${action}: {${Object.hasOwn(what, action) ? what[action as "slow"] : target + instance}}}`;
  });

const file = fc
  .record({
    p: producer,
    s: producer,
    c: consumer,
    d: consumer,
    timeline: fc.array(entry, { minLength: 1, maxLength: 12 }),
    calibration: one(
      "ideal",
      "lan",
      "{preset: ideal, networkLatency: 20ms}",
      "{preset: ideal, networkLatency: 3ms, amqpClientPerMessage: 9ms, channelPerMessage: 4ms, queueDeliver: 5ms, queueAck: 2ms, queuePublish: 3ms, brokerCores: 2}",
    ),
    seed: fc.nat(1000),
  })
  .map(
    ({ p, s, c, d, timeline, calibration, seed }) => `
rabbitmq:
  exchanges: {x: {type: fanout}}
  queues: {q: {}, r: {}}
  bindings: [{source: x, destination: q}, {source: x, destination: r}]
producers: {p: ${p}, s: ${s}, steady: {queue: q, rate: 10/s, until: 2s}}
consumers: {c: ${c}, d: ${d}}
run: {duration: 6s, seed: ${seed}, calibration: ${calibration}}
timeline: [${timeline.join(", ")}]
`,
  );

it("whatever crashes, stops, starts or scales, each copy has one final state, counted at its cause", () => {
  fc.assert(
    fc.property(file, (text) => {
      const topology = topologyOf(text);
      const result = simulate(topology, { auditEvery: 7 });
      const { summary } = result;
      const { totals, producers, queues } = summary;
      for (const { sent, accepted, refused, unroutable, timedOut, underWay } of Object.values(producers))
        expect([sent, underWay], text).toEqual([accepted + refused + unroutable + timedOut, 0]);
      const enqueued = Object.values(queues).reduce((sum, queue) => sum + queue.enqueued, 0);
      const { processed, lost, dropped, unfinished } = totals;
      expect(enqueued, text).toBe(processed + lost.consumer + dropped + unfinished);
      expect(steps(result, "lost").length, text).toBe(lost.broker + lost.consumer);
      expect(JSON.stringify(simulate(topology).summary)).toBe(JSON.stringify(summary));
    }),
    { numRuns: process.env["BROKERLAB_FULL"] === "1" ? 3000 : 150 },
  );
}, 600_000);
