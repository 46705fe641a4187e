import { describe, expect, it } from "vitest";
import { check, parse, stopsRun } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";

function run(text: string) {
  expect(check(text).filter(stopsRun)).toEqual([]);
  return simulate(parse(text).topology, { auditEvery: 1 }).summary;
}

interface Parts {
  readonly rabbitmq?: string;
  readonly queue?: string;
  readonly producer?: string;
  readonly consumers: string;
  readonly timeline?: string;
}

/** 20 messages a second for 20 s, through an exchange. */
function file({ rabbitmq = "", queue = "exclusive: true", producer = "", consumers, timeline }: Parts) {
  return `topology: 1
rabbitmq:
  ${rabbitmq}
  exchanges: {x: {type: fanout}}
  queues: {q: {${queue}}}
  bindings: [{source: x, destination: q}]
producers: {p: {exchange: x, rate: 20/s, until: 20s, arrivals: constant${producer}}}
consumers: {${consumers}}
run: {duration: 30s, calibration: ideal}
${timeline === undefined ? "" : `timeline: [${timeline}]`}
`;
}

const reader = "prefetch: 10, processing: 1ms";
const rules = ({ first }: { first: readonly { kind: string; rule?: string | null }[] }) =>
  first.map(({ kind, rule }) => (rule ? `${kind}: ${rule}` : kind));

describe("an exclusive queue", () => {
  it("belongs to the first instance that reads it: the others are refused", () => {
    const { consumers, occurrences } = run(
      file({ consumers: `c: {queue: q, instances: 3, ${reader}}, d: {queue: q, ${reader}}` }),
    );
    expect(consumers["c"]!.instances.map(({ processed }) => processed)).toEqual([400, 0, 0]);
    expect(consumers["d"]!.processed).toBe(0);
    expect(rules(occurrences)).toEqual(Array(3).fill("consumerRefused: resource locked"));
  });

  it("is not there before its owner: messages go nowhere", () => {
    const { producers, consumers } = run(file({ consumers: `c: {queue: q, from: 5s, ${reader}}` }));
    expect(producers["p"]!.unroutable).toBeGreaterThanOrEqual(99);
    expect(consumers["c"]!.processed + producers["p"]!.unroutable).toBe(400);
  });

  it("goes with its owner's process, and is declared again, empty, with its bindings", () => {
    const { producers, consumers, queues, occurrences } = run(
      file({
        consumers: "c: {queue: q, prefetch: 10, processing: 100ms}",
        timeline: "{at: 5s, crash: {consumer: c}}, {at: 10s, start: {consumer: c}}",
      }),
    );
    expect(rules(occurrences)).toContain("queueDeleted: exclusive");
    expect(producers["p"]!.unroutable).toBeGreaterThanOrEqual(98);
    expect(queues["q"]!.dropped["purged"]).toBeGreaterThan(40);
    expect(consumers["c"]!.redelivered).toBe(0);
    const { processed } = consumers["c"]!;
    expect(processed + producers["p"]!.unroutable + queues["q"]!.dropped["purged"]!).toBe(400);
  });

  it("passes to whoever comes when it has gone", () => {
    const { consumers } = run(
      file({ consumers: `c: {queue: q, until: 5s, ${reader}}, d: {queue: q, from: 10s, ${reader}}` }),
    );
    expect(consumers["c"]!.processed).toBeGreaterThan(90);
    expect(consumers["d"]!.processed).toBeGreaterThan(190);
  });

  it("goes when its owner has finished what it has in work, not before", () => {
    const { consumers, occurrences, queues } = run(
      file({
        consumers: `c: {queue: q, prefetch: 2, until: 5s, processing: 2s}, d: {queue: q, from: 5500ms, ${reader}}, e: {queue: q, from: 8s, ${reader}}`,
      }),
    );
    const told = rules(occurrences).filter((one) => one !== "requeued");
    expect(told).toEqual(["consumerRefused: resource locked", "queueDeleted: exclusive"]);
    expect(consumers["c"]!.processed).toBe(3);
    expect(queues["q"]!.dropped["purged"]).toBeGreaterThan(100);
    expect(consumers["e"]!.processed).toBeGreaterThan(230);
  });

  it("goes with its node, and is on the one that its owner finds next", () => {
    const { consumers, occurrences, producers } = run(
      file({
        rabbitmq: "nodes: 3",
        producer: ", confirms: true",
        consumers: `c: {queue: q, ${reader}}`,
        timeline: "{at: 5s, crash: {node: 2}}",
      }),
    );
    expect(rules(occurrences)).toContain("queueDeleted: durable: false");
    expect(rules(occurrences).filter((one) => one.startsWith("consumerRefused"))).toEqual([]);
    expect(consumers["c"]!.processed).toBeGreaterThan(290);
    expect(producers["p"]!.unroutable).toBeGreaterThan(0);
  });

  it("stays where the broker closes a channel of its owner", () => {
    const { queues, consumers, occurrences } = run(
      file({
        queue: "exclusive: true, arguments: {x-consumer-timeout: 4s}",
        rabbitmq: 'version: "4.1"',
        consumers: "c: {queue: q, prefetch: 1, processing: 7s}",
      }).replace("duration: 30s", "duration: 200s"),
    );
    expect(rules(occurrences)).toContain("channelTimedOut: x-consumer-timeout");
    expect(rules(occurrences).join()).not.toContain("queueDeleted");
    expect(consumers["c"]!.redelivered).toBeGreaterThan(0);
    expect(queues["q"]!.depth.max).toBeGreaterThan(390);
  });

  it("is still its owner's while the broker waits for its heartbeats", () => {
    const { occurrences } = run(
      file({
        consumers: `c: {queue: q, ${reader}}, d: {queue: q, from: 15s, ${reader}}`,
        timeline: "{at: 5s, isolate: {consumers: [c]}, for: 10m}",
      }).replace("duration: 30s", "duration: 700s"),
    );
    const told = rules(occurrences);
    expect(told.indexOf("consumerRefused: resource locked")).toBeLessThan(
      told.indexOf("queueDeleted: exclusive"),
    );
    expect(told.indexOf("heartbeatsMissed: heartbeat")).toBeLessThan(told.indexOf("queueDeleted: exclusive"));
    expect(told).toContain("connectionRecovered");
  });

  it("takes replies for one requester, and for nobody while that is away", () => {
    const summary = run(`topology: 1
rabbitmq: {queues: {work: {}, answers: {exclusive: true}}}
producers:
  client: {queue: work, rate: 10/s, until: 20s, requests: {replyTo: answers, timeout: 2s}}
consumers:
  server: {queue: work, prefetch: 5, processing: 5ms, sends: [{reply: true}]}
timeline: [{at: 5s, crash: {producer: client}}, {at: 10s, start: {producer: client}}]
run: {duration: 30s}
`);
    const told = rules(summary.occurrences);
    expect(told).toContain("queueDeleted: exclusive");
    expect(summary.producers["client"]!.roundTrip!.count).toBeGreaterThan(100);
  });
});

it("a consumer that starts again when its auto-delete queue has gone is refused", () => {
  const { occurrences } = run(
    file({
      queue: "auto_delete: true",
      consumers: `c: {queue: q, ${reader}}`,
      timeline: "{at: 5s, crash: {consumer: c}}, {at: 6s, start: {consumer: c}}",
    }),
  );
  expect(rules(occurrences)).toEqual([
    "crashed: timeline",
    "connectionClosed",
    "queueDeleted: auto_delete",
    "started: timeline",
    "consumerRefused: no queue",
  ]);
});
