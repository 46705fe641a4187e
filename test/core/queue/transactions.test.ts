import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { run, timesAt } from "../log/run-log.ts";

const committing = (of: {
  queue?: string;
  producer?: string;
  consumer?: string;
  timeline?: string;
  calibration?: string;
}) => `
rabbitmq: {queues: {q: {${of.queue ?? ""}}}}
producers: {p: {queue: q, ${of.producer ?? "rate: 10/s, arrivals: constant, until: 2s, transaction: {messages: 4}"}}}
${of.consumer ?? "consumers: {c: {queue: q, prefetch: 10}}"}
run: {duration: 20s, calibration: ${of.calibration ?? "ideal"}}
timeline: [${of.timeline ?? ""}]
`;

describe("a transaction on a channel", () => {
  it("is in the queue as a whole, at its commit", () => {
    const came = timesAt(run(committing({})), "enqueued");
    expect(came).toEqual([300, 700, 1100, 1500, 1900].flatMap((at) => [at, at, at, at]));
  });

  it("that is begun when the application ends is committed then", () => {
    const producer = "rate: 10/s, arrivals: constant, until: 1s, transaction: {messages: 4}";
    const { totals } = run(committing({ producer })).summary;
    expect([totals.sent, totals.accepted, totals.unfinished]).toEqual([10, 10, 0]);
  });

  it("keeps its client waiting for the commit's answer", () => {
    const producer = "arrivals: {schedule: [0s, 0s, 0s, 0s, 0s, 0s]}, until: 1s, transaction: {messages: 2}";
    const calibration = "{preset: ideal, networkLatency: 10ms}";
    const sent = timesAt(run(committing({ producer, calibration })), "clientDone");
    expect(sent).toEqual([0, 0, 20, 20, 40, 40]);
  });

  it("does not stop a closed loop of fewer clients than it has messages", () => {
    const producer =
      "arrivals: {closed: {clients: 1, think: 100ms}}, until: 10s, transaction: {messages: 20}";
    const { totals } = run(committing({ producer })).summary;
    expect(totals.sent).toBeGreaterThan(90);
    expect([totals.accepted, totals.unfinished]).toEqual([totals.sent, 0]);
  });

  it("fails as a whole for its publisher when a queue refuses one of its messages", () => {
    const queue = "arguments: {x-max-length: 6, x-overflow: reject-publish}";
    const { producers, queues } = run(committing({ queue, consumer: "" })).summary;
    expect([producers["p"]!.accepted, producers["p"]!.refused]).toEqual([4, 16]);
    expect(queues["q"]!.depth.end).toBe(6);
  });

  it("is rolled back when its client crashes", () => {
    const timeline = "{at: 650ms, crash: {producer: p}}, {at: 5s, start: {producer: p}}";
    const { totals, consumers } = run(committing({ timeline })).summary;
    expect([totals.sent, totals.accepted, totals.timedOut]).toEqual([7, 4, 3]);
    expect(consumers["c"]!.processed).toBe(4);
  });

  it("loses nothing, and commits nothing in part, whatever fails", () => {
    const file = fc.record({
      messages: fc.integer({ min: 1, max: 30 }),
      rate: fc.integer({ min: 20, max: 400 }),
      at: fc.integer({ min: 100, max: 4000 }),
      lasts: fc.integer({ min: 1, max: 5000 }),
      crash: fc.constantFrom("node: 1", "queue: q", "producer: p"),
      preset: fc.constantFrom("ideal", "lan", "cloud"),
    });
    fc.assert(
      fc.property(file, ({ messages, rate, at, lasts, crash, preset }) => {
        const producer = `rate: ${rate}/s, until: 4s, transaction: {messages: ${messages}}`;
        const timeline = `{at: ${at}ms, for: ${lasts}ms, crash: {${crash}}}`;
        const { totals } = run(committing({ producer, timeline, calibration: preset })).summary;
        expect(totals.unfinished).toBe(0);
        expect(totals.accepted + totals.refused + totals.timedOut).toBe(totals.sent);
        expect(totals.processed).toBeGreaterThanOrEqual(totals.accepted - totals.lost.broker);
        if (crash !== "producer: p") expect(totals.timedOut).toBe(0);
      }),
      { numRuns: 25 },
    );
  });
});

describe("requests in a transaction", () => {
  const asking = (of: { producer?: string; queue?: string; timeline?: string; replyTo?: string }) => `
rabbitmq: {queues: {q: {${of.queue ?? ""}}, replies: {}}}
producers:
  p: {queue: q, ${of.producer ?? "rate: 10/s, arrivals: constant, until: 1s"}, transaction: {messages: 5}, requests: {timeout: 2s${of.replyTo ?? ""}}}
consumers: {c: {queue: q, prefetch: 10, processing: 10ms, sends: [{reply: true}]}}
run: {duration: 20s, calibration: ideal}
timeline: [${of.timeline ?? ""}]
`;

  it.each(["", ", replyTo: replies"])("are answered after its commit (%s)", (replyTo) => {
    const { producers } = run(asking({ replyTo })).summary;
    const { sent, accepted, answered, unanswered, lateReplies, roundTrip } = producers["p"]!;
    expect([sent, accepted, answered, unanswered, lateReplies]).toEqual([10, 10, 10, 0, 0]);
    // Sent each 100 ms, committed with the fifth, and worked on for 10 ms each, one after the other.
    expect([roundTrip!.mean, roundTrip!.max]).toEqual([230, 410]);
  });

  it("of a closed loop with fewer clients than it has messages wait in vain for each other", () => {
    const producer = "arrivals: {closed: {clients: 4, think: 100ms}}, until: 5s";
    const { answered, unanswered, lateReplies } = run(asking({ producer })).summary.producers["p"]!;
    // The fifth is sent, and all are committed, when the first ones have given up.
    expect([answered! > 0, unanswered! > 0, lateReplies! > 0]).toEqual([true, true, true]);
  });

  it("are given up at once when a queue refuses one of them", () => {
    const queue = "arguments: {x-max-length: 1, x-overflow: reject-publish}";
    const text = asking({ queue }).replace("prefetch: 10, processing: 10ms", "prefetch: 1, processing: 1s");
    const { producers, totals } = run(text, { auditEvery: 1 }).summary;
    const { accepted, refused, answered, unanswered, lateReplies } = producers["p"]!;
    expect([accepted, refused, answered, unanswered]).toEqual([0, 10, 0, 10]);
    // Two of the first commit found room all the same, of the second one none.
    expect([lateReplies, totals.unfinished]).toEqual([2, 0]);
  });
});
