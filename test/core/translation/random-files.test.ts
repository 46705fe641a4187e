import fc from "fast-check";
import { expect, test } from "vitest";
import { check, stopsRun } from "../../../src/core/check.ts";
import { arrivals, maybe, messages, one, section, some } from "../random-text.ts";
import { expectSameWorkload, translated } from "./conserved.ts";

const name = (kind: string) => (number: number) => `${kind}${number}`;
const work = some(
  one("processing: 3ms", "processing: {exponential: 8ms}", "processing: {perBatch: 1ms, perMessage: 2ms}"),
  maybe("concurrency: 3"),
  maybe("from: 800ms", "until: 2500ms"),
);

/** Topics, producers that send to them in every way, groups of every kind, faults, and expectations of both. */
const logFile = fc
  .record({
    topics: fc.array(
      some(
        one("partitions: 1", "partitions: 3", "partitions: 6"),
        maybe("replicas: 3", "replicas: 2"),
        maybe(
          "config: {retention.ms: 2s}",
          "config: {cleanup.policy: compact}",
          "preload: {messages: 40, over: 5s}",
        ),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    producers: fc.array(
      fc.tuple(
        fc.nat(2),
        arrivals,
        messages,
        maybe("config: {acks: 0, enable.idempotence: false}", "config: {linger.ms: 20ms}"),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    consumers: fc.array(
      fc.tuple(
        fc.nat(2),
        one("group", "group", "shareGroup"),
        work,
        maybe("instances: 4"),
        maybe("failures: 10%", "failures: {share: 5%, persistent: true}"),
      ),
      { maxLength: 3 },
    ),
    ordered: fc.boolean(),
    faults: fc.array(
      one(
        "crash: {broker: 2}",
        "isolate: {brokers: [1]}",
        "slow: {broker: 1, factor: 3}",
        "rate: {producer: p0, factor: 2}",
        "crash: {producer: p0}",
      ),
      { maxLength: 2 },
    ),
  })
  .map(({ topics, producers, consumers, ordered, faults }) => {
    const topic = (number: number): string => name("t")(number % topics.length);
    return [
      "topology: 1\nkafka:\n  brokers: 3\n  topics:\n",
      ...topics.map((entry, number) => `    t${number}: {${entry}}\n`),
      section(
        "producers",
        producers.map(([to, pace, what, config], number) => {
          const all = [`topic: ${topic(to)}`, pace, what, config].filter((part) => part !== "");
          return `p${number}: {${all.join(", ")}}`;
        }),
      ),
      section(
        "consumers",
        consumers.map(([from, kind, does, instances, failures], number) => {
          const all = [`topic: ${topic(from)}, ${kind}: g${number}`, does, instances, failures];
          return `c${number}: {${all.filter((part) => part !== "").join(", ")}}`;
        }),
      ),
      "run: {duration: 4s}\n",
      section(
        "timeline",
        faults.map((fault) => `- {at: 1s, for: 1s, ${fault}}`),
      ),
      ordered ? "expect:\n  - {metric: order.violations, below: 5}\n  - {metric: lag.max, below: 1k}\n" : "",
    ].join("");
  });

/** Exchanges of every type over a few queues, dead letters, and consumers that share queues. */
const queueFile = fc
  .record({
    types: fc.array(one("direct", "fanout", "topic", "headers", "x-consistent-hash", "x-random"), {
      minLength: 1,
      maxLength: 3,
    }),
    queues: fc.array(
      some(
        maybe("x-queue-type: quorum", "x-max-priority: 5", "x-single-active-consumer: true"),
        maybe("x-message-ttl: 500ms"),
        maybe("x-dead-letter-exchange: e0"),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    bindings: fc.array(fc.tuple(fc.nat(2), fc.nat(3), one("1", "2")), { maxLength: 6 }),
    producers: fc.array(
      fc.tuple(
        fc.nat(6),
        arrivals,
        messages,
        maybe("routing_key: {1: 3, 2: 1}", "routing_key: 2", 'routing_key: "{key}"'),
        maybe("confirms: true", "confirms: {window: 50}", "transaction: {messages: 5}"),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    consumers: fc.array(
      fc.tuple(
        fc.nat(3),
        fc.boolean(),
        work,
        one("prefetch: 1", "prefetch: 20", ""),
        maybe("instances: 3"),
        maybe(
          "failures: 10%, onFailure: reject",
          "failures: 10%",
          "failures: 20%, onFailure: {retry: [50ms], then: reject}",
        ),
        maybe("ack: early", "ack: auto"),
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ types, queues, bindings, producers, consumers }) => {
    const queue = (number: number): string => name("q")(number % queues.length);
    return [
      "topology: 1\nrabbitmq:\n  nodes: 3\n  exchanges:\n",
      ...types.map((type, number) => `    e${number}: {type: ${type}}\n`),
      "  queues:\n",
      ...queues.map((entry, number) => `    q${number}: {arguments: {${entry}}}\n`),
      bindings.length === 0 ? "" : "  bindings:\n",
      ...bindings.map(
        ([from, to, key]) =>
          `    - {source: e${from % types.length}, destination: ${queue(to)}, routing_key: "${key}"}\n`,
      ),
      section(
        "producers",
        producers.map(([to, pace, what, key, confirms], number) => {
          const place = to < 3 ? `exchange: e${to % types.length}` : `queue: ${queue(to)}`;
          const all = [place, pace, what, to < 3 ? key : "", confirms].filter((part) => part !== "");
          return `p${number}: {${all.join(", ")}}`;
        }),
      ),
      section(
        "consumers",
        consumers.map(([from, both, ...rest], number) => {
          const read =
            both && queues.length > 1
              ? `queues: [${queue(from)}, ${queue(from + 1)}]`
              : `queue: ${queue(from)}`;
          return `c${number}: {${[read, ...rest].filter((part) => part !== "").join(", ")}}`;
        }),
      ),
      "run: {duration: 4s}\n",
    ].join("");
  });

/** Files that the checks let run: what they refuse is no workload. */
function runs(text: string): boolean {
  return !check(text).some(stopsRun);
}

const patience = 600_000;
const numRuns = process.env["BROKERLAB_FULL"] === "1" ? 400 : 25;

test.each([
  ["log", logFile],
  ["queue", queueFile],
] as const)(
  "any %s file is the same workload in the other model, and again when it comes back",
  (_, file) => {
    fc.assert(
      fc.property(file, (text) => {
        fc.pre(runs(text));
        const there = translated(text);
        expectSameWorkload(text, there);
        expectSameWorkload(there.text, translated(there.text));
        expect(translated(text)).toEqual(there);
      }),
      { numRuns },
    );
  },
  patience,
);
