import fc from "fast-check";
import { expect, test } from "vitest";
import { check, stopsRun } from "../../../src/core/check.ts";
import { parse } from "../../../src/core/parse/parse.ts";
import { one } from "../arbitraries.ts";
import { expectSameWorkload, translated } from "./conserved.ts";

const desk = (of: { log?: string; queue?: string; more?: string; end?: string }) => `topology: 1
kafka: {topics: {orders: {partitions: 4}, notes: {}}}
rabbitmq:
  exchanges: {dead: {type: fanout}}
  queues: {refunds: {arguments: {x-dead-letter-exchange: dead}}, lost: {}, bills: {}}
  bindings: [{source: dead, destination: lost}]
producers:
  shop: {topic: orders, rate: 50/s, key: {values: 99}}
  crm: {topic: notes, rate: 5/s}
  support: {queue: refunds, rate: 20/s, confirms: true}
consumers:
  desk:
    inputs:
      - {topic: orders, group: books, commit: after${of.log ?? ""}}
      - {queue: refunds, prefetch: 3${of.queue ?? ""}}
    instances: 2
    processing: 9ms
${of.more ?? ""}
  audit: {queue: bills, processing: 1ms}
run: {duration: 5s}
${of.end ?? ""}`;

const consumersOf = (text: string): readonly string[] =>
  [...parse(text).topology.consumers.values()].map(
    ({ name, from, others }) =>
      `${name.text}: ${[from, ...others.map((one) => one.from)].map(({ kind }) => kind).join()}`,
  );
const whatIs = (text: string, what: RegExp): readonly string[] => text.match(what) ?? [];

test("a consumer with several inputs is one in the other model too, and what is said of it goes on", () => {
  const text = desk({
    end: `timeline: [{at: 2s, for: 1s, crash: {consumer: desk}}]
expect:
  - {metric: throughput, of: {consumer: desk}, above: 60/s}
  - {metric: lag.max, of: {consumer: desk}, below: 100}
`,
  });
  const both = translated(text);
  expect(consumersOf(both.text)).toEqual(["desk: queue,log", "audit: log"]);
  expect(whatIs(both.text, /^ {2}- \{(?:at|metric).*$/gmu)).toEqual([
    "  - {at: 2s, for: 1s, crash: {consumer: desk}}",
    "  - {metric: throughput, of: {consumer: desk}, above: 60/s}",
    "  - {metric: depth.max, of: {queue: books}, below: 100}",
  ]);
  const log = translated(text, "log").text;
  expect(consumersOf(log)).toEqual(["desk: log,log", "audit: log"]);
  // The lag of the consumer would be that of its new group as well.
  expect(log).toContain("- {metric: lag.max, of: {group: books}, below: 100}");
  expect(consumersOf(translated(text, "queues").text)).toEqual(["desk: queue,queue", "audit: queue"]);
});

test("notes are about the input that they are of", () => {
  const { notes } = translated(
    desk({ log: ", config: {fetch.max.bytes: 1MiB}", queue: ", exclusive: true" }),
  );
  const where = (words: string) => notes.find(({ says }) => says.includes(words))?.where;
  expect(where("`fetch.max.bytes`: Kafka's own")).toBe("consumers.desk.inputs[0]");
  expect(where("`exclusive` is left out")).toBe("consumers.desk.inputs[1]");
});

test("inputs that need something else of the consumer there are consumers of their own, by name", () => {
  const text = desk({
    queue: ", onFailure: reject",
    more: "    failures: 10%",
    end: `timeline: [{at: 2s, for: 1s, crash: {consumer: desk, instance: 1}}, {at: 3s, scale: {consumer: desk, instances: 4}}, {at: 4s, isolate: {consumers: [desk, audit]}}]
expect: [{metric: throughput, of: {consumer: desk}, above: 60/s}, {metric: sent, above: 1}]
`,
  });
  const { text: other, notes } = translated(text);
  expect(consumersOf(other)).toEqual(["desk: queue", "desk-2: log", "audit: log"]);
  const told = notes.map(({ where, says }) => `${where}: ${says}`);
  expect(told).toContain(
    "consumers.desk.inputs: Its inputs differ in `sends` there, so each is a consumer of its own: `desk`, `desk-2`. The timeline acts on all of them.",
  );
  expect(told).toContain(
    "expect throughput: Left out: `desk` is several consumers there, and no figure is of all of them.",
  );
  expect(whatIs(other, /(?:crash|scale|isolate): \{.*?\}/gu)).toEqual([
    "crash: {consumer: desk, instance: 1}",
    "crash: {consumer: desk-2, instance: 1}",
    "scale: {consumer: desk, instances: 4}",
    "scale: {consumer: desk-2, instances: 4}",
    "isolate: {consumers: [desk, desk-2, audit]}",
  ]);
  // As many partitions as members that come later.
  expect(other).toContain("refunds: {partitions: 4}");
});

test("no queue has the lag of several groups", () => {
  const text = desk({
    end: "expect: [{metric: lag.max, of: {consumer: desk}, below: 100}, {metric: sent, above: 1}]\n",
  }).replace("      - {queue", "      - {topic: notes, group: letters}\n      - {queue");
  const { text: other, notes } = translated(text);
  expect(consumersOf(other)).toEqual(["desk: queue,queue,log", "audit: log"]);
  expect(other).not.toContain("metric: depth");
  expect(notes.map(({ says }) => says)).toContain(
    "Left out: `desk` reads as several groups, and no figure is of all their queues together.",
  );
});

test("order that is expected of the consumer is kept by each of its groups", () => {
  const text = desk({
    end: "expect: [{metric: order.violations, of: {consumer: desk}, equals: 0}]\n",
  }).replace(/ {6}- \{topic.*\n( {6}.*\n)/u, (log, queue: string) => queue + log.replace(queue, ""));
  expect(translated(text).text).toContain("queues: [books.0, books.1, books.2, books.3]");
});

test("any file with inputs is the same workload in the other model, and again when it comes back", () => {
  const file = fc
    .record({
      inputs: fc.subarray(
        [
          "{topic: orders, group: books, commit: after}",
          "{topic: notes, group: books}",
          "{topic: notes, shareGroup: letters}",
          "{queue: refunds, prefetch: 3, onFailure: reject}",
          "{queue: bills, onFailure: {retry: [1s], then: reject}}",
          "{queues: [refunds, lost], ack: early}",
        ],
        { minLength: 1 },
      ),
      more: one(
        "",
        "    failures: 5%",
        "    concurrency: 3",
        "    until: 3s",
        "    sends: [{queue: bills}]",
        "    sends: [{topic: notes, ratio: 2}]",
      ),
      end: one(
        "",
        "timeline: [{at: 1s, scale: {consumer: desk, instances: 5}}]",
        "timeline: [{at: 1s, for: 1s, isolate: {consumers: [desk]}}]",
        "expect: [{metric: order.violations, equals: 0}, {metric: lag.max, of: {consumer: desk}, below: 9}]",
      ),
      to: fc.constantFrom(undefined, "log" as const, "queues" as const),
    })
    .map(({ inputs, more, end, to }) => ({
      text: desk({ more, end: `${end}\n` }).replace(
        /inputs:\n(?: {6}.*\n)+/u,
        `inputs: [${inputs.join(", ")}]\n`,
      ),
      to,
    }))
    .filter(({ text }) => !check(text).some(stopsRun));
  fc.assert(
    fc.property(file, ({ text, to }) => {
      const there = translated(text, to);
      expectSameWorkload(text, there);
      expectSameWorkload(there.text, translated(there.text));
    }),
    { numRuns: 40 },
  );
});
