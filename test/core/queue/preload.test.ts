import { describe, expect, it } from "vitest";
import { run } from "../log/run-log.ts";

const file = (queue: string, more = "") => `
rabbitmq: {queues: {q: {${queue}}}}
consumers: {c: {queue: q, prefetch: 2, processing: 100ms}}
run: {duration: 10s, calibration: ideal}
${more}
`;

const summaryOf = (...args: Parameters<typeof file>) => run(file(...args), { auditEvery: 1 }).summary;
const fifty = "preload: {messages: 50, over: 5m, key: {values: 3}}";

describe("what a queue holds when the run starts", () => {
  it.each(["", ", arguments: {x-queue-type: quorum}", ", arguments: {x-max-priority: 3}"])(
    "is consumed in its order (%s)",
    (more) => {
      const { queues, consumers, totals } = summaryOf(fifty + more);
      expect(queues["q"]!.depth.max).toBe(50);
      expect([consumers["c"]!.processed, consumers["c"]!.order.violations, totals.unfinished]).toEqual([
        50, 0, 0,
      ]);
      // It was sent before the window.
      expect([consumers["c"]!.latency.count, totals.sent]).toEqual([0, 0]);
    },
  );

  it("is as much as the queue takes", () => {
    const { queues, consumers } = summaryOf(`${fifty}, arguments: {x-max-length: 20}`);
    expect([consumers["c"]!.processed, queues["q"]!.dropped["maxlen"]]).toEqual([20, 30]);
  });

  it("is persistent: it survives a restart, in a durable queue", () => {
    const restart = "timeline: [{at: 1s, restart: {node: 1}}]";
    expect(summaryOf(fifty, restart).totals.lost.broker).toBe(0);
    expect(summaryOf(`${fifty}, durable: false`, restart).totals.lost.broker).toBeGreaterThan(0);
  });

  it("dies like any other message, and is told apart where it is delivered again", () => {
    const text = `
rabbitmq:
  queues:
    q: {preload: {messages: 20}, arguments: {x-message-ttl: 1s, x-dead-letter-exchange: "", x-dead-letter-routing-key: d}}
    d: {preload: {messages: 5}}
run: {duration: 10s, calibration: ideal}
`;
    const { queues } = run(text, { auditEvery: 1 }).summary;
    expect([queues["d"]!.depth.end, queues["q"]!.deadLettered["expired"]]).toEqual([25, 20]);
    // Half of it is older than that.
    const old = run(text.replace("messages: 20}", "messages: 20, over: 2s}").replace("10s", "10ms"));
    expect(old.summary.queues["q"]!.deadLettered["expired"]).toBe(10);
    const crash = "timeline: [{at: 1050ms, for: 1s, crash: {consumer: c}}]";
    const { processed, duplicates, redelivered } = summaryOf(fifty, crash).consumers["c"]!;
    expect([processed, duplicates, redelivered]).toEqual([50, 0, 2]);
  });
});

describe("what a stream holds when the run starts", () => {
  const stream = (offset: string, args = "", more = "") => `
rabbitmq: {queues: {q: {preload: {messages: 100, over: 100s, key: {values: 3}}, arguments: {x-queue-type: stream${args}}}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 1s}}
consumers: {c: {queue: q, prefetch: 100, processing: 1ms${offset}}}
run: {duration: 10s, calibration: ideal}
${more}
`;
  const outcome = (...args: Parameters<typeof stream>) => {
    const { consumers, queues, totals } = run(stream(...args), { auditEvery: 1 }).summary;
    const { processed, order, latency } = consumers["c"]!;
    const { depth, expired, dropped } = queues["q"]!;
    return {
      processed,
      depth: depth.end,
      expired,
      dropped,
      rest: [order.violations, latency.count, totals.sent],
    };
  };
  const from = (offset: string) => `, arguments: {x-stream-offset: ${offset}}`;

  it("is read by who asks for it, by offset and by time", () => {
    const read = (offset: string) => outcome(offset === "" ? "" : from(offset)).processed;
    expect(["", "next", "first", "0", "60", "20s"].map(read)).toEqual([10, 10, 110, 110, 50, 30]);
    // Each was a chunk of its own.
    expect(read("last")).toBe(11);
    expect(outcome(from("first"))).toMatchObject({ depth: 110, rest: [0, 10, 10] });
  });

  it("is what its retention has left, by whole segments", () => {
    // A message takes 1200 bytes in its segment, so that one holds nine of them.
    const small = ", x-stream-max-segment-size-bytes: 10kB";
    const aged = outcome(from("first"), `${small}, x-max-age: 30s`);
    expect([aged.depth + aged.expired, aged.processed]).toEqual([110, aged.depth]);
    expect(aged.depth).toBeGreaterThanOrEqual(40);
    expect(aged.depth).toBeLessThan(60);
    const short = outcome(from("first"), `${small}, x-max-length-bytes: 30kB`);
    expect(short.depth + short.dropped["maxlen"]!).toBe(110);
    // What it found at the start goes when the producer has sent as much.
    expect([short.depth, short.processed]).toEqual([20, 29]);
  });

  it("is there on all of its nodes", () => {
    const text = stream(from("first"), "", "timeline: [{at: 2s, crash: {node: 1}}]").replace(
      "rabbitmq: {",
      "rabbitmq: {nodes: 3, ",
    );
    const { consumers, totals } = run(text, { auditEvery: 1 }).summary;
    expect([consumers["c"]!.processed, totals.lost.broker]).toEqual([110, 0]);
  });
});
