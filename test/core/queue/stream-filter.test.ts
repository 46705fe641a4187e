import { describe, expect, it } from "vitest";
import { check, parse, stopsRun } from "../../../src/core/index.ts";
import { playScenario } from "../../../src/core/queue/scenario-player.ts";
import { StreamFilter } from "../../../src/core/queue/stream-filter.ts";
import { simulate } from "../../../src/core/run.ts";

/** What consumer `c` of a stream got and finished: 100 messages a second for 4 s from each of these. */
function read(flows: string, filter: string, { queue = "", calibration = "lan", version = "4.1" } = {}) {
  const text = `topology: 1
rabbitmq:
  version: "${version}"
  queues: {s: {arguments: {x-queue-type: stream${queue}}}}
producers: {p: {queue: s, rate: 300/s, until: 4s, arrivals: constant, flows: {${flows}}}}
consumers: {c: {queue: s, prefetch: 100, processing: 10us, arguments: {${filter}}}}
run: {duration: 6s, calibration: ${calibration}}
`;
  expect(check(text).filter(stopsRun)).toEqual([]);
  const { summary } = simulate(parse(text).topology, { auditEvery: 1 });
  const { delivered, processed } = summary.consumers["c"]!;
  const sent = Object.fromEntries(
    Object.entries(summary.producers).map(([name, { sent: count }]) => [name, count]),
  );
  return { delivered, processed, sent, busiest: summary.queues["s"]!.depth.end };
}

const flow = (value: string): string => `${value}: {headers: {x-stream-filter-value: ${value}}}`;
const three = `${flow("eu")}, ${flow("us")}, none: {}`;

describe("a consumer of a stream", () => {
  it("gets the chunks alone that hold what it asks for", () => {
    const all = read(three, "x-stream-offset: first");
    const some = read(three, "x-stream-offset: first, x-stream-filter: eu");
    expect(all.processed).toBe(all.busiest);
    expect(some.busiest).toBe(all.busiest);
    expect(some.processed).toBeGreaterThan(200);
    expect(some.processed).toBeLessThan(all.processed / 2);
    expect(some.delivered).toBe(some.processed);
  });

  it("and those without a value where it says so", () => {
    const some = read(three, "x-stream-offset: first, x-stream-filter: eu");
    const more = read(three, "x-stream-offset: first, x-stream-filter: eu, x-stream-match-unfiltered: true");
    const others = read(three, "x-stream-offset: first, x-stream-filter: us");
    expect(more.processed + others.processed).toBe(more.busiest);
    expect(more.processed).toBeGreaterThan(some.processed);
  });

  it("acks unread what comes along with it, or only seems to be asked for", () => {
    const others = read(`${flow("ve")}, ${flow("us")}`, "x-stream-offset: first, x-stream-filter: uy");
    expect(others.delivered).toBeGreaterThan(500);
    expect(others.processed).toBe(0);
    const larger = { queue: ", x-stream-filter-size-bytes: 255" };
    const none = read(`${flow("ve")}, ${flow("us")}`, "x-stream-offset: first, x-stream-filter: uy", larger);
    expect(none.delivered).toBe(0);
  });

  it("gets all from a broker that does not know filters", () => {
    const old = read(three, "x-stream-offset: first, x-stream-filter: eu", { version: "3.12" });
    expect(old.processed).toBe(old.busiest);
  });

  it("is refused where its queue is no stream", () => {
    const { trace } = playScenario(
      {
        name: "filter",
        queues: [{ name: "q" }],
        steps: [{ op: "consume", consumer: "c", queue: "q", args: { "x-stream-filter": "eu" } }],
      },
      "4.1",
    );
    expect(trace?.[0]?.error?.code).toBe(406);
  });
});

describe("the filter of a chunk", () => {
  it("holds two bits of each value, and one for messages without", () => {
    const filter = new StreamFilter("uy", false);
    expect(filter.passes(["uy"], 16)).toBe(true);
    expect(filter.passes(["us", undefined], 16)).toBe(false);
    expect(filter.passes([undefined, "ve"], 16)).toBe(true);
    expect(filter.passes([undefined, "ve"], 255)).toBe(false);
    expect(new StreamFilter("uy", true).passes([undefined], 16)).toBe(true);
  });
});
