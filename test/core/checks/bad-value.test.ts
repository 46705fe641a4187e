import { expect, test } from "vitest";
import { expectFormProblems, mended, formProblems } from "../marked-problems.ts";

test("quantities that cannot be read", () => {
  expectFormProblems(`topology: 1
kafka: {brokers: 0, topics: {t: {partitions: 1.5, replicas: -1}}}
#                ^ bad-value: it is at least 1
#                                            ^^^ bad-value: it is not a whole number
#                                                           ^^ bad-value: it is below 0
producers:
  p: {topic: t, rate: 10/x, size: 5XB, from: soon}
#                     ^^^^ bad-value: \`/x\` is not a unit here
#                                 ^^^ bad-value: \`XB\` is not a unit here
#                                            ^^^^ bad-value: expected a duration
consumers:
  c: {topic: t, group: g, failures: 120%}
#                                   ^^^^ bad-value: it is above 100%
run: {duration: 0s, seed: 1.5, trace: 1.5M}
#               ^^ bad-value: it is more than 0
#                         ^^^ bad-value: it is a whole number
`);
});

test("distributions whose numbers contradict each other", () => {
  expectFormProblems(`topology: 1
rabbitmq: {queues: {q: {}}}
consumers:
  a: {queue: q, processing: {uniform: [5ms, 2ms]}}
#                                     ^^^^^^^^^^ bad-value: is above the second
  b: {queue: q, processing: {lognormal: {median: 5ms, p99: 1ms}}}
#                                                          ^^^ bad-value: at least the median
  c: {queue: q, processing: {erlang: {shape: 0, mean: 1ms}}}
#                                            ^ bad-value: a shape of 1 or more
  d: {queue: q, processing: {pareto: {shape: 0, minimum: 1ms}}}
#                                            ^ bad-value: it is more than 0
  e: {queue: q, processing: {empirical: {5ms: 0, 7ms: 0}}}
#                                       ^^^^^^^^^^^^^^^^ bad-value: no weight is above 0
  f: {queue: q, processing: {empirical: {5: 1, x: 2}}}
#                                              ^ bad-value: expected a duration
`);
});

test("choices offer the nearest", () => {
  const text = `topology: 1
rabbitmq: {exchanges: {e: {type: topik}}, queues: {q: {}}}
#                                ^^^^^ bad-value: Did you mean \`topic\`?
producers: {p: {exchange: e, rate: 1/s, arrivals: poison}}
#                                                 ^^^^^^ bad-value: Did you mean \`poisson\`?
consumers: {c: {queue: q, ack: atuo, onFailure: skip}}
#                              ^^^^ bad-value: Did you mean \`auto\`?
#                                               ^^^^ bad-value: a queue's consumer can \`requeue\`
run: {calibration: lann}
#                  ^^^^ bad-value: Did you mean \`lan\`?
`;
  const problems = expectFormProblems(text);
  expect(mended(text, problems[0], "Change to topic")).toContain("{type: topic}");
});

test("settings of Kafka", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s, config: {acks: two, linger.ms: true, batch.size: -1}}}
#                                                   ^^^ bad-value: expected \`0\`, \`1\`, \`all\`
#                                                                   ^^^^ bad-value: expected a duration
#                                                                                     ^^ bad-value: it is below 0
consumers:
  c: {topic: t, group: g, commit: after, config: {enable.auto.commit: true}}
#                                                                     ^^^^ bad-value: Delete one of the two
  d: {topic: t, group: h, config: {enable.auto.commit: false}}
#                                                      ^^^^^ bad-value: Say when: \`commit: after\`
`);
});

test("times that cannot be", () => {
  expectFormProblems(`topology: 1
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 1/s, from: 5s, until: 2s}}
#                                                     ^^ bad-value: \`p\` would stop before it begins
consumers: {c: {queue: q, from: 5s, until: 5s}}
#                                          ^^ bad-value: \`c\` would leave before it joins
run: {duration: 10s, warmup: 10s}
#                            ^^^ bad-value: nothing would be counted
`);
});

test("metrics and their bounds", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}}}
consumers: {c: {topic: t, group: g}}
expect:
  - {metric: latency.p95, of: {consumer: c}, below: 2s}
#            ^^^^^^^^^^^ bad-value: Did you mean \`latency.p90\`?
  - {metric: lag.max, of: {topic: t}, below: 5}
#                         ^^^^^^^^^^ bad-value: \`lag.max\` is measured of a group or a consumer
  - {metric: lag.max, of: {group: g}, below: 2s}
#                                            ^^ bad-value: \`s\` is not a unit here
  - {metric: latency.p99, of: {consumer: c}, below: 2KiB}
#                                                   ^^^^ bad-value: is a duration
  - {metric: utilization, of: {consumer: c}, within: [90%, 10%]}
#                                                    ^^^^^^^^^^ bad-value: Swap them
  - {metric: lost.broker, of: {consumer: c}, equals: 0}
#                             ^^^^^^^^^^^^^ bad-value: measured over the whole run
`);
});

test("a version is two numbers", () => {
  expectFormProblems(`topology: 1
kafka: {version: newest}
#                ^^^^^^ bad-value: expected a version such as
rabbitmq: {version: 4}
#                   ^ bad-value: expected a version such as
`);
});

test.each(["5ms", "{exponential: 5ms}", "{uniform: [1ms, 1ms]}", "{lognormal: {median: 1, p99: 1}}"])(
  "processing %s is well",
  (processing) => {
    expect(
      formProblems(
        `topology: 1\nrabbitmq: {queues: {q: {}}}\nconsumers: {c: {queue: q, processing: ${processing}}}\n`,
      ),
    ).toEqual([]);
  },
);
