import { describe, expect, it } from "vitest";
import { run, told } from "../log/run-log.ts";

interface Parts {
  readonly nodes?: number;
  readonly queue?: string;
  readonly producer?: string;
  readonly consumers?: string;
  readonly timeline: string;
  readonly duration?: string;
}

/** Ten messages, one each 100 ms from 0 on; a hop takes 10 ms, everything else no time, unless it is said. */
const file = ({
  nodes = 1,
  queue = "{}",
  producer = "",
  consumers = "",
  timeline,
  duration = "10m",
}: Parts) => `
rabbitmq: {nodes: ${nodes}, queues: {q: ${queue}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 1s${producer}}}
consumers: {${consumers}}
run: {duration: ${duration}, calibration: {preset: ideal, networkLatency: 10ms}}
timeline: [${timeline}]
`;

const summaryOf = (parts: Parts) => run(file(parts), { auditEvery: 1 }).summary;
const toldOf = (parts: Parts) => told({ summary: summaryOf(parts) }, "requeued");
const consumer = "c: {queue: q, prefetch: 4, processing: 400ms}";

describe("a client that is cut off for a moment", () => {
  it("goes on where it was: what was sent meanwhile waits in the sockets", () => {
    const timeline = "{at: 550ms, for: 20s, isolate: {consumers: [c]}}";
    const { consumers } = summaryOf({ consumers: consumer, timeline });
    const { delivered, redelivered, processed, duplicates } = consumers["c"]!;
    expect([delivered, redelivered, processed, duplicates]).toEqual([10, 0, 10, 0]);
    expect(toldOf({ consumers: consumer, timeline })).toEqual([
      "550 isolated timeline",
      "20550 reconnected timeline",
    ]);
  });

  it("as a producer, too: its messages come late, in their order", () => {
    const timeline = "{at: 550ms, for: 20s, isolate: {producers: [p]}}";
    const { consumers, producers } = summaryOf({
      consumers: "c: {queue: q, prefetch: 1, processing: 0ms}",
      producer: ", confirms: true",
      timeline,
    });
    expect([producers["p"]!.accepted, producers["p"]!.timedOut]).toEqual([10, 0]);
    expect([consumers["c"]!.processed, consumers["c"]!.order.violations]).toEqual([10, 0]);
    // The one of 600 ms waits until the network is there again.
    expect(consumers["c"]!.latency.max).toBeGreaterThan(19_900);
  });
});

describe("a consumer that is cut off for long", () => {
  it("loses what it holds when the broker has missed its heartbeats, and comes back by its own", () => {
    const parts: Parts = {
      consumers: `${consumer}, d: {queue: q, prefetch: 1, processing: 1ms, from: 2s}`,
      timeline: "{at: 550ms, for: 4m, isolate: {consumers: [c]}}",
    };
    expect(toldOf(parts)).toEqual([
      "550 isolated timeline",
      // The client reads for 135 s without hearing anything, the broker looks at 180 s for the second time in vain.
      "135550 connectionLost",
      "180000 heartbeatsMissed heartbeat",
      "180000 connectionClosed",
      "240550 reconnected timeline",
      "240550 connectionRecovered",
    ]);
    const { c, d } = summaryOf(parts).consumers;
    // One was acknowledged, and three of those that it held it has finished without anybody hearing of it.
    expect([c!.processed, d!.redelivered, d!.processed + d!.duplicates]).toEqual([5, 4, 9]);
  });

  it("hears of the end as soon as it is back, where the broker was first", () => {
    const parts = { consumers: consumer, timeline: "{at: 59s, for: 130s, isolate: {consumers: [c]}}" };
    expect(toldOf(parts)).toEqual([
      "59000 isolated timeline",
      "180000 heartbeatsMissed heartbeat",
      "180000 connectionClosed",
      "189000 reconnected timeline",
      "189000 connectionLost",
      "194000 connectionRecovered",
    ]);
  });

  it("goes to a node that it reaches", () => {
    const parts = {
      nodes: 2,
      consumers: consumer,
      timeline: "{at: 550ms, isolate: {consumers: [c], from: [2]}}",
    };
    expect(toldOf(parts)).toEqual([
      "550 isolated timeline: node 2",
      "135550 connectionLost",
      "140550 connectionRecovered",
      "180000 heartbeatsMissed heartbeat",
      "180000 connectionClosed",
    ]);
    expect(summaryOf(parts).consumers["c"]!.processed).toBe(10);
  });

  it("without acks loses what was on its way", () => {
    const { totals, consumers } = summaryOf({
      consumers: "c: {queue: q, ack: auto, processing: 1ms}",
      timeline: "{at: 550ms, isolate: {consumers: [c]}}",
    });
    expect([totals.lost.consumer, consumers["c"]!.processed]).toEqual([4, 6]);
  });

  it("that crashes meanwhile is missed all the same", () => {
    const { queues, occurrences } = summaryOf({
      consumers: consumer,
      timeline: "{at: 550ms, isolate: {consumers: [c]}}, {at: 1s, crash: {consumer: c}}",
    });
    expect(queues["q"]!.unacked.end).toBe(0);
    expect(occurrences.first.at(-1)!.at).toBe(180_000);
  });
});

describe("a producer that is cut off for long", () => {
  it("sends again what was not confirmed, and gives up the rest where nothing is", () => {
    const outcome = (producer: string) => {
      const { producers, queues } = summaryOf({
        producer,
        timeline: "{at: 550ms, for: 3m, isolate: {producers: [p]}}",
      });
      const { accepted, timedOut } = producers["p"]!;
      return [accepted, timedOut, queues["q"]!.depth.end];
    };
    expect(outcome(", confirms: true")).toEqual([10, 0, 10]);
    expect(outcome("")).toEqual([6, 4, 6]);
  });

  it("tells so", () => {
    const parts = {
      producer: ", confirms: true",
      timeline: "{at: 550ms, for: 3m, isolate: {producers: [p]}}",
    };
    expect(toldOf(parts)).toEqual([
      "550 isolated timeline",
      "135550 connectionLost",
      "180550 reconnected timeline",
      "180550 connectionRecovered",
    ]);
  });
});

describe("nodes that are cut off", () => {
  const quorum = "{arguments: {x-queue-type: quorum, x-queue-leader-locator: balanced}}";
  const sends = "rate: 10/s, arrivals: constant, until: 30s, confirms: true";
  const cluster = (queue: string, timeline: string, consumers = "") => `
rabbitmq: {nodes: 3, queues: {q: ${queue}}}
producers: {a: {queue: q, ${sends}}, b: {queue: q, ${sends}}}
consumers: {${consumers}}
run: {duration: 10m, calibration: {preset: ideal, networkLatency: 10ms}}
timeline: [${timeline}]
`;
  const outcome = (text: string) => {
    const { summary } = run(text, { auditEvery: 1 });
    const { producers, queues, totals } = summary;
    return {
      accepted: [producers["a"]!.accepted, producers["b"]!.accepted],
      refused: [producers["a"]!.refused, producers["b"]!.refused],
      enqueued: queues["q"]!.enqueued,
      lost: totals.lost.broker,
      told: told({ summary }),
    };
  };

  it("leave a quorum queue to the majority; their clients wait, and find others when they miss heartbeats", () => {
    // `a` is connected to node 1, which leads, `b` to node 2.
    const { accepted, lost, told } = outcome(cluster(quorum, "{at: 10s, for: 20s, isolate: {nodes: [1]}}"));
    expect([...accepted, lost]).toEqual([300, 300, 0]);
    expect(told[0]).toBe("10000 isolated timeline");
    expect(told[1]).toBe("15000 queueUnavailable no majority");
    expect(told[2]).toMatch(/^15\d\d\d(?:\.\d+)? queueAvailable/);
    expect(told.slice(3)).toEqual(["30000 reconnected timeline"]);
  });

  it("have no majority where they are too many", () => {
    const { accepted, told } = outcome(
      cluster(quorum, "{at: 10s, for: 20s, isolate: {nodes: [1, 2, 3], from: [1, 2, 3]}}"),
    );
    // Those who are cut off together reach each other.
    expect(accepted).toEqual([300, 300]);
    expect(told.filter((text) => text.includes("queue"))).toEqual([]);
    const apart = "{at: 10s, for: 20s, isolate: {nodes: [1]}}, {at: 10s, for: 20s, isolate: {nodes: [2]}}";
    const alone = outcome(cluster(quorum, apart));
    expect([...alone.accepted, alone.lost]).toEqual([300, 300, 0]);
    expect(alone.told.filter((text) => text.includes("queue"))).toEqual([
      "15000 queueUnavailable no majority",
      expect.stringMatching(/^30\d\d\d queueAvailable/),
    ]);
  });

  it("keep a classic queue from the others, whose messages are refused when nodes take each other for down", () => {
    const { accepted, refused, enqueued } = outcome(
      cluster("{}", "{at: 10s, for: 3m, isolate: {nodes: [1], from: [2, 3]}}"),
    );
    // All that `b` sent since 10 s came to node 2 before 70 s.
    expect([...accepted, ...refused]).toEqual([300, 100, 0, 200]);
    expect(enqueued).toBe(400);
  });

  it("that are back in time have missed nothing", () => {
    const { accepted, refused, told } = outcome(
      cluster("{}", "{at: 10s, for: 50s, isolate: {nodes: [1], from: [2, 3]}}"),
    );
    expect([...accepted, ...refused, told.length]).toEqual([300, 300, 0, 0, 2]);
  });

  it("cancel consumers of queues that they do not reach, which come back later", () => {
    // The consumer is on node 3.
    const reader = "c: {queue: q, prefetch: 3, processing: 5ms}";
    const parts = cluster(
      "{arguments: {x-queue-leader-locator: balanced}}",
      "{at: 10s, for: 2m, isolate: {nodes: [1], from: [2, 3]}}",
      reader,
    );
    const { consumers, queues } = run(parts, { auditEvery: 1 }).summary;
    expect(consumers["c"]!.processed).toBe(400);
    expect(queues["q"]!.depth.max).toBeGreaterThan(190);
    expect(consumers["c"]!.redelivered).toBeGreaterThan(0);
  });
});
