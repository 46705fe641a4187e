import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate, type Result } from "../../src/core/run.ts";

function run(text: string): Result {
  const { topology, problems } = parse(`topology: 1\n${text}`);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return simulate(topology);
}

/** What went along an edge. */
function along({ graph }: Result, from: string, to: string, label?: string): number | undefined {
  return graph.edges.find(
    (edge) => edge.from === from && edge.to === to && (label === undefined || edge.label === label),
  )?.messages;
}

/** How many messages went from one to another; only those of a label, where one is given. */
function expectAlong(result: Result, edges: readonly (readonly [number, string, string, string?])[]): void {
  expect(edges.map(([, ...edge]) => [along(result, ...edge), ...edge])).toEqual(edges);
}

/** Sum over the edges that these ends and label fit; a full id, or the beginning of one with its colon. */
function sum({ graph }: Result, from: string, to: string, labels?: readonly string[]): number {
  const fits = (id: string, end: string) => id === end || (end.endsWith(":") && id.startsWith(end));
  return graph.edges
    .filter((edge) => fits(edge.from, from) && fits(edge.to, to) && labels?.includes(edge.label) !== false)
    .reduce((all, { messages }) => all + messages, 0);
}

const all = ["producer:", "topic:", "exchange:", "queue:", "group:", "consumer:"];

/** Sum over all that leaves a node, or comes to one, with these labels. */
const leaving = (result: Result, from: string, labels?: readonly string[]) =>
  all.reduce((total, to) => total + sum(result, from, to, labels), 0);
const coming = (result: Result, to: string, labels?: readonly string[]) =>
  all.reduce((total, from) => total + sum(result, from, to, labels), 0);

const total = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((one, other) => one + other, 0);

/** What holds of every run: the edges of a thing carry its figures, no more and no less. */
function expectHonest(result: Result): void {
  const { summary, graph } = result;
  for (const [name, { sent, answered, lateReplies }] of Object.entries(summary.producers)) {
    expect(leaving(result, `producer:${name}`), name).toBe(sent);
    const byQueue = sum(result, "queue:", `producer:${name}`, ["reply"]);
    if (byQueue > 0) expect(byQueue, name).toBe(answered! + lateReplies!);
  }
  for (const [name, { delivered, sends, changelog }] of Object.entries(summary.consumers)) {
    expect(coming(result, `consumer:${name}`), name).toBe(delivered);
    if (sends !== undefined) expect(leaving(result, `consumer:${name}`), name).toBe(sends.sent);
    if (changelog !== undefined)
      expect(leaving(result, `consumer:${name}`, ["changelog"]), name).toBe(changelog.written);
  }
  for (const name of Object.keys(summary.groups))
    expect(coming(result, `group:${name}`), name).toBe(leaving(result, `group:${name}`));
  for (const [name, { deadLettered }] of Object.entries(summary.queues))
    expect(leaving(result, `queue:${name}`, ["dead letters"]), name).toBe(total(deadLettered));
  const ends = new Set(graph.edges.map(({ from, to, label }) => JSON.stringify([from, to, label])));
  expect(ends.size).toBe(graph.edges.length);
}

describe("an edge carries what went along it", () => {
  it("from a producer of several flows", () => {
    const result = run(`kafka: {topics: {t: {}}}
rabbitmq: {exchanges: {e: {type: fanout}}, queues: {q: {}}, bindings: [{source: e, destination: q}]}
producers:
  p: {flows: {a: {topic: t, rate: 10/s, messages: 30}, b: {queue: q, rate: 10/s, messages: 50}, c: {exchange: e, rate: 10/s, messages: 70}, d: {exchange: e, rate: 10/s, messages: 5}}}
run: {duration: 30s}
`);
    expectAlong(result, [
      [30, "producer:p", "topic:t"],
      [50, "producer:p", "queue:q"],
      [75, "producer:p", "exchange:e"],
      [75, "exchange:e", "queue:q"],
    ]);
    expectHonest(result);
  });

  it("from several topics to a group, whoever of its consumers read them, tries included", () => {
    const result = run(`kafka: {topics: {a: {partitions: 2}, b: {partitions: 2}, c: {}, lost: {}}}
producers: {p: {flows: {a: {topic: a, messages: 40, rate: 10/s}, b: {topic: b, messages: 60, rate: 10/s}, c: {topic: c, messages: 9, rate: 10/s}}}}
consumers:
  one: {topics: [a, b], group: g, processing: 1ms, failures: {share: 100%, persistent: true}, onFailure: {retry: [1ms, 1ms], then: {deadLetterTopic: lost}}}
  two: {topics: [c], group: g, processing: 1ms}
run: {duration: 30s}
`);
    expectAlong(result, [
      [3 * 40, "topic:a", "group:g"],
      [3 * 60, "topic:b", "group:g"],
      [9, "topic:c", "group:g"],
      [300, "group:g", "consumer:one"],
    ]);
    expectHonest(result);
  });

  it("from several queues to a consumer, and on to several destinations", () => {
    const result = run(`rabbitmq: {queues: {a: {}, b: {}, done: {}, copies: {}}}
producers: {p: {queue: a, messages: 40, rate: 20/s}, q: {queue: b, messages: 60, rate: 20/s}}
consumers: {c: {queues: [a, b], processing: 1ms, instances: 2, sends: [{queue: done}, {queue: copies, ratio: 2}]}}
run: {duration: 10s}
`);
    expectAlong(result, [
      [40, "queue:a", "consumer:c"],
      [60, "queue:b", "consumer:c"],
      [100, "consumer:c", "queue:done"],
      [200, "consumer:c", "queue:copies"],
    ]);
    expectHonest(result);
  });

  it("to the queues that dead letters reach by the default exchange with the keys that they came with", () => {
    const result = run(`rabbitmq:
  exchanges: {in: {type: topic}}
  queues:
    work: {arguments: {x-dead-letter-exchange: "", x-message-ttl: 10}}
    red: {}
    blue: {}
  bindings: [{source: in, destination: work, routing_key: "#"}]
producers: {p: {exchange: in, messages: 60, rate: 20/s, routing_key: red}, q: {exchange: in, messages: 30, rate: 20/s, routing_key: blue}}
run: {duration: 10s}
`);
    expectAlong(result, [
      [60, "queue:work", "queue:red", "dead letters"],
      [30, "queue:work", "queue:blue", "dead letters"],
    ]);
    expectHonest(result);
  });

  it("to a dead-letter exchange that the broker has by itself", () => {
    const result = run(`rabbitmq:
  queues:
    work: {arguments: {x-dead-letter-exchange: amq.fanout, x-message-ttl: 10}}
    dead: {}
  bindings: [{source: amq.fanout, destination: dead}]
producers: {p: {queue: work, messages: 60, rate: 20/s}}
run: {duration: 10s}
`);
    expectAlong(result, [
      [60, "queue:work", "exchange:amq.fanout", "dead letters"],
      [60, "exchange:amq.fanout", "queue:dead"],
    ]);
    expectHonest(result);
  });

  it("from a queue that refuses a publish and has it among its dead letters", () => {
    const result = run(`rabbitmq:
  exchanges: {dlx: {type: fanout}}
  queues:
    work: {arguments: {x-dead-letter-exchange: dlx, x-max-length: 5, x-overflow: reject-publish-dlx}}
    dead: {}
  bindings: [{source: dlx, destination: dead}]
producers: {p: {queue: work, messages: 60, rate: 20/s}}
run: {duration: 10s}
`);
    expectAlong(result, [
      [55, "queue:work", "exchange:dlx", "dead letters"],
      [55, "exchange:dlx", "queue:dead"],
    ]);
  });

  it("from a requester's reply queue once a reply has come, not when it was sent", () => {
    const result = run(`rabbitmq: {queues: {work: {}, replies: {}}}
producers: {p: {queue: work, messages: 20, rate: 20/s, requests: {timeout: 1s, replyTo: replies}}}
consumers: {c: {queue: work, processing: 1ms, sends: [{reply: true}]}}
timeline: [{at: 500ms, crash: {producer: p}}]
run: {duration: 10s}
`);
    expectHonest(result);
    expectAlong(result, [
      [result.summary.consumers["c"]!.sends!.sent, "consumer:c", "queue:replies"],
      [result.summary.producers["p"]!.answered!, "queue:replies", "producer:p"],
    ]);
  });

  it.each(["paid-orders", "tickets", "pipeline", "hybrid", "retry-backoff", "profiles"])(
    "in the example %s",
    (name) => {
      const text = readFileSync(`examples/${name}.topology.yaml`, "utf8");
      const result = simulate(parse(text).topology);
      expectHonest(result);
      const silent = result.graph.edges.filter(({ messages }) => messages === 0);
      expect(silent).toEqual([]);
    },
  );
});

const chance = fc.integer({ min: 0, max: 40 });

it("sums over edges are the figures of what they join, in any topology", () => {
  const world = fc.record({
    calibration: fc.constantFrom("ideal", "laptop", "lan", "cloud"),
    warmup: fc.constantFrom("0s", "1s"),
    members: fc.integer({ min: 1, max: 3 }),
    commit: fc.constantFrom("auto", "after", "transactional"),
    order: fc.constantFrom("none", "partition", "key"),
    share: fc.boolean(),
    failures: chance,
    onFailure: fc.constantFrom("skip", "retry", "{retry: [5ms], then: {deadLetterTopic: given}}"),
    queueType: fc.constantFrom("classic", "quorum"),
    reject: fc.constantFrom("requeue", "reject"),
    strategy: fc.constantFrom("at-most-once", "at-least-once"),
    key: fc.constantFrom("", ", x-dead-letter-routing-key: dead"),
    exchange: fc.constantFrom("dlx", '""', "amq.fanout"),
    alternate: fc.constantFrom("spare", "amq.fanout"),
    crash: fc.constantFrom(
      "consumer: log",
      "consumer: many",
      "consumer: free",
      "producer: p",
      "producer: ask",
    ),
    replyTo: fc.constantFrom("amq.rabbitmq.reply-to", "replies"),
    transaction: fc.boolean(),
  });
  fc.assert(
    fc.property(world, (of) => {
      const quorum = of.queueType === "quorum" && of.strategy === "at-least-once";
      const strategy = quorum ? ", x-dead-letter-strategy: at-least-once, x-overflow: reject-publish" : "";
      const transactional = of.commit === "transactional";
      expectHonest(
        run(`kafka:
  topics: {a: {partitions: 3}, b: {partitions: 2}, out: {}, other: {}, given: {}, state: {partitions: 3, config: {cleanup.policy: compact}}}
rabbitmq:
  exchanges: {in: {type: topic, arguments: {alternate-exchange: ${of.alternate}}}, mid: {type: fanout}, spare: {type: fanout}, dlx: {type: fanout}}
  queues:
    x: {arguments: {x-queue-type: ${of.queueType}, x-message-ttl: 200, x-dead-letter-exchange: ${of.exchange}${of.key}${strategy}}}
    y: {}
    dead: {}
    work: {}
    replies: {}
  bindings:
    - {source: in, destination: x, routing_key: "x.#"}
    - {source: in, destination: mid, destination_type: exchange, routing_key: "*.y"}
    - {source: mid, destination: y}
    - {source: spare, destination: y}
    - {source: amq.fanout, destination: dead}
    - {source: dlx, destination: dead}
producers:
  p:
    instances: 2
    ${of.transaction ? "transaction: {messages: 7}\n    config: {transactional.id: p}" : ""}
    flows: {a: {topic: a, rate: 60/s}, again: {topic: a, rate: 5/s}, b: {topic: b, rate: 30/s}}
  q: {exchange: in, rate: 60/s, routing_key: {x.y: 1, y.y: 1, dead: 1, x.z: 1}, confirms: true}
  ask: {queue: work, rate: 30/s, requests: {timeout: 20ms, replyTo: ${of.replyTo}}, flows: {one: {share: 30%}, two: {share: 70%}}}
consumers:
  log: {topics: [a, b], group: g, instances: ${of.members}, concurrency: 2, orderedBy: ${of.order}, commit: ${of.commit}, processing: 2ms, failures: ${of.failures}%, onFailure: ${of.onFailure}, sends: [{topic: out}, {topic: other, ratio: 1.5}]}
  beside: {topics: [b], group: g, processing: 1ms}
  plain: {topics: [a, b], group: plain, instances: ${of.members}, processing: {exponential: 1ms}}
  free: {topics: [a, b], ${of.share ? "shareGroup: s" : "group: s"}, instances: ${of.members}, processing: 2ms, failures: ${of.failures}%}
  count: {topic: a, group: count, commit: ${transactional ? "transactional" : "after"}, processing: 1ms, window: {tumbling: 500ms, by: key}, changelog: state, sends: [{topic: out}]}
  many: {queues: [x, y, dead], instances: ${of.members}, prefetch: 4, processing: 8ms, failures: ${of.failures}%, onFailure: ${of.reject}, sends: [{topic: out}, {queue: work}]}
  answer: {queue: work, prefetch: 5, processing: {exponential: 8ms}, sends: [{reply: true}, {topic: other}]}
timeline: [{at: 2s, crash: {${of.crash}}}, {at: 4s, start: {${of.crash}}}]
run: {duration: 6s, warmup: ${of.warmup}, calibration: ${of.calibration}}
`),
      );
    }),
    { numRuns: 8 },
  );
});
