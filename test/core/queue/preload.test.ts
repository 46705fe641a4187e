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
