import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/core/run.ts";
import type { Result } from "../../../src/core/stats/result.ts";
import { Station } from "../../../src/core/stats/trace.ts";
import { topologyOf, type TopologyOptions } from "./topologies.ts";

const ms = 1e6;
const second = 1000 * ms;

const run = (options: TopologyOptions): Result => simulate(topologyOf(options), { auditEvery: 1000 });

/** The stations of one message in the order of its journey. */
function journey({ trace }: Result, message: number): string[] {
  const names = Object.entries(Station);
  const steps: string[] = [];
  for (let row = 0; row < trace.rows; row++)
    if (trace.message[row] === message) steps.push(names.find(([, code]) => code === trace.station[row])![0]);
  return steps;
}

/** Numbers of the messages in the order in which they passed a station. */
function passing({ trace }: Result, station: number): number[] {
  const all: number[] = [];
  for (let row = 0; row < trace.rows; row++)
    if (trace.station[row] === station) all.push(trace.message[row]!);
  return all;
}

const bursts = (size: number) => ({ kind: "bursts", size, every: second }) as const;
const constant = (value: number) => ({ kind: "constant", value }) as const;

describe("a message's way", () => {
  it.each(["ideal", "lan", "cloud"] as const)("leads past every station under %s", (preset) => {
    const result = run({
      preset,
      queues: ["q"],
      producers: { p: { queue: "q", messages: 1, publishing: { confirmWindow: 10 } } },
      consumers: { c: { queues: ["q"] } },
      trace: 10,
    });
    expect(journey(result, 0).filter((step) => step !== "acknowledged")).toEqual([
      "sent",
      "clientDone",
      "brokerReceived",
      "routed",
      "enqueued",
      "dispatched",
      "received",
      "takenUp",
      "finished",
      "settled",
    ]);
    expect(journey(result, 0)).toContain("acknowledged");
    expect(result.summary.totals).toMatchObject({ sent: 1, accepted: 1, processed: 1, unfinished: 0 });
  });

  it("under lan takes the time that its stations cost", () => {
    const result = run({
      preset: "lan",
      queues: ["q"],
      producers: { p: { queue: "q", messages: 1 } },
      consumers: { c: { queues: ["q"], processing: constant(ms) } },
    });
    const wire = 2 * (100_000 + (1024 + 96) * 0.8);
    const parse = 5000 + 0.5 * 1024;
    const wait = 5000 + wire + parse + 5000 + 3000;
    expect(result.summary.consumers["c"]!.wait.mean! * ms).toBeCloseTo(wait, 3);
  });

  it("splits into one copy for each queue, however many bindings match", () => {
    const { summary, graph } = run({
      exchanges: { e: "topic", all: "fanout" },
      queues: ["a", "b", "rest"],
      alternates: { e: "all" },
      bindings: [
        ["e", "a", "x.#"],
        ["e", "a", "#.y"],
        ["e", "b", "x.y"],
        ["all", "rest", ""],
      ],
      producers: { p: { exchange: "e", messages: 90, routingKeys: ["x.y", "z"] } },
      consumers: { c: { queues: ["a", "b", "rest"], concurrency: 50 } },
    });
    const { a, b, rest } = summary.queues;
    expect(a!.enqueued + rest!.enqueued).toBe(90);
    expect(b!.enqueued).toBe(a!.enqueued);
    expect(summary.totals).toMatchObject({ accepted: 90, processed: 90 + b!.enqueued, unfinished: 0 });
    expect(summary.exchanges["e"]).toEqual({ published: 90, unroutable: 0 });
    const edge = graph.edges.find(({ from, to }) => from === "exchange:e" && to === "queue:a");
    expect(edge).toMatchObject({ label: "x.#, #.y", messages: a!.enqueued });
    expect(graph.edges.find(({ to }) => to === "exchange:all")).toMatchObject({
      label: "alternate",
      messages: rest!.enqueued,
    });
  });

  it("ends at an exchange that leads nowhere: confirmed all the same, and returned if mandatory", () => {
    const producers = {
      plain: { exchange: "e", messages: 5 },
      wary: { exchange: "e", messages: 7, publishing: { mandatory: true, confirmWindow: 1 } },
    };
    const { summary } = run({ preset: "lan", exchanges: { e: "direct" }, queues: ["q"], producers });
    expect(summary.producers["plain"]).toMatchObject({ sent: 5, accepted: 0, unroutable: 5, returned: 0 });
    expect(summary.producers["wary"]).toMatchObject({ sent: 7, unroutable: 7, returned: 7, underWay: 0 });
    expect(summary.exchanges["e"]).toEqual({ published: 12, unroutable: 12 });
  });

  it("ends at an internal exchange, which refuses what applications publish", () => {
    const { summary } = run({
      preset: "lan",
      exchanges: { e: "fanout" },
      internal: ["e"],
      queues: ["q"],
      bindings: [["e", "q", ""]],
      producers: { p: { exchange: "e", messages: 6, publishing: { confirmWindow: 2 } } },
    });
    expect(summary.producers["p"]).toMatchObject({ sent: 6, accepted: 0, refused: 6, underWay: 0 });
    expect(summary.queues["q"]!.enqueued).toBe(0);
  });

  it("follows a template's key", () => {
    const { summary } = run({
      exchanges: { e: "direct" },
      queues: ["q0", "q1"],
      bindings: [
        ["e", "q0", "device.0.temp"],
        ["e", "q1", "device.1.temp"],
      ],
      producers: {
        p: {
          exchange: "e",
          messages: 60,
          key: { kind: "uniform", values: 3 },
          template: "device.{key}.temp",
        },
      },
    });
    const { q0, q1 } = summary.queues;
    expect(Math.min(q0!.enqueued, q1!.enqueued)).toBeGreaterThan(5);
    expect(q0!.enqueued + q1!.enqueued + summary.totals.unroutable).toBe(60);
    expect(summary.totals.unfinished).toBe(q0!.enqueued + q1!.enqueued);
  });
});

describe("deliveries", () => {
  it("are dealt in turn to consumers with credit", () => {
    const { summary } = run({
      queues: ["q"],
      producers: { p: { queue: "q", messages: 40, arrivals: bursts(40) } },
      consumers: { c: { queues: ["q"], instances: 4, processing: constant(ms), settings: { prefetch: 5 } } },
    });
    expect(summary.consumers["c"]!.instances.map((one) => one.processed)).toEqual([10, 10, 10, 10]);
    expect(summary.queues["q"]!.unacked.max).toBe(20);
    expect(summary.queues["q"]!.depth.max).toBe(20);
  });

  it("of a lone consumer that fails come straight back, in their place", () => {
    const result = run({
      queues: ["q"],
      producers: { p: { queue: "q", messages: 3, arrivals: bursts(3) } },
      consumers: { c: { queues: ["q"], processing: constant(ms), failures: 0.5, settings: { prefetch: 1 } } },
      trace: 10,
      seed: 5,
    });
    const { redelivered, failed, processed } = result.summary.consumers["c"]!;
    expect(failed).toBeGreaterThan(0);
    expect(redelivered).toBe(failed);
    expect(processed).toBe(3);
    expect(passing(result, Station.finished)).toEqual([0, 1, 2]);
    expect(result.summary.consumers["c"]!.order.violations).toBe(0);
  });

  it("that fail are dropped where they are rejected and lost where nothing waits for an ack", () => {
    const outcome = (settings: object) =>
      run({
        queues: ["q"],
        producers: { p: { queue: "q", messages: 20 } },
        consumers: { c: { queues: ["q"], failures: 1, processing: constant(ms), settings } },
      }).summary;
    const rejecting = outcome({ onFailure: "reject" });
    expect(rejecting.queues["q"]!.dropped).toEqual({ rejected: 20 });
    expect(rejecting.totals).toMatchObject({
      dropped: 20,
      processed: 0,
      unfinished: 0,
      lost: { broker: 0, consumer: 0 },
    });
    for (const ack of ["auto", "early"]) {
      const losing = outcome({ ack });
      expect(losing.queues["q"]!.dropped).toEqual({});
      expect(losing.totals).toMatchObject({
        dropped: 0,
        processed: 0,
        unfinished: 0,
        lost: { broker: 0, consumer: 20 },
      });
    }
  });

  it("finish out of order where several handlers overtake each other, unless each key is its own", () => {
    const violations = (key: "none" | "unique", concurrency: number) =>
      run({
        queues: ["q"],
        producers: { p: { queue: "q", messages: 500, arrivals: bursts(100), key: { kind: key } } },
        consumers: { c: { queues: ["q"], concurrency } },
      }).summary.consumers["c"]!.order.violations;
    expect(violations("none", 1)).toBe(0);
    expect(violations("none", 4)).toBeGreaterThan(50);
    expect(violations("unique", 4)).toBe(0);
  });

  it("wait in the queue for a consumer that comes later, and go back when it leaves", () => {
    const { summary } = run({
      queues: ["q"],
      producers: { p: { queue: "q", messages: 10, arrivals: bursts(10) } },
      consumers: {
        early: { queues: ["q"], processing: constant(second), stopsAt: 2.5 * second },
        late: { queues: ["q"], processing: constant(second), startsAt: 10 * second },
      },
    });
    expect(summary.consumers["early"]).toMatchObject({ delivered: 10, processed: 3 });
    expect(summary.consumers["late"]).toMatchObject({ delivered: 7, redelivered: 7, processed: 7 });
    expect(summary.totals.unfinished).toBe(0);
  });
});

describe("a confirm window", () => {
  it("lets as many go unconfirmed, and latency counts the wait for it", () => {
    const latency = (confirmWindow: number) =>
      run({
        costs: { networkLatency: ms },
        queues: ["q"],
        producers: { p: { queue: "q", messages: 10, arrivals: bursts(10), publishing: { confirmWindow } } },
        consumers: { c: { queues: ["q"], concurrency: 10, processing: constant(0) } },
      }).summary.consumers["c"]!.latency;
    expect(latency(Infinity).max).toBeCloseTo(2, 6);
    expect(latency(5).max).toBeCloseTo(4, 6);
    expect(latency(1).max).toBeCloseTo(20, 6);
    expect(latency(1).mean).toBeCloseTo(11, 6);
  });

  it("waits for the disk where a message is to survive, and only there", () => {
    const rate = (persistent: boolean) => {
      const closed = { kind: "closed", clients: 1, think: constant(0) } as const;
      const { producers } = run({
        costs: { networkLatency: 10_000, diskBandwidth: 1e6 },
        queues: ["q"],
        producers: {
          p: { queue: "q", arrivals: closed, publishing: { persistent, confirmWindow: Infinity } },
        },
        duration: second,
      }).summary;
      return producers["p"]!.accepted;
    };
    expect(rate(true)).toBe(Math.floor(1e9 / (20_000 + 1024 * 1000)));
    expect(rate(false)).toBe(50_000);
  });
});

describe("conservation", () => {
  const consumer = fc.record({
    instances: fc.integer({ min: 1, max: 3 }),
    concurrency: fc.integer({ min: 1, max: 3 }),
    failures: fc.constantFrom(0, 0.3),
    stopsAt: fc.constantFrom(Infinity, 2 * second),
    startsAt: fc.constantFrom(0, second),
    settings: fc.record({
      prefetch: fc.constantFrom(1, 2, 10, Infinity),
      ack: fc.constantFrom("manual" as const, "auto" as const, "early" as const),
      onFailure: fc.constantFrom("requeue" as const, "reject" as const),
    }),
  });

  it("gives each copy one state at every event, and each message one outcome", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("ideal" as const, "laptop" as const, "cloud" as const),
        fc.constantFrom(0, 1, 20, Infinity),
        fc.constantFrom("none" as const, "unique" as const, "uniform" as const),
        consumer,
        consumer,
        (preset, confirmWindow, kind, one, two) => {
          const topology = topologyOf({
            preset,
            exchanges: { e: "fanout" },
            queues: ["a", "b"],
            bindings: [
              ["e", "a", ""],
              ["e", "b", ""],
            ],
            producers: {
              p: {
                exchange: "e",
                arrivals: { kind: "poisson", rate: 100 },
                key: { kind, values: 3 },
                publishing: { confirmWindow },
              },
              nowhere: { queue: "none", publishing: { confirmWindow } },
            },
            consumers: {
              one: { ...one, queues: ["a"], processing: { kind: "exponential", mean: 8 * ms } },
              two: { ...two, queues: ["a", "b"], processing: { kind: "exponential", mean: 8 * ms } },
            },
            duration: 4 * second,
          });
          const { summary } = simulate(topology, { auditEvery: 7 });
          const { totals, queues } = summary;
          for (const stats of Object.values(summary.producers))
            expect(stats.sent).toBe(stats.accepted + stats.unroutable + stats.underWay);
          const entered = queues["a"]!.enqueued + queues["b"]!.enqueued;
          const ended = totals.processed + totals.dropped + totals.lost.consumer;
          const onTheWay = ended + totals.unfinished - entered;
          expect(onTheWay).toBeGreaterThanOrEqual(0);
          if (preset === "ideal") expect(onTheWay).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
