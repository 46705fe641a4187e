import { describe, expect, it } from "vitest";
import { run, told } from "../log/run-log.ts";

interface Parts {
  readonly version?: string;
  readonly queue?: string;
  readonly processing?: string;
  readonly consumer?: string;
  readonly policies?: string;
  readonly duration?: string;
}

/** Five messages at once for a lone consumer; nothing takes time but its handlers. */
const file = ({
  version = "4.1",
  queue = "{arguments: {x-consumer-timeout: 90s}}",
  processing = "100s",
  consumer = "prefetch: 2",
  policies = "",
  duration = "10m",
}: Parts) => `
rabbitmq:
  version: "${version}"
  queues: {q: ${queue}, r: {}}
  policies: {${policies}}
producers: {p: {queue: q, arrivals: {schedule: [0s, 0s, 0s, 0s, 0s]}}}
consumers: {c: {queues: [q, r], ${consumer}, processing: ${processing}}}
run: {duration: ${duration}, calibration: ideal}
`;

const summaryOf = (parts: Parts) => run(file(parts), { auditEvery: 1 }).summary;
const toldOf = (parts: Parts) => told({ summary: summaryOf(parts) }, "requeued");

describe("a delivery that is not acknowledged in time", () => {
  it("closes its channel at the next look, and is delivered again", () => {
    const { consumers, queues } = summaryOf({ duration: "3m" });
    const { delivered, redelivered, processed, duplicates } = consumers["c"]!;
    // At 100 s the first is done, and the second begins; at 120 s that is held for too long. What is in work goes on.
    expect([delivered, redelivered, processed, duplicates]).toEqual([5, 2, 1, 0]);
    expect(queues["q"]!.unacked.end).toBe(2);
    expect(toldOf({ duration: "3m" })).toEqual([
      "120000 channelTimedOut x-consumer-timeout",
      "120000 connectionClosed",
      "120000 connectionClosed",
    ]);
  });

  it("is none where its handler is fast enough, or the last look was before its time", () => {
    expect(toldOf({ processing: "40s" })).toEqual([]);
    // Taken at 0 and done at 100 s: the looks of 60 s and 120 s find nothing that is old.
    expect(toldOf({ consumer: "prefetch: 1" })).toEqual([]);
    expect(toldOf({ consumer: "prefetch: 1", processing: "121s", duration: "2m" })).toHaveLength(3);
  });

  it("is the oldest of the channel: what is younger goes with it, of all its queues", () => {
    const { consumers } = summaryOf({ consumer: "prefetch: 1, concurrency: 2", processing: "130s" });
    expect(consumers["c"]!.duplicates).toBeGreaterThan(0);
  });

  it("is not of consumers without acks, nor of what is acked early", () => {
    expect(toldOf({ consumer: "prefetch: 1, ack: auto" })).toEqual([]);
    expect(toldOf({ consumer: "prefetch: 1, ack: early", processing: "30s" })).toEqual([]);
    // The one in the buffer waits for 150 s.
    const early = { consumer: "prefetch: 1, ack: early", processing: "150s", duration: "3m" };
    expect(toldOf(early)).toHaveLength(3);
  });

  it("has half an hour where nobody says otherwise, and always before 3.11.15", () => {
    const slow = { queue: "{}", processing: "35m", consumer: "prefetch: 1", duration: "40m" };
    expect(toldOf(slow)[0]).toBe("1860000 channelTimedOut consumer_timeout");
    expect(toldOf({ ...slow, processing: "29m" })).toEqual([]);
    expect(toldOf({ version: "3.10" })).toEqual([]);
    expect(toldOf({ ...slow, version: "3.10" })[0]).toBe("1860000 channelTimedOut consumer_timeout");
  });

  it("has the smaller of the queue's and a policy's time", () => {
    const policies = "patience: {pattern: q, definition: {consumer-timeout: 20s}}";
    expect(toldOf({ policies })[0]).toBe("60000 channelTimedOut consumer-timeout of policy patience");
    const longer = "patience: {pattern: q, definition: {consumer-timeout: 1h}}";
    expect(toldOf({ policies: longer })[0]).toBe("120000 channelTimedOut x-consumer-timeout");
  });
});

describe("from 4.3", () => {
  const quorum = "{arguments: {x-queue-type: quorum, x-consumer-timeout: 90s, x-delivery-limit: 1}}";

  it("a quorum queue cancels the consumer on time, which counts as no failure", () => {
    const parts = { version: "4.3", queue: quorum, duration: "5m", processing: "1000s" };
    expect(toldOf(parts)).toEqual([
      "90000 consumerTimedOut x-consumer-timeout",
      "90000 connectionClosed",
      "185000 consumerTimedOut x-consumer-timeout",
      "185000 connectionClosed",
      "280000 consumerTimedOut x-consumer-timeout",
      "280000 connectionClosed",
    ]);
    expect(summaryOf(parts).queues["q"]!.dropped).toEqual({});
    // As the end of a channel it does: the second one is one too many.
    expect(summaryOf({ ...parts, version: "4.2" }).queues["q"]!.dropped).toMatchObject({
      delivery_limit: 2,
    });
  });

  it("other queues wait for ever", () => {
    expect(toldOf({ version: "4.3", processing: "1000s" })).toEqual([]);
  });
});

it("a run without an end does not go on for it", () => {
  const { stopped, window } = summaryOf({ processing: "1s", duration: "unlimited" });
  expect([stopped, window.to]).toEqual(["drained", 5000]);
});
