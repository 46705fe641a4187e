import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check, parse, stopsRun } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";

function run(text: string) {
  expect(check(text).filter(stopsRun)).toEqual([]);
  return simulate(parse(text).topology, { auditEvery: 1 }).summary;
}

const limits = [
  "x-max-length: 5",
  "x-max-length: 5, x-overflow: reject-publish",
  "x-max-length-bytes: 3KiB",
  "x-message-ttl: 300ms",
  "x-dead-letter-exchange: dlx",
  "x-dead-letter-exchange: dlx, x-max-length: 3",
  "x-dead-letter-exchange: dlx, x-message-ttl: 100ms",
  "x-dead-letter-exchange: dlx, x-max-length: 3, x-message-ttl: 500ms",
  "x-single-active-consumer: true",
  "x-expires: 1s",
];
const classic = fc.constantFrom("", ...limits, "x-max-priority: 3", "x-max-priority: 3, x-max-length: 4");
const quorum = fc
  .constantFrom("", ...limits.filter((one) => !one.includes("priority")), "x-delivery-limit: 2")
  .map((one) => ["x-queue-type: quorum", one].filter((part) => part !== "").join(", "));
const consumer = fc.record({
  instances: fc.integer({ min: 1, max: 3 }),
  prefetch: fc.constantFrom("1", "3", "0"),
  failures: fc.constantFrom("0%", "30%"),
  onFailure: fc.constantFrom("requeue", "reject"),
  until: fc.constantFrom("", ", until: 2s"),
});
const preset = fc.constantFrom("ideal", "lan");

/** A random file; every event is followed by a count of all copies, limits and orders. */
it("messages are conserved under any arguments, prefetch is kept, and so is the order of what is ready", () => {
  fc.assert(
    fc.property(
      fc.oneof(classic, quorum),
      consumer,
      preset,
      fc.boolean(),
      (args, c, calibration, expiring) => {
        const properties = expiring ? "expiration: 200ms, priority: 2" : "priority: 1";
        const { totals, queues, producers } = run(`topology: 1
rabbitmq:
  exchanges: {dlx: {type: fanout}}
  queues: {work: {arguments: {${args}}}, dead: {}}
  bindings: [{source: dlx, destination: dead}]
producers:
  p: {queue: work, confirms: true, rate: 40/s, messages: 100, properties: {${properties}}}
  o: {queue: work, rate: 10/s, messages: 25}
consumers:
  c: {queue: work, instances: ${c.instances}, prefetch: ${c.prefetch}, processing: {exponential: 60ms}, failures: ${c.failures}, onFailure: ${c.onFailure}${c.until}}
run: {duration: 10s, calibration: ${calibration}}
`);
        expect(totals.sent).toBe(125);
        const dead = Object.values(queues["work"]!.deadLettered).reduce((sum, one) => sum + one, 0);
        expect(queues["dead"]!.enqueued).toBe(dead);
        for (const { sent, accepted, refused, unroutable, timedOut, underWay } of Object.values(producers))
          expect(accepted + refused + unroutable + timedOut + underWay).toBe(sent);
      },
    ),
    { numRuns: 60 },
  );
});

const file = (rabbitmq: string, producer: string, consumers: string, duration = "10s") => `topology: 1
rabbitmq: ${rabbitmq}
producers: {p: {${producer}}}
consumers: {${consumers}}
run: {duration: ${duration}, calibration: ideal}
`;

it("a message that is retried by dead letters comes back after its wait, with the latency of its whole way", () => {
  const { consumers, queues, occurrences } = run(`topology: 1
rabbitmq:
  exchanges: {retry: {type: direct}}
  queues:
    work: {arguments: {x-dead-letter-exchange: retry, x-dead-letter-routing-key: wait}}
    wait: {arguments: {x-dead-letter-exchange: retry, x-dead-letter-routing-key: work, x-message-ttl: 1s}}
  bindings:
    - {source: retry, destination: wait, routing_key: wait}
    - {source: retry, destination: work, routing_key: work}
producers: {p: {queue: work, rate: 10/s, arrivals: constant, messages: 10}}
consumers: {c: {queue: work, prefetch: 1, processing: 10ms, failures: 40%, onFailure: reject}}
run: {duration: 60s, calibration: ideal}
`);
  const { processed, failed, latency } = consumers["c"]!;
  expect(processed).toBe(10);
  expect(failed).toBeGreaterThan(0);
  expect(queues["work"]!.deadLettered).toEqual({ rejected: failed });
  expect(queues["wait"]!.deadLettered).toEqual({ expired: failed });
  expect(latency.max).toBeGreaterThanOrEqual(1010);
  expect(occurrences.byKind["deadLettered"]).toBe(2 * failed);
});

it("a handler keeps a failed message, waits, and tries again", () => {
  const { consumers, queues } = run(
    file(
      "{queues: {q: {}}}",
      "queue: q, arrivals: {schedule: [0s]}, messages: 1",
      "c: {queue: q, processing: 100ms, failures: 100%, onFailure: {retry: [1s, 2s], then: reject}}",
    ),
  );
  const { delivered, failed, utilization } = consumers["c"]!;
  expect([delivered, failed, utilization]).toEqual([1, 3, 0.03]);
  expect(queues["q"]!.dropped).toEqual({ rejected: 1 });
});

describe("a stream", () => {
  it("is read by each consumer from where it asks to begin", () => {
    const { consumers, queues } = run(
      file(
        "{queues: {s: {arguments: {x-queue-type: stream}}}}",
        "queue: s, rate: 10/s, arrivals: constant, messages: 50",
        "all: {queue: s, prefetch: 10, from: 3s, arguments: {x-stream-offset: first}}, later: {queue: s, prefetch: 10, from: 3s}, some: {queue: s, prefetch: 10, from: 3s, arguments: {x-stream-offset: 10}}",
      ),
    );
    expect(consumers["all"]!.processed).toBe(50);
    expect(consumers["some"]!.processed).toBe(40);
    expect(consumers["later"]!.processed).toBeLessThan(25);
    expect(queues["s"]!.depth.end).toBe(50);
  });
});

describe("consumers", () => {
  it("of a higher priority get all that they can take", () => {
    const { consumers } = run(
      file(
        "{queues: {q: {}}}",
        "queue: q, rate: 100/s, messages: 500",
        "hi: {queue: q, prefetch: 0, arguments: {x-priority: 1}}, lo: {queue: q, prefetch: 0}",
      ),
    );
    expect([consumers["hi"]!.processed, consumers["lo"]!.processed]).toEqual([500, 0]);
  });

  it("beside an exclusive one are refused", () => {
    const { consumers, occurrences } = run(
      file(
        "{queues: {q: {}}}",
        "queue: q, rate: 100/s, messages: 100",
        "one: {queue: q, exclusive: true}, other: {queue: q}",
      ),
    );
    expect([consumers["one"]!.processed, consumers["other"]!.processed]).toEqual([100, 0]);
    expect(occurrences.first[0]).toMatchObject({ kind: "consumerRefused", rule: "exclusive" });
  });

  it("share one limit of their channel", () => {
    const { queues } = run(
      file(
        "{queues: {a: {}, b: {}}}",
        "exchange: amq.fanout, rate: 100/s, messages: 100",
        "c: {queues: [a, b], prefetch: {channel: 5}, processing: 50ms}",
      ).replace(
        "{a: {}, b: {}}}",
        "{a: {}, b: {}}, bindings: [{source: amq.fanout, destination: a}, {source: amq.fanout, destination: b}]}",
      ),
    );
    expect(queues["a"]!.unacked.max + queues["b"]!.unacked.max).toBeLessThanOrEqual(10);
    expect(queues["a"]!.unacked.mean + queues["b"]!.unacked.mean).toBeLessThanOrEqual(5);
  });
});

describe("what the broker would refuse to declare", () => {
  it.each([
    ["{arguments: {x-queue-type: quorum, x-max-priority: 3}}", "x-max-priority"],
    ["{arguments: {x-delivery-limit: 3}}", "x-delivery-limit"],
    ["{durable: false, arguments: {x-queue-type: quorum}}", "always durable"],
    ["{arguments: {x-dead-letter-routing-key: k}}", "x-dead-letter-exchange"],
    ["{arguments: {x-max-priority: 300}}", "255"],
    ["{arguments: {x-expires: 0}}", "x-expires"],
  ])("%s", (queue, message) => {
    const problems = check(`topology: 1\nrabbitmq: {queues: {q: ${queue}}}\n`);
    expect(problems.map((one) => one.message).join()).toContain(message);
  });

  it.each([
    ["queue: s", "prefetch"],
    ["queue: s, prefetch: 10, ack: auto", "acks"],
    ["queue: s, prefetch: 10, failures: 1%", "requeued or rejected"],
    ["queue: q, prefetch: {channel: 5}", "540"],
  ])("and to a consumer: %s", (consumer_, message) => {
    const queues = "queues: {s: {arguments: {x-queue-type: stream}}, q: {arguments: {x-queue-type: quorum}}}";
    const hosted = consumer_.replace("queue: ", "queue: shop/");
    for (const [host, reads] of [
      [queues, consumer_],
      [`vhosts: {shop: {${queues}}}`, hosted],
    ]) {
      const problems = check(`topology: 1\nrabbitmq: {${host}}\nconsumers: {c: {${reads}}}\n`);
      expect(problems.map((one) => one.message).join()).toContain(message);
    }
  });

  it.each(["", "shop/"])("and to who wants replies in a stream: %s", (host) => {
    const queues = "queues: {q: {}, s: {arguments: {x-queue-type: stream}}}";
    const problems = check(`topology: 1
rabbitmq: {${host === "" ? queues : `vhosts: {shop: {${queues}}}`}}
producers: {p: {queue: ${host}q, rate: 1/s, requests: {replyTo: ${host}s}}}
consumers: {c: {queue: ${host}q, sends: [{reply: true}]}}
`);
    expect(problems.map((one) => one.message).join()).toContain(
      `\`${host}s\` is a stream, which keeps what is read`,
    );
  });

  it.each([
    ["4.2", []],
    ["4.3", ["takes two at most", "has no limit for a whole channel"]],
  ])("from 4.3 on: limits of channels, and patterns with many # (%s)", (version, messages) => {
    const problems = check(`topology: 1
rabbitmq:
  version: "${version}"
  queues: {q: {}}
  bindings:
    - {source: amq.topic, destination: q, routing_key: "#.a.#.b.#"}
    - {source: amq.topic, destination: q, routing_key: "#.c.#"}
    - {source: amq.fanout, destination: q}
producers: {p: {exchange: amq.fanout, rate: 1/s}}
consumers: {c: {queue: q, prefetch: {channel: 5}}}
`).filter(({ severity }) => severity === "error");
    expect(problems.map(({ message }) => messages.find((one) => message.includes(one)))).toEqual(messages);
  });
});
