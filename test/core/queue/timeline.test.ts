import { describe, expect, it } from "vitest";
import { run, timesAt } from "../log/run-log.ts";

/** Ten messages, one each 100 ms, for instances that take 250 ms; everything else takes no time. */
const file = (timeline: string, consumer = "instances: 2, prefetch: 2", calibration = "ideal") => `
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 1s}}
consumers: {c: {queue: q, ${consumer}, processing: 250ms}}
run: {duration: 10s, calibration: ${calibration}}
timeline: [${timeline}]
`;

const summaryOf = (...args: Parameters<typeof file>) => run(file(...args)).summary;

describe("a consumer that crashes", () => {
  it("has what it held delivered again to the others, at the original place", () => {
    const result = run(file("{at: 310ms, crash: {consumer: c, instance: 1}}"));
    const { delivered, redelivered, processed, order, instances } = result.summary.consumers["c"]!;
    // The other one had the next message in its buffer already: that one overtakes what comes back.
    expect([delivered, redelivered, processed, order.violations]).toEqual([11, 1, 10, 1]);
    expect(instances.map((one) => one.processed)).toEqual([1, 9]);
    expect(result.summary.occurrences.first.map(({ kind, detail }) => [kind, detail])).toEqual([
      ["crashed", 0],
      ["connectionClosed", 1],
      ["requeued", 0],
    ]);
    expect(timesAt(result, "finished")).toEqual([250, 350, 850, 600, 1100, 1350, 1600, 1850, 2100, 2350]);
  });

  it("loses what was acknowledged when it was sent, or when it was taken up", () => {
    const crash = "{at: 310ms, crash: {consumer: c}}, {at: 2s, start: {consumer: c}}";
    const lost = (ack: string) => {
      const { totals, consumers } = summaryOf(crash, `prefetch: 3, ack: ${ack}`);
      return [totals.lost.consumer, consumers["c"]!.processed, totals.unfinished];
    };
    expect(lost("manual")).toEqual([0, 10, 0]);
    expect(lost("early")).toEqual([1, 9, 0]);
    // Three were in its buffer or in work.
    expect(lost("auto")).toEqual([3, 7, 0]);
  });

  it("is busy and there only as long as it runs", () => {
    const { utilization, instances } = summaryOf(
      "{at: 1s, crash: {consumer: c}}",
      "prefetch: 1, concurrency: 1",
    ).consumers["c"]!;
    expect(utilization).toBe(1);
    expect(instances[0]).toMatchObject({ processed: 3, utilization: 1 });
  });

  it("comes back when its time is over", () => {
    const { processed, redelivered } = summaryOf(
      "{at: 300ms, for: 700ms, crash: {consumer: c}}",
      "prefetch: 1",
    ).consumers["c"]!;
    expect([processed, redelivered]).toEqual([10, 1]);
  });
});

describe("a consumer that stops", () => {
  it("finishes what it has in hand, and hands back the rest", () => {
    const { delivered, redelivered, processed, instances } = summaryOf(
      "{at: 310ms, stop: {consumer: c, instance: 1}}",
      "instances: 2, prefetch: 4",
    ).consumers["c"]!;
    expect([delivered, redelivered, processed]).toEqual([10, 0, 10]);
    expect(instances.map((one) => one.processed)).toEqual([2, 8]);
  });

  it("and is restarted works on two connections until the first is done", () => {
    const { redelivered, processed } = summaryOf("{at: 310ms, restart: {consumer: c}}", "prefetch: 5")
      .consumers["c"]!;
    expect([redelivered, processed]).toEqual([2, 10]);
  });
});

describe("a number of instances", () => {
  it("grows and shrinks, the highest numbers last and first", () => {
    const { instances, processed } = summaryOf(
      "{at: 500ms, scale: {consumer: c, instances: 3}}, {at: 1100ms, scale: {consumer: c, instances: 1}}",
      "instances: 1, prefetch: 1",
    ).consumers["c"]!;
    expect(processed).toBe(10);
    expect(instances.map((one) => one.processed)).toEqual([4, 3, 3]);
  });

  it("is what it was when its time is over, and leaves alone who has crashed", () => {
    const { instances } = summaryOf(
      "{at: 0s, crash: {consumer: c, instance: 1}}, {at: 0s, for: 1s, scale: {consumer: c, instances: 4}}",
      "instances: 2, prefetch: 1",
    ).consumers["c"]!;
    expect(instances).toHaveLength(4);
    expect(instances[0]!.processed).toBe(0);
    expect(instances[1]!.processed).toBe(4);
  });
});

it("a purge takes what is ready, not what consumers hold", () => {
  const { queues, consumers, totals, occurrences } = summaryOf(
    "{at: 950ms, purge: {queue: q}}",
    "prefetch: 1",
  );
  expect(queues["q"]!.dropped).toEqual({ purged: 6 });
  expect(consumers["c"]!.processed).toBe(4);
  expect([totals.dropped, totals.unfinished]).toEqual([6, 0]);
  expect(occurrences.first.at(-1)!.message).toBe("queue q was purged of 6 messages");
});

it("a connection that is lost with messages in every station leaves none behind", () => {
  const calibration =
    "{preset: ideal, networkLatency: 30ms, queueDeliver: 7ms, queueAck: 5ms, channelPerMessage: 9ms}";
  for (let at = 0; at < 2000; at += 37) {
    const text = file(
      `{at: ${at}ms, crash: {consumer: c}}, {at: ${at + 11}ms, start: {consumer: c}}`,
      "instances: 3, prefetch: 3",
      calibration,
    );
    const { totals } = run(text, { auditEvery: 1 }).summary;
    expect([at, totals.processed, totals.duplicates, totals.lost.consumer, totals.unfinished]).toEqual([
      at,
      10,
      0,
      0,
      0,
    ]);
  }
});

describe("a producer", () => {
  const sending = (timeline: string, confirms = "true") =>
    run(`
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 1800ms, confirms: ${confirms}}}
consumers: {c: {queue: q}}
run: {duration: 3s, calibration: {preset: ideal, networkLatency: 70ms}}
timeline: [${timeline}]
`);

  it("that crashes never learns of what it sent, and what it had not sent is gone", () => {
    const crash = "{at: 450ms, for: 500ms, crash: {producer: p}}";
    // The last one before the crash was on its way.
    const sent = sending(crash).summary;
    expect(sent.producers["p"]).toMatchObject({ sent: 13, accepted: 12, timedOut: 1, underWay: 0 });
    expect(sent.totals.processed).toBe(13);
    // A window of one holds the next message back for a round trip of 140 ms.
    const held = sending(crash, "{window: 1}").summary;
    expect(held.producers["p"]).toMatchObject({ sent: 13, accepted: 11, timedOut: 2, underWay: 0 });
    expect(held.totals.processed).toBe(12);
  });

  it("that stops sends nothing, and hears of what it has sent", () => {
    const result = sending("{at: 450ms, for: 500ms, stop: {producer: p}}");
    expect(result.summary.producers["p"]).toMatchObject({ sent: 13, accepted: 13, timedOut: 0 });
    expect(timesAt(result, "sent")).toEqual([0, 100, 200, 300, 400, ...range(1000, 1800)]);
  });

  it("of a closed loop has as many clients after a crash or a stop as before", () => {
    const loop = (timeline: string) =>
      run(`
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, confirms: true, arrivals: {closed: {clients: 3, think: 50ms}}}}
run: {duration: 2s, calibration: {preset: ideal, networkLatency: 25ms}}
timeline: [${timeline}]
`);
    const late = (timeline: string) => timesAt(loop(timeline), "sent").filter((at) => at > 1500).length;
    expect(late("")).toBe(15);
    for (const action of ["crash", "stop"])
      for (const at of [500, 510, 530, 555, 580])
        expect([action, at, late(`{at: ${at}ms, for: 5ms, ${action}: {producer: p}}`)]).toEqual([
          action,
          at,
          15,
        ]);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / 100) }, (_, i) => from + 100 * i);
}
