import { expect, test } from "vitest";
import { predict } from "../../../src/core/capacity/prediction.ts";
import { check, parse } from "../../../src/core/index.ts";
import { hints, hover } from "../../../src/core/language.ts";
import { simulate } from "../../../src/core/run.ts";

const parsed = (text: string, duration = 60) => {
  const whole = parse(`topology: 1\n${text}run: {duration: ${duration}s, warmup: 10s, trace: 0}\n`);
  expect(whole.problems).toEqual([]);
  return whole;
};

const pipeline = `kafka: {topics: {in: {partitions: 4}, out: {partitions: 4}, end: {}}}
producers: {p: {topic: in, rate: 200/s}}
consumers:
  first: {topic: in, group: g, instances: 2, processing: {exponential: 20ms}, sends: [{topic: out, ratio: 2}]}
  second: {topic: out, group: h, instances: 2, processing: 5ms, sends: [{topic: end}]}
  third: {topic: end, group: i, processing: 1ms}
`;

/** What comes behind an overloaded consumer, by place, and the file in which it does. */
const files: Readonly<Record<string, [string, Record<string, number>]>> = {
  "from topic to topic": [pipeline, { in: 200, out: 200, end: 200 }],
  "from queue to queue": [
    `rabbitmq: {queues: {in: {}, out: {}, end: {}}}
producers: {p: {queue: in, rate: 200/s}}
consumers:
  first: {queue: in, prefetch: 20, instances: 2, processing: {exponential: 20ms}, sends: [{queue: out}]}
  second: {queue: out, prefetch: 20, processing: 5ms, sends: [{queue: end, confirms: true}]}
  third: {queue: end, prefetch: 10, processing: 1ms}
`,
    { in: 200, out: 100, end: 100 },
  ],
  "behind two of them, from a topic by an exchange": [
    `kafka: {topics: {in: {partitions: 4}}}
rabbitmq:
  exchanges: {x: {type: topic}}
  queues: {out: {}, end: {}}
  bindings: [{source: x, destination: out, routing_key: "a.#"}]
producers: {p: {topic: in, rate: 200/s}}
consumers:
  first: {topic: in, group: g, instances: 2, processing: {exponential: 20ms}, sends: [{exchange: x, routing_key: {a.b: 3, c: 1}}]}
  second: {queue: out, prefetch: 20, processing: 20ms, sends: [{queue: end}]}
  third: {queue: end, prefetch: 10, processing: 1ms}
`,
    { in: 200, out: 75, end: 50 },
  ],
  "with the routing keys of what it reads": [
    `rabbitmq:
  exchanges: {x: {type: topic}, y: {type: topic}}
  queues: {in: {}, out: {}}
  bindings: [{source: x, destination: in, routing_key: "#"}, {source: y, destination: out, routing_key: a}]
producers: {p: {exchange: x, rate: 200/s, routing_key: {a: 1, b: 3}}}
consumers:
  first: {queue: in, prefetch: 20, processing: 10ms, sends: [{exchange: y}]}
  second: {queue: out, prefetch: 20, processing: 1ms}
`,
    { in: 200, out: 25 },
  ],
  "of what it rejects": [
    `rabbitmq: {queues: {in: {arguments: {x-dead-letter-exchange: "", x-dead-letter-routing-key: out}}, out: {}}}
producers: {p: {queue: in, rate: 100/s}}
consumers:
  first: {queue: in, prefetch: 20, processing: 20ms, failures: 20%, onFailure: reject}
  second: {queue: out, prefetch: 10, processing: 1ms}
`,
    { in: 100, out: 10 },
  ],
  "in a circle that would grow without an end": [
    `kafka: {topics: {in: {partitions: 4}, out: {}}}
producers: {p: {topic: in, rate: 10/s}}
consumers:
  first: {topic: in, group: g, instances: 2, processing: {exponential: 20ms}, sends: [{topic: in, ratio: 2}, {topic: out}]}
  second: {topic: out, group: h, processing: 1ms}
`,
    { in: 210, out: 100 },
  ],
  "of members that have no partition": [
    `kafka: {topics: {in: {partitions: 3}, out: {}}}
producers: {p: {topic: in, rate: 400/s}}
consumers:
  first: {topic: in, group: g, instances: 5, orderedBy: none, processing: 10ms, sends: [{topic: out}]}
  second: {topic: out, group: h, processing: 1ms}
`,
    { in: 400, out: 300 },
  ],
  "in windows of the messages' own times": [
    `kafka: {topics: {in: {partitions: 2}, out: {}}}
producers: {p: {topic: in, rate: 400/s, key: none, config: {partitioner.class: RoundRobinPartitioner}}}
consumers:
  first: {topic: in, group: g, instances: 2, processing: 10ms, window: {tumbling: 1s}, sends: [{topic: out}]}
  second: {topic: out, group: h, processing: 1ms}
`,
    { in: 400, out: 1 },
  ],
  "by each instance of those that read a stream": [
    `rabbitmq: {queues: {in: {arguments: {x-queue-type: stream}}, out: {}}}
producers: {p: {queue: in, rate: 300/s}}
consumers:
  first: {queue: in, instances: 2, prefetch: 100, processing: 5ms, sends: [{queue: out}]}
  second: {queue: out, prefetch: 20, processing: 1ms}
`,
    { in: 300, out: 400 },
  ],
};

test.each(Object.entries(files))(
  "no more comes than an overloaded consumer can do: %s",
  (_, [text, rates]) => {
    const { topology } = parsed(text);
    const { queues, topics, consumers } = predict(topology);
    const arriving = Object.fromEntries([...queues, ...topics]);
    for (const [name, rate] of Object.entries(rates)) expect(arriving[name], name).toBeCloseTo(rate, 6);
    const { summary } = simulate(topology);
    for (const name of ["second", "third"]) {
      const load = consumers.get(name);
      const shown = summary.consumers[name];
      if (load === undefined || shown === undefined) continue;
      const allowed = 0.03 + 3 / Math.sqrt(load.throughput * 50);
      expect(Math.abs(shown.throughput / load.throughput - 1), name).toBeLessThan(allowed);
    }
  },
);

const queue = "queue: q, prefetch: 10, failures: 20%";
const poison = "failures: {share: 20%, persistent: true}";

test.each([
  [`${queue}, onFailure: reject`, 1, 0.8],
  [`${queue}, ack: auto`, 1, 0.8],
  [queue, 1.25, 1],
  [queue, 1.24, 0.992, "quorum"],
  [`queue: q, prefetch: 10, ${poison}`, 1.4, 0.8, "quorum"],
  ["topic: t, group: g, failures: 20%", 1.25, 1],
  ["topic: t, group: g, failures: 20%, onFailure: skip", 1, 0.8],
  ["topic: t, shareGroup: g, failures: 40%", (1 - 0.4 ** 5) / 0.6, 1 - 0.4 ** 5],
  ["topic: t, shareGroup: g, failures: 20%, onFailure: reject", 1, 0.8],
  [`topic: t, shareGroup: g, ${poison}`, 1.8, 0.8],
])(
  "failures take time, and what succeeds in the end is finished and sent on: %s",
  (reads, again, succeeds, type = "classic") => {
    const { topology } = parsed(`kafka: {topics: {t: {partitions: 2}, out: {}}}
rabbitmq: {queues: {q: {arguments: {x-queue-type: ${type}${type === "quorum" ? ", x-delivery-limit: 2" : ""}}}}}
producers: {p: {${reads.startsWith("topic") ? "topic: t" : "queue: q"}, rate: 40/s}}
consumers: {c: {${reads}, processing: 10ms, sends: [{topic: out}]}}
`);
    const { consumers, topics } = predict(topology);
    const { utilization, throughput } = consumers.get("c")!;
    expect(utilization).toBeCloseTo(0.4 * again, 6);
    expect(throughput).toBeCloseTo(40 * succeeds, 6);
    expect(topics.get("out")).toBeCloseTo(40 * succeeds, 6);
    const shown = simulate(topology).summary.consumers["c"]!;
    expect(Math.abs(shown.utilization / utilization - 1)).toBeLessThan(0.04);
    expect(Math.abs(shown.throughput / throughput - 1)).toBeLessThan(0.04);
    expect(Math.abs(shown.sends!.sent - shown.processed)).toBeLessThanOrEqual(1);
  },
);

test("nobody says how often a transaction fails with a record of it, nor how poison ends that is tried for ever", () => {
  const untold = (reads: string) =>
    predict(
      parsed(`kafka: {topics: {t: {}, out: {}}}
producers: {p: {topic: t, rate: 10/s}}
consumers: {c: {topic: t, group: g, ${reads}, processing: 1ms, sends: [{topic: out}]}}
`).topology,
    ).consumers.size;
  expect(untold("commit: transactional, failures: 1%")).toBe(0);
  expect(untold("failures: {share: 1%, persistent: true}")).toBe(0);
});

test("a circle of failures comes to rest at what its consumer can do, each time at the same", () => {
  const text = `rabbitmq:
  queues:
    work: {arguments: {x-dead-letter-exchange: "", x-dead-letter-routing-key: wait}}
    wait: {arguments: {x-message-ttl: 1s, x-dead-letter-exchange: "", x-dead-letter-routing-key: work}}
producers: {p: {queue: work, rate: 40/s}}
consumers:
  c: {queue: work, prefetch: 20, processing: 20ms, failures: 50%, onFailure: reject}
`;
  const queues = () => Object.fromEntries(predict(parsed(text).topology).queues);
  expect(queues()).toEqual({ work: expect.closeTo(65, 4) as number, wait: expect.closeTo(25, 4) as number });
  expect(queues()).toEqual(queues());
  // One that grows too slowly to come to rest is not told.
  const slow = `kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s}}
consumers: {c: {topic: t, group: g, processing: 1ms, sends: [{topic: t, ratio: 1.001}]}}
`;
  expect([...predict(parsed(slow).topology).topics]).toEqual([]);
});

test("hovers and hints say what is less for that", () => {
  const whole = parsed(pipeline);
  const text = `topology: 1\n${pipeline}run: {duration: 60s, warmup: 10s, trace: 0}\n`;
  const told = (name: string) => hover(whole, text, text.indexOf(name))!.text;
  const sentence = "`first` is overloaded: what comes by it is as much as it can do.";
  expect(told("out:")).toContain(`Predicted: 200/s arrive. ${sentence}`);
  expect(told("end:")).toContain(sentence);
  expect(told("third:")).toContain(`Offered 200/s, can do 1000/s. ${sentence}`);
  expect(told("in:")).not.toContain(sentence);
  expect(told("first:")).not.toContain(sentence);
  const details = hints(whole.topology).filter(({ details }) => details.includes(sentence));
  expect(details.map(({ offset }) => /\w+$/u.exec(text.slice(0, offset))![0])).toEqual([
    "out",
    "end",
    "second",
    "third",
  ]);
});

test("nobody behind it is told to be overloaded by what never comes", () => {
  const slower = pipeline.replace("processing: 5ms", "processing: 8ms");
  const whole = `topology: 1\n${slower}run: {duration: 60s}\n`;
  expect(
    check(whole)
      .filter(({ code }) => /overload|near/u.test(code))
      .map(({ message }) => message.slice(0, 20)),
  ).toEqual(["`first` is offered 2"]);
});
