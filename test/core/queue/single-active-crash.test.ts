import { expect, it } from "vitest";
import { run } from "../log/run-log.ts";

/** The active instance stops at its work on one message while others wait, and another comes before it has done. */
const file = (version: string, mode = 2, durable = true) => `
rabbitmq:
  version: "${version}"
  queues: {q: {durable: ${durable}, arguments: {x-single-active-consumer: true}}}
producers:
  p: {queue: q, rate: 20/s, arrivals: constant, until: 1s, confirms: true, properties: {delivery_mode: ${mode}}}
consumers: {c: {queue: q, instances: 2, prefetch: 1, processing: 100ms}}
timeline: [{at: 510ms, stop: {consumer: c, instance: 1}}]
run: {duration: 30s, calibration: ideal}
`;
const outcome = (...of: Parameters<typeof file>) => {
  const { occurrences, producers, consumers, totals } = run(file(...of), { auditEvery: 1 }).summary;
  const { accepted, refused } = producers["p"]!;
  const { processed, duplicates } = consumers["c"]!;
  return {
    crashes: occurrences.byKind["queueCrashed"] ?? 0,
    accepted,
    refused,
    processed,
    duplicates,
    lost: totals.lost.broker,
  };
};

it("a queue crashes before 4.0 when a message comes while its new active consumer waits for the backlog", () => {
  // The message is refused, what the first instance holds comes back, and the second one subscribes anew after 5 s.
  expect(outcome("3.13")).toEqual({
    crashes: 1,
    accepted: 19,
    refused: 1,
    processed: 19,
    duplicates: 1,
    lost: 0,
  });
  expect(outcome("4.0")).toEqual({
    crashes: 0,
    accepted: 20,
    refused: 0,
    processed: 20,
    duplicates: 0,
    lost: 0,
  });
});

it("what is transient goes with its process, and was confirmed before", () => {
  const { crashes, accepted, refused, processed, duplicates, lost } = outcome("3.10", 1);
  expect([crashes, accepted, refused, duplicates]).toEqual([1, 20, 0, 0]);
  // Five waited, one came, and one is done by its handler, although the broker does not have it any more.
  expect([lost, processed]).toEqual([7, 14]);
});

it("a queue that is not durable is there again, and empty", () => {
  expect(outcome("3.10", 2, false)).toEqual(outcome("3.10", 1));
});

it("tells why", () => {
  const { first } = run(file("3.13")).summary.occurrences;
  expect(first.find(({ kind }) => kind === "queueCrashed")).toMatchObject({
    at: 550,
    message:
      "queue q crashed and was started again: a message came while the successor of its single active consumer waited for the backlog (x-single-active-consumer, before RabbitMQ 4.0)",
  });
});
