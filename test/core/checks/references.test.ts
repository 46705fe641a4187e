import { expect, test } from "vitest";
import { expectFormProblems, mended, formProblems } from "../marked-problems.ts";

test("names that the file does not name offer the nearest", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {orders: {}}}
rabbitmq:
  exchanges: {events: {type: topic, arguments: {alternate-exchange: spar}}}
#                                                                   ^^^^ unknown-reference: no exchange \`spar\`
  queues: {payment: {}}
  bindings:
    - {source: evnts, destination: payment}
#              ^^^^^ unknown-reference: The file names no exchange \`evnts\`. Did you mean \`events\`?
    - {source: amq.topic, destination: payments}
#                                      ^^^^^^^^ unknown-reference: no queue \`payments\`. Did you mean \`payment\`?
    - {source: events, destination: payment, destination_type: exchange}
#                                   ^^^^^^^ unknown-reference: no exchange \`payment\`
producers:
  a: {topic: order, rate: 1/s}
#            ^^^^^ unknown-reference: no topic \`order\`. Did you mean \`orders\`?
  b: {queue: zzz, rate: 1/s}
#            ^^^ unknown-reference: Known: \`payment\`
consumers:
  c: {topics: [orders, shipments], group: g}
#                      ^^^^^^^^^ unknown-reference: no topic \`shipments\`
expect:
  - {metric: lag.max, of: {group: h}, below: 5}
#                                 ^ unknown-reference: no group \`h\`. Did you mean \`g\`?
  - {metric: latency.p99, of: {consumer: cc}, below: 5}
#                                        ^^ unknown-reference: no consumer \`cc\`. Did you mean \`c\`?
`);
});

test("numbers are held against how many there are", () => {
  expectFormProblems(`topology: 1
kafka: {brokers: 3, topics: {t: {}}}
rabbitmq: {queues: {q: {}}}
consumers: {c: {topic: t, group: g, instances: 2}, d: {queue: q}}
timeline:
# brokerlab-disable-next-line not-simulated-yet
  - {at: 1s, crash: {broker: 3}}
# brokerlab-disable-next-line not-simulated-yet
  - {at: 1s, crash: {broker: 4}}
#                            ^ unknown-reference: They are counted from 1 to 3.
# brokerlab-disable-next-line not-simulated-yet
  - {at: 1s, crash: {consumer: c, instance: 3}}
#                                           ^ unknown-reference: They are counted from 1 to 2.
# brokerlab-disable-next-line not-simulated-yet
  - {at: 1s, scale: {consumer: d, instances: 4}}
# brokerlab-disable-next-line not-simulated-yet
  - {at: 2s, crash: {consumer: d, instance: 4}}
# brokerlab-disable-next-line not-simulated-yet
  - {at: 2s, crash: {consumer: d, instance: 5}}
#                                           ^ unknown-reference: They are counted from 1 to 4.
# brokerlab-disable-next-line not-simulated-yet
  - {at: 1s, stop: {controller: 1}}
  - {at: 1s, crash: {controller: 4}}
#                                ^ unknown-reference: no controller \`4\`. They are counted from 1 to 3.
  - {at: 1s, isolate: {controllers: [3, 5]}}
#                                       ^ unknown-reference: no controller \`5\`
`);
  expectFormProblems(`topology: 1
kafka: {brokers: {count: 2, controllers: 5}, topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
timeline: [{at: 1s, stop: {controller: 5}}]
`);
  expectFormProblems(`topology: 1
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 1/s}}
consumers: {c: {queue: q, prefetch: 1, processing: 1ms}}
timeline:
  - {at: 1s, stop: {controller: 1}}
#                               ^ unknown-reference: There is none.
`);
});

test("the fix changes the name or creates the thing", () => {
  const flow = "topology: 1\nrabbitmq: {queues: {pay: {}}}\nconsumers: {c: {queue: pya}}\n";
  const [problem] = formProblems(flow);
  expect(mended(flow, problem, "Change to pay")).toContain("{queue: pay}");
  expect(formProblems(mended(flow, problem, "Create the queue pya"))).toEqual([]);
  const block =
    "topology: 1\nkafka:\n  topics:\n    orders: {}\nproducers: {p: {topic: clicks, rate: 1/s}}\n";
  const created = mended(block, formProblems(block)[0], "Create the topic clicks");
  expect(created).toContain("  topics:\n    clicks: {}\n    orders: {}\n");
  expect(formProblems(created)).toEqual([]);
});

test("names of objects of the language are not names of the file", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {__proto__: {}, constructor: {}}}
producers:
  __proto__: {topic: __proto__, rate: 1/s}
  toString: {topic: valueOf, rate: 1/s}
#                   ^^^^^^^ unknown-reference: no topic \`valueOf\`
consumers: {hasOwnProperty: {topic: constructor, group: __proto__}}
expect: [{metric: __proto__, below: 1}]
#                 ^^^^^^^^^ bad-value: no metric has this name
`);
});
