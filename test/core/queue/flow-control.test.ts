import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { run, timesAt } from "../log/run-log.ts";

const alarmed = (timeline: string, producer = "") => `
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 5s${producer}}}
consumers: {c: {queue: q, processing: 300ms, instances: 4, prefetch: 1}}
run: {duration: 20s, calibration: ideal}
timeline: [${timeline}]
`;

describe("an alarm", () => {
  const during = "{at: 1050ms, for: 2s, alarm: {node: 1, kind: memory}}";

  it("keeps publishers waiting while consumers go on, and what waited comes in its order", () => {
    const result = run(alarmed(during));
    const { totals, consumers, occurrences } = result.summary;
    expect([totals.accepted, totals.processed, totals.unfinished]).toEqual([50, 50, 0]);
    const came = timesAt(result, "enqueued");
    expect(came.filter((at) => at > 1050 && at < 3050)).toEqual([]);
    expect(came.filter((at) => at === 3050)).toHaveLength(20);
    // Those that were in the queue when the alarm came.
    expect(timesAt(result, "finished").filter((at) => at > 1050 && at < 3050).length).toBeGreaterThan(0);
    expect(consumers["c"]!.order.violations).toBe(0);
    expect(occurrences.first.map(({ at, kind }) => [at, kind])).toEqual([
      [1050, "alarmRaised"],
      [1100, "connectionBlocked"],
      [3050, "alarmCleared"],
    ]);
  });

  it("lasts as long as the last one of several", () => {
    const more = `${during}, {at: 2s, for: 3s, alarm: {node: 1, kind: disk}}, {at: 2500ms, for: 1s, alarm: {node: 1, kind: memory}}`;
    const came = timesAt(run(alarmed(more)), "enqueued");
    expect(came.filter((at) => at > 1050 && at < 5000)).toEqual([]);
    expect(came.filter((at) => at === 5000)).toHaveLength(39);
  });

  it("stops whoever waits for the socket, and a crash gives up what waits", () => {
    const closed = ", arrivals: {closed: {clients: 1, think: 100ms}}";
    const file = alarmed(during, closed).replace("rate: 10/s, arrivals: constant, ", "");
    const came = timesAt(run(file), "enqueued");
    expect(came.filter((at) => at > 1050 && at <= 3050)).toHaveLength(1);
    const crash = ", {at: 2s, crash: {producer: p}}, {at: 2s, start: {producer: p}}";
    const { totals } = run(alarmed(during + crash)).summary;
    expect([totals.sent, totals.accepted, totals.timedOut]).toEqual([50, 41, 9]);
  });
});

const busy = (of: { rate: number; latency: string; type: string; queues: number }) => `
rabbitmq:
  exchanges: {x: {type: fanout}}
  queues: {${Array.from({ length: of.queues }, (_, i) => `q${i}: {arguments: {x-queue-type: ${of.type}}}`).join(", ")}}
  bindings: [${Array.from({ length: of.queues }, (_, i) => `{source: x, destination: q${i}}`).join(", ")}]
producers: {p: {exchange: x, rate: ${of.rate}/s, arrivals: constant, until: 500ms}}
consumers: {c: {queue: q0, prefetch: 10, processing: 1us}}
run: {duration: 60s, calibration: {preset: lan, queuePublish: 1ms, networkLatency: ${of.latency}}}
`;

describe("credit flow", () => {
  it("lets no more than the credit of channel and queue be under way inside the broker", () => {
    const file = { rate: 5000, latency: "0ms", queues: 1 };
    for (const [type, most] of [
      ["classic", 800],
      ["quorum", 440],
    ] as const) {
      const result = run(busy({ ...file, type }));
      expect(result.summary.occurrences.byKind["flowControlled"]).toBeGreaterThan(0);
      const received = timesAt(result, "brokerReceived");
      const taken = timesAt(result, "enqueued");
      let under = 0;
      for (const [i, at] of received.entries())
        under = Math.max(under, i + 1 - taken.filter((one) => one < at).length);
      expect(under).toBeLessThanOrEqual(most);
      expect(under).toBeGreaterThan(most / 2);
    }
  });

  it("does nothing to a publisher that its queue keeps up with", () => {
    const { byKind } = run(busy({ rate: 400, latency: "1ms", type: "classic", queues: 1 })).summary
      .occurrences;
    expect(byKind["flowControlled"]).toBeUndefined();
  });

  it("comes back from a queue that was down, and refused what came meanwhile", () => {
    const down = "timeline: [{at: 100ms, crash: {queue: q0}}, {at: 1s, start: {queue: q0}}]\n";
    const file = busy({ rate: 5000, latency: "0ms", type: "classic", queues: 1 }) + down;
    const { totals } = run(file.replace("until: 500ms", "until: 2s")).summary;
    expect(totals.sent).toBe(10_000);
    expect(totals.refused).toBeGreaterThan(400);
    expect(totals.unfinished).toBe(0);
  });

  it("loses nothing, whatever the rate, the latency and the queues", () => {
    const types = fc.constantFrom("classic", "quorum");
    const latency = fc.constantFrom("0ms", "100us", "5ms");
    const file = fc.record({
      rate: fc.integer({ min: 500, max: 8000 }),
      latency,
      type: types,
      queues: fc.nat(2).map((n) => n + 1),
    });
    fc.assert(
      fc.property(file, (of) => {
        const { queues, totals } = run(busy(of)).summary;
        expect(totals.accepted).toBe(totals.sent);
        for (const { enqueued } of Object.values(queues)) expect(enqueued).toBe(totals.sent);
      }),
      { numRuns: 15 },
    );
  });
});
