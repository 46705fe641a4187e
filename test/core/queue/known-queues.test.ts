import { describe, expect, it } from "vitest";
import { run } from "../log/run-log.ts";

/** `a` is connected to node 1, where `q` is, `b` to node 2, and the readers to node 3 and 1. A hop takes 10 ms. */
const file = (version: string, timeline: string, more = "") => `
rabbitmq:
  version: "${version}"
  nodes: 3
  config: {net_ticktime: 5}
  queues: {q: {arguments: {x-queue-master-locator: min-masters}}, r: {arguments: {x-queue-type: quorum${more}}}}
producers:
  a: {queue: q, rate: 10/s, arrivals: constant, until: 1m, confirms: true}
  b: {queue: q, rate: 10/s, arrivals: constant, until: 1m, confirms: true, mandatory: true}
consumers:
  c: {queue: q, prefetch: 10, processing: 5ms}
  d: {queue: r, prefetch: 1, processing: 5ms}
run: {duration: 10m, calibration: {preset: ideal, networkLatency: 10ms}}
timeline: [${timeline}]
`;
const summaryOf = (...parts: Parameters<typeof file>) => run(file(...parts), { auditEvery: 50 }).summary;
const outcome = (...parts: Parameters<typeof file>) => {
  const { a, b } = summaryOf(...parts).producers;
  return [a, b].map((one) => [one!.accepted, one!.refused, one!.unroutable]);
};

describe("a classic queue whose node is down", () => {
  const crash = "{at: 10s, for: 20s, crash: {node: 1}}";

  it("is unknown to the other nodes of 3.10, and refuses what comes from them later on", () => {
    // What `a` sends goes by node 2 from 15 s on.
    const [a, b] = outcome("3.10", crash);
    expect(b).toEqual([400, 0, 200]);
    expect([a![1], a![2]]).toEqual([0, 200]);
    const [later, others] = outcome("3.11", crash);
    expect([later![1], later![2]]).toEqual([200, 0]);
    expect(others).toEqual([400, 200, 0]);
  });

  it("tells so", () => {
    const { occurrences, producers } = summaryOf("3.10", crash);
    const told = occurrences.first.filter(({ kind }) => kind === "queueNotFound");
    expect(told[0]).toMatchObject({ at: 10_010, where: { name: "q" } });
    expect(producers["b"]!.returned).toBe(200);
  });
});

describe("a partition that nobody heals", () => {
  const cut = "{at: 10s, for: 20s, isolate: {nodes: [1], from: [2, 3]}}";

  it("hides it in 3.10 until one of the two nodes is started again", () => {
    // In time nobody minds: it is 5 s until the nodes take each other for down.
    expect(outcome("3.10", "{at: 10s, for: 4s, isolate: {nodes: [1], from: [2, 3]}}")).toEqual([
      [600, 0, 0],
      [600, 0, 0],
    ]);
    const [a, b] = outcome("3.10", cut);
    expect(a).toEqual([600, 0, 0]);
    // What was under way when it was noticed is refused.
    expect([b![0], b![1]! + b![2]!]).toEqual([100, 500]);
    const restarted = outcome("3.10", `${cut}, {at: 40s, for: 1s, stop: {node: 2}}`)[1]!;
    expect(restarted[0]).toBeGreaterThan(250);
    expect(outcome("3.11", cut)[1]![0]).toBe(400);
  });

  it("keeps its consumers away as long", () => {
    expect(summaryOf("3.10", cut).consumers["c"]!.processed).toBeLessThan(210);
    const { consumers } = summaryOf("3.10", `${cut}, {at: 40s, for: 1s, stop: {node: 3}}`);
    expect(consumers["c"]!.processed).toBe(700);
    expect(summaryOf("3.11", cut).consumers["c"]!.processed).toBe(1000);
  });
});

it("dead letters for it lead nowhere meanwhile; those that must not are kept", () => {
  const letters = (more: string) => `
rabbitmq:
  version: "3.10"
  nodes: 2
  queues:
    q: {arguments: {x-queue-type: quorum, x-queue-leader-locator: balanced, x-quorum-initial-group-size: 1, x-dead-letter-exchange: "", x-dead-letter-routing-key: letters${more}}}
    letters: {arguments: {x-queue-master-locator: min-masters}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 20s}}
consumers: {c: {queue: q, prefetch: 10, processing: 5ms, failures: 100%, onFailure: reject}}
run: {duration: 10m, calibration: ideal}
timeline: [{at: 5s, for: 10s, crash: {node: 2}}]
`;
  const enqueued = (more: string) => run(letters(more)).summary.queues["letters"]!.enqueued;
  expect(enqueued("")).toBe(100);
  expect(enqueued(", x-dead-letter-strategy: at-least-once, x-overflow: reject-publish")).toBe(200);
});

it("and replies find no queue of their requester's", () => {
  const told = (version: string) =>
    run(`
rabbitmq:
  version: "${version}"
  nodes: 3
  queues: {replies: {arguments: {x-queue-master-locator: min-masters}}, requests: {arguments: {x-queue-type: quorum}}}
producers:
  elsewhere: {queue: requests, arrivals: {schedule: [400s]}}
  p: {queue: requests, rate: 10/s, arrivals: constant, until: 40s, requests: {replyTo: replies, timeout: 2s}}
consumers: {c: {queue: requests, prefetch: 10, processing: 5ms, sends: [{reply: true}]}}
run: {duration: 10m, calibration: ideal}
timeline: [{at: 5s, for: 20s, crash: {node: 1}}]
`).summary.occurrences.first.flatMap(({ kind, where }) =>
      kind === "queueNotFound" || kind === "publishTurnedAway" ? [`${kind} ${where.name}`] : [],
    );
  expect(new Set(told("3.10"))).toEqual(new Set(["queueNotFound replies"]));
  expect(new Set(told("3.11"))).toEqual(new Set(["publishTurnedAway replies"]));
});
