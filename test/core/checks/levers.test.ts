import { expect, test } from "vitest";
import { check, parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";

/** A part of the text, and what stands there instead. */
type Edit = readonly [part: string, other: string];

interface Case {
  readonly broker: string;
  readonly reads: string;
  /** ms of one way over the network. */
  readonly latency?: number;
  readonly advice: string;
  /** What the advice asks for. */
  readonly helps: readonly (readonly Edit[])[];
  /** What it does not name. */
  readonly inVain: readonly (readonly Edit[])[];
}

const queue = "rabbitmq: {queues: {work: {}}}";
const twoInstances: Edit = ["instances: 1", "instances: 2"];
const twoAtOnce: Edit = ["concurrency: 1", "concurrency: 2"];
const twoPartitions: Edit = ["topics: {work: {}}", "topics: {work: {partitions: 2}}"];

const cases: Readonly<Record<string, Case>> = {
  "a queue's consumer at work all the time": {
    broker: queue,
    reads: "queue: work, prefetch: 10, processing: 25ms",
    advice: "Add instances, raise `concurrency`, or process faster.",
    helps: [[twoInstances], [twoAtOnce]],
    inVain: [[["prefetch: 10", "prefetch: 40"]]],
  },
  "one that may hold no more than it works on": {
    broker: queue,
    reads: "queue: work, prefetch: 1, processing: 25ms",
    advice: "Add instances, raise `prefetch` and `concurrency`, or process faster.",
    helps: [[twoInstances], [twoAtOnce, ["prefetch: 1,", "prefetch: 2,"]]],
    inVain: [[twoAtOnce], [["prefetch: 1,", "prefetch: 2,"]]],
  },
  "one whose handlers wait for what it may not hold": {
    broker: queue,
    reads: "queue: work, prefetch: 1, processing: 4ms",
    latency: 20,
    advice: "Add instances, raise `prefetch`, or process faster.",
    helps: [[twoInstances], [["prefetch: 1,", "prefetch: 2,"]]],
    inVain: [[twoAtOnce]],
  },
  "the active one of a queue": {
    broker: "rabbitmq: {queues: {work: {arguments: {x-single-active-consumer: true}}}}",
    reads: "queue: work, prefetch: 10, processing: 25ms",
    advice: "Raise `concurrency`, or process faster. More messages at a time no longer finish in order.",
    helps: [[twoAtOnce]],
    inVain: [[twoInstances]],
  },
  "one that reads a stream": {
    broker: "rabbitmq: {queues: {work: {arguments: {x-queue-type: stream}}}}",
    reads: "queue: work, prefetch: 10, processing: 25ms",
    advice: "Raise `concurrency`, or process faster. More messages at a time no longer finish in order.",
    helps: [[twoAtOnce]],
    inVain: [],
  },
  "a member for each partition": {
    broker: "kafka: {topics: {work: {}}}",
    reads: "topic: work, group: g, processing: 25ms",
    advice:
      "Add partitions and instances, work on several records of a partition at once (`orderedBy: key` and more `concurrency`), or process faster.",
    helps: [
      [twoPartitions, twoInstances],
      [twoAtOnce, ["group: g", "group: g, orderedBy: key"]],
    ],
    inVain: [[twoInstances], [twoAtOnce], [twoPartitions]],
  },
  "a member with several partitions": {
    broker: "kafka: {topics: {work: {partitions: 4}}}",
    reads: "topic: work, group: g, processing: 25ms",
    advice: "Add instances, raise `concurrency`, or process faster.",
    helps: [[twoInstances], [twoAtOnce]],
    inVain: [[["partitions: 4", "partitions: 8"]]],
  },
  "a member that works on records in any order": {
    broker: "kafka: {topics: {work: {}}}",
    reads: "topic: work, group: g, orderedBy: none, processing: 25ms",
    advice: "Add partitions and instances, raise `concurrency`, or process faster.",
    helps: [[twoPartitions, twoInstances], [twoAtOnce]],
    inVain: [[twoInstances]],
  },
  "a member of a share group": {
    broker: "kafka: {version: '4.2', topics: {work: {}}}",
    reads: "topic: work, shareGroup: g, processing: 25ms",
    advice: "Add instances, raise `concurrency`, or process faster.",
    helps: [[twoInstances], [twoAtOnce]],
    inVain: [[twoPartitions]],
  },
};

test.each(Object.entries(cases))(
  "%s: what is advised lets it finish more, and nothing else does",
  (_, { broker, reads, latency = 0.1, advice, helps, inVain }) => {
    const from = broker.startsWith("kafka") ? "topic" : "queue";
    const text = `topology: 1
${broker}
producers: {shop: {${from}: work, rate: 200/s, key: {values: 1000}}}
consumers: {packers: {${reads}, instances: 1, concurrency: 1}}
run: {duration: 30s, calibration: {preset: ideal, networkLatency: ${latency}ms}}
`;
    const overload = check(text).find(({ code }) => code === "overload");
    expect(overload!.message.endsWith(` ${advice}`)).toBe(true);
    const edited = (edits: readonly Edit[]) =>
      edits.reduce((so, [part, other]) => {
        expect(so.split(part)).toHaveLength(2);
        return so.replace(part, other);
      }, text);
    const finished = (file: string) => {
      const { summary } = simulate(parse(file).topology);
      return summary.totals.processed;
    };
    const now = finished(text);
    expect(now).toBeGreaterThan(500);
    for (const edits of helps) expect(finished(edited(edits)) / now).toBeGreaterThan(1.4);
    for (const edits of inVain) expect(finished(edited(edits)) / now).toBeLessThan(1.05);
  },
);

test("more messages at a time finish in another order, where one alone had them, as the advice says", () => {
  const disordered = (prefetch: number, concurrency: number) => {
    const text = `topology: 1
rabbitmq: {queues: {work: {arguments: {x-single-active-consumer: true}}}}
producers: {shop: {queue: work, rate: 200/s}}
consumers: {packers: {queue: work, prefetch: ${prefetch}, concurrency: ${concurrency}, processing: {exponential: 25ms}}}
run: {duration: 30s, calibration: ideal}
`;
    const said = check(text).some(({ message }) => message.endsWith("no longer finish in order."));
    const { summary } = simulate(parse(text).topology);
    return { said, happens: summary.consumers["packers"]!.order.violations > 0 };
  };
  expect(disordered(1, 1)).toEqual({ said: true, happens: false });
  expect(disordered(10, 1)).toEqual({ said: true, happens: false });
  expect(disordered(1, 4)).toEqual({ said: true, happens: false });
  expect(disordered(10, 4)).toEqual({ said: false, happens: true });
});
