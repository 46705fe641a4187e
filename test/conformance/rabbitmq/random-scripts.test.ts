import fc from "fast-check";
import { expect, it } from "vitest";
import { NotSimulated } from "../../../src/core/queue/not-simulated.ts";
import { playScenario } from "../../../src/core/queue/scenario-player.ts";
import type { Scenario, ScenarioQueue, ScenarioStep } from "../../../src/core/queue/scenario.ts";

const names = ["q1", "q2", "q3"] as const;
const name = fc.constantFrom(...names);
const consumer = fc.constantFrom("c1", "c2", "c3");
const channel = fc.constantFrom("ch-c1", "ch-c2", "shared");

const classicArguments = fc.record(
  {
    "x-max-length": fc.nat({ max: 3 }),
    "x-max-length-bytes": fc.nat({ max: 40 }),
    "x-overflow": fc.constantFrom("drop-head", "reject-publish", "reject-publish-dlx"),
    "x-message-ttl": fc.constantFrom(0, 40, 500),
    "x-expires": fc.constantFrom(100, 5000),
    "x-max-priority": fc.nat({ max: 5 }),
    "x-single-active-consumer": fc.boolean(),
    "x-dead-letter-exchange": fc.constantFrom("", "f", "missing"),
  },
  { requiredKeys: [] },
);
const quorumArguments = fc.record(
  {
    "x-queue-type": fc.constant("quorum"),
    "x-max-length": fc.nat({ max: 3 }),
    "x-overflow": fc.constantFrom("drop-head", "reject-publish"),
    "x-message-ttl": fc.constantFrom(40, 500),
    "x-delivery-limit": fc.nat({ max: 2 }),
    "x-single-active-consumer": fc.boolean(),
    "x-dead-letter-exchange": fc.constantFrom("", "f"),
  },
  { requiredKeys: ["x-queue-type"] },
);
const args = fc.oneof(
  { weight: 4, arbitrary: classicArguments },
  { weight: 2, arbitrary: quorumArguments },
  { weight: 1, arbitrary: fc.constant({ "x-queue-type": "stream" }) },
);
const queues: fc.Arbitrary<ScenarioQueue[]> = fc
  .tuple(args, args, args)
  .map((all) => all.map((one, i) => ({ name: names[i]!, args: one as NonNullable<ScenarioQueue["args"]> })));

const publish = fc.record(
  {
    op: fc.constant("publish" as const),
    exchange: fc.constantFrom("", "f", "t"),
    key: name,
    id: fc.constant("m"),
    count: fc.integer({ min: 1, max: 4 }),
    mandatory: fc.boolean(),
    persistent: fc.boolean(),
    priority: fc.nat({ max: 6 }),
    expiration: fc.constantFrom("30", "1000"),
    bytes: fc.nat({ max: 30 }),
    cc: fc.array(name, { maxLength: 2 }),
  },
  { requiredKeys: ["op", "id", "exchange", "key", "count"] },
);
const step = fc.oneof(
  { weight: 6, arbitrary: publish },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        op: fc.constant("consume" as const),
        consumer,
        queue: name,
        prefetch: fc.nat({ max: 3 }),
        noAck: fc.boolean(),
        priority: fc.nat({ max: 2 }),
        channel,
        auto: fc.constantFrom("ack", "reject"),
      },
      { requiredKeys: ["op", "consumer", "queue"] },
    ),
  },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        op: fc.constantFrom("ack", "nack", "reject"),
        consumer,
        multiple: fc.boolean(),
        requeue: fc.boolean(),
      },
      { requiredKeys: ["op", "consumer"] },
    ),
  },
  fc.record({ op: fc.constant("qos"), channel, prefetch: fc.nat({ max: 2 }), global: fc.boolean() }),
  fc.record({ op: fc.constant("recover"), channel }),
  fc.record({ op: fc.constant("get"), queue: name, noAck: fc.boolean() }),
  fc.record({ op: fc.constantFrom("purge", "drain", "deleteQueue"), queue: name }),
  fc.record({ op: fc.constant("sleep"), ms: fc.constantFrom(20, 200) }),
  fc.record({ op: fc.constant("closeConnection"), connection: fc.constant("main") }),
  fc.record({ op: fc.constant("restart") }),
  fc.record({ op: fc.constant("cancel"), consumer }),
) as fc.Arbitrary<ScenarioStep>;

const scenario: fc.Arbitrary<Scenario> = fc.record({
  name: fc.constant("random"),
  exchanges: fc.constant([
    { name: "f", type: "fanout", durable: true },
    { name: "t", type: "topic" },
  ]),
  queues,
  bindings: fc.constant(
    names.flatMap((dest) => [
      { source: "f", dest },
      { source: "t", dest, key: "#" },
      { source: "t", dest, key: "*" },
    ]),
  ),
  steps: fc.array(step, { maxLength: 15 }),
});

/** What a step may name before it is there; and a consumer that rejects what comes back to it has no end. */
const senseless =
  /^(?:there is no consumer|connection 'main' is not open|the broker (?:does not come|is not at) )/u;

/** The broker's own counts are audited after each step. */
it("whatever the script, messages are conserved and no consumer holds more than its prefetch", () => {
  let played = 0;
  fc.assert(
    fc.property(scenario, fc.constantFrom("3.10", "3.13", "4.1", "4.3"), (script, version) => {
      try {
        playScenario(script, version);
        played++;
      } catch (error) {
        if (error instanceof NotSimulated) return;
        if (!(error instanceof RangeError && senseless.test(error.message))) throw error;
      }
    }),
    { numRuns: 300 },
  );
  expect(played).toBeGreaterThan(50);
});

it("a queue gets one copy of a publish, however many bindings and keys lead to it", () => {
  const routed = fc.record({
    op: fc.constant("publish" as const),
    exchange: fc.constantFrom("", "f", "t"),
    key: name,
    cc: fc.array(name, { maxLength: 3 }),
    bcc: fc.array(name, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(scenario, fc.array(routed, { maxLength: 8 }), (script, publishes) => {
      const steps = publishes.map((one, number) => ({ ...one, id: `m${number}` }));
      const { final } = playScenario({ ...script, queues: names.map((one) => ({ name: one })), steps });
      for (const messages of Object.values(final)) {
        const ids = Array.isArray(messages) ? messages.map(({ id }) => id) : [];
        expect(ids).toEqual([...new Set(ids)]);
      }
    }),
    { numRuns: 100 },
  );
});
