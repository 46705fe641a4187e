import { describe, expect, it } from "vitest";
import { run, timesAt, told } from "../log/run-log.ts";

interface Parts {
  readonly nodes?: number;
  readonly queue?: string;
  readonly producer?: string;
  readonly consumer?: string;
  readonly calibration?: string;
  readonly timeline?: string;
}

/** Ten messages, one each 100 ms from 0 on; everything else takes no time, unless it is said. */
const file = ({
  nodes = 3,
  queue = "{}",
  producer = "",
  consumer,
  calibration = "ideal",
  timeline = "",
}: Parts) => `
rabbitmq: {nodes: ${nodes}, queues: {q: ${queue}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 1s${producer}}}
${consumer === undefined ? "" : `consumers: {c: {queue: q, ${consumer}}}`}
run: {duration: 60s, calibration: ${calibration}}
timeline: [${timeline}]
`;

const resultOf = (parts: Parts) => run(file(parts), { auditEvery: 1 });
const summaryOf = (parts: Parts) => resultOf(parts).summary;
const occurrencesOf = (parts: Parts) => told(resultOf(parts));
const quorum = "{arguments: {x-queue-type: quorum}}";
const slowNetwork = "{preset: ideal, networkLatency: 10ms}";

describe("nodes", () => {
  it("spread connections in turn; a queue is where its first consumer is, a hop away from the others", () => {
    const latency = (nodes: number, queue = "{}") =>
      summaryOf({ nodes, queue, consumer: "processing: 0ms", calibration: slowNetwork }).consumers["c"]!
        .latency.mean;
    expect(latency(1)).toBe(20);
    expect(latency(3)).toBe(30);
    // Where it is balanced over nodes that lead nothing yet the first leads: the hop is the consumer's.
    expect(latency(3, "{arguments: {x-queue-master-locator: min-masters}}")).toBe(30);
    // Its leader hears from one of the two others.
    expect(latency(3, quorum)).toBe(50);
    expect(latency(3, "{arguments: {x-queue-type: quorum, x-quorum-initial-group-size: 1}}")).toBe(30);
  });

  it("confirm a message of a quorum queue when a majority of its replicas has it on disk", () => {
    const stream = "{arguments: {x-queue-type: stream}}";
    const confirmed = (queue: string) => {
      const calibration = "{preset: ideal, networkLatency: 10ms, diskFlush: 3ms}";
      const result = resultOf({ queue, producer: ", confirms: true", calibration });
      return timesAt(result, "acknowledged").slice(0, 2);
    };
    // There and back to the broker, a copy to another node and its flush there, and the answer.
    expect(confirmed(quorum)).toEqual([43, 143]);
    expect(confirmed(stream)).toEqual([43, 143]);
  });
});

describe("a node that crashes", () => {
  const crash = "{at: 550ms, crash: {node: 1}}, {at: 20s, start: {node: 1}}";

  it("keeps what is persistent in a durable queue, and loses the rest", () => {
    const kept = (queue: string, producer: string) => {
      const { totals, queues, producers } = summaryOf({ nodes: 1, queue, producer, timeline: crash });
      return [queues["q"]!.depth.end, totals.lost.broker, producers["p"]!.accepted];
    };
    // Six were sent by then. The client waits with the others until it is connected again, and knows what was confirmed.
    expect(kept("{}", ", confirms: true")).toEqual([10, 0, 10]);
    expect(kept("{}", ", confirms: true, properties: {delivery_mode: 1}")).toEqual([4, 6, 10]);
    // A queue that is not durable is gone, and stays so.
    expect(kept("{durable: false}", ", confirms: true")).toEqual([0, 6, 6]);
    expect(kept(quorum, ", confirms: true, properties: {delivery_mode: 1}")).toEqual([10, 0, 10]);
  });

  it("tells so", () => {
    const properties = ", properties: {delivery_mode: 1}";
    expect(occurrencesOf({ nodes: 1, producer: properties, timeline: crash })).toEqual([
      "550 crashed timeline",
      "550 messagesLost transient",
      "550 queueUnavailable no node",
      "550 connectionLost",
      "20000 started timeline",
      "20000 queueAvailable",
      "20550 connectionRecovered",
    ]);
  });

  it("turns away what comes to its queue by other nodes", () => {
    const { producers, queues } = summaryOf({
      nodes: 2,
      queue: "{}",
      producer: ", confirms: true",
      consumer: "processing: 1ms",
      timeline: "{at: 550ms, crash: {node: 2}}",
    });
    expect([producers["p"]!.accepted, producers["p"]!.refused]).toEqual([6, 4]);
    expect(queues["q"]!.enqueued).toBe(6);
  });

  it("has what its consumers held delivered again; what was in work goes on, to be done twice", () => {
    const consumer = "prefetch: 4, processing: 400ms";
    const { consumers, queues } = summaryOf({
      nodes: 1,
      consumer,
      timeline: "{at: 550ms, restart: {node: 1}}",
    });
    const { delivered, redelivered, processed, duplicates } = consumers["c"]!;
    // One was done; one in work and three in the buffer came back, and the one in work ended meanwhile.
    expect([delivered, redelivered, processed, duplicates]).toEqual([14, 4, 10, 1]);
    expect(queues["q"]!.unacked.end).toBe(0);
  });

  it("makes a client with confirms send again what it has not heard of, which may be there already", () => {
    const parts = {
      nodes: 1,
      calibration: "{preset: ideal, networkLatency: 60ms}",
      timeline: "{at: 510ms, crash: {node: 1}}, {at: 1s, start: {node: 1}}",
    };
    const queued = (producer: string) => {
      const { queues, producers } = summaryOf({ ...parts, producer });
      const { accepted, timedOut } = producers["p"]!;
      return [queues["q"]!.depth.end, accepted, timedOut];
    };
    // The one of 400 ms was there, its confirm was not; the one of 500 ms was on its way.
    expect(queued(", confirms: true")).toEqual([11, 10, 0]);
    expect(queued("")).toEqual([9, 9, 1]);
    const { consumers } = summaryOf({
      ...parts,
      producer: ", confirms: true",
      consumer: "processing: 0ms, from: 2s",
    });
    expect([consumers["c"]!.processed, consumers["c"]!.duplicates]).toEqual([10, 1]);
  });
});

describe("a quorum queue", () => {
  const confirms = ", confirms: true";
  const up = "{at: 10s, start: {node: 2}}, {at: 10s, start: {node: 3}}";

  it("goes on without a minority of its nodes, and stands still without a majority until that is back", () => {
    const accepted = (timeline: string) => {
      const result = resultOf({ queue: quorum, producer: confirms, timeline });
      return timesAt(result, "acknowledged").filter((time) => time < 10_000).length;
    };
    expect(accepted("{at: 550ms, crash: {node: 2}}")).toBe(10);
    expect(accepted(`{at: 550ms, crash: {node: 2}}, {at: 550ms, crash: {node: 3}}, ${up}`)).toBe(6);
    const { producers, queues, totals } = summaryOf({
      queue: quorum,
      producer: confirms,
      timeline: `{at: 550ms, crash: {node: 2}}, {at: 550ms, crash: {node: 3}}, ${up}`,
    });
    expect([producers["p"]!.accepted, queues["q"]!.depth.end, totals.lost.broker]).toEqual([10, 10, 0]);
  });

  it("starts again with what came meanwhile, and the next single active consumer gets it", () => {
    const { queues, consumers, totals } = run(`
rabbitmq: {nodes: 1, queues: {q: {arguments: {x-queue-type: quorum, x-single-active-consumer: true}}}}
producers: {p: {queue: q, confirms: true, rate: 20/s, until: 22s}}
consumers:
  c: {queue: q, prefetch: 10, processing: {exponential: 60ms}}
  d: {queue: q, prefetch: 5, processing: 1ms}
timeline:
  - {at: 1069ms, crash: {queue: q}}
  - {at: 1069ms, stop: {consumer: c}}
  - {at: 24s, start: {queue: q}}
run: {duration: 60s, seed: 0, calibration: {preset: ideal, networkLatency: 20ms}}
`).summary;
    expect([queues["q"]!.depth.end, totals.unfinished, totals.lost.broker]).toEqual([0, 0, 0]);
    expect(consumers["d"]!.processed).toBeGreaterThan(300);
  });

  it("elects another leader, with all that was confirmed, after an election timeout", () => {
    const parts = {
      queue: quorum,
      producer: confirms,
      consumer: "prefetch: 1, processing: 1ms",
      timeline: "{at: 550ms, crash: {node: 2}}",
    };
    const { totals, consumers, occurrences } = summaryOf(parts);
    expect([totals.elections, totals.lost.broker, consumers["c"]!.processed]).toEqual([1, 0, 10]);
    const back = occurrences.first.find(({ kind }) => kind === "queueAvailable")!;
    expect(back.at).toBeGreaterThan(650);
    expect(back.at).toBeLessThan(1150);
  });
});

it("of more than sixteen replicas each counts", () => {
  const crashes = [2, 3, 4, 5, 6, 7, 8, 9].map((node) => `{at: 50ms, crash: {node: ${node}}}`);
  const { producers } = summaryOf({
    nodes: 17,
    queue: "{arguments: {x-queue-type: quorum, x-quorum-initial-group-size: 17}}",
    producer: ", confirms: true",
    calibration: slowNetwork,
    timeline: crashes.join(", "),
  });
  // Nine are left, the last one among them.
  expect(producers["p"]!.accepted).toBe(10);
  const stream = "{arguments: {x-queue-type: stream}}";
  expect(() => summaryOf({ nodes: 129, queue: stream })).toThrow("A queue can have 128 replicas");
});
