import { expect, test } from "vitest";
import { check, parse } from "../../../src/core/index.ts";
import { expectFormProblems, mended } from "../marked-problems.ts";

test("an unknown key is reported on the key, with the nearest one", () => {
  const text = `topology: 1
producers:
  shop: {queue: q, rat: 5/s, rate: 1/s}
#                  ^^^ schema: Producer \`shop\` has no key \`rat\`. Did you mean \`rate\`?
rabbitmq:
  queues: {q: {}}
  exchange: {e: {}}
# ^^^^^^^^ schema: \`rabbitmq\` has no key \`exchange\`. Did you mean \`exchanges\`?
colour: red
`;
  expect(mended(text, check(text)[0], "Change to rate")).toContain("{queue: q, rate: 5/s");
  expectFormProblems(text.replace("colour: red\n", ""));
  expect(check(text).at(-1)?.message).toContain("Its keys are `topology`, `name`");
});

test("a missing key is reported on the name of its owner", () => {
  expectFormProblems(`topology: 1
rabbitmq:
  queues: {q: {}}
  bindings:
    - destination: q
#     ^^^^^^^^^^^ schema: Entry 1 of \`bindings\` has no \`source\`: the exchange that messages come from.
producers:
  shop: {queue: q}
# ^^^^ schema: Producer \`shop\` has no \`rate\`
  crm: {rate: 5/s}
# ^^^ schema: Producer \`crm\` sends nowhere
consumers:
  idle: {prefetch: 3}
# ^^^^ schema: Consumer \`idle\` reads nothing
`);
});

test("a file without the format's key names it", () => {
  expect(check("kafka: {}\n").map(({ message }) => message)).toEqual([
    expect.stringContaining("The file has no `topology`"),
  ]);
  expect(parse("kafka: {}\n").isTopology).toBe(false);
});

test.each(["", "# nothing\n", "- a\n", "hello"])("%j is no topology", (text) => {
  expect(check(text).map(({ message }) => message)).toEqual([
    expect.stringContaining("expected a map that begins with `topology: 1`"),
  ]);
});

test("a value of the wrong type says what was found and what was expected", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {partitions: [3]}}}
#                                ^^^ schema: \`partitions\` is a list: expected a whole number such as \`3\`
producers:
  p: {topic: t, rate: 1/s, mandatory: 3, confirms: often}
#                          ^^^^^^^^^ schema: \`mandatory\` belongs to RabbitMQ
#                                     ^ schema: \`mandatory\` is \`3\`: expected \`true\` or \`false\`
#                                        ^^^^^^^^ schema: \`confirms\` belongs to RabbitMQ
#                                                  ^^^^^ schema: expected \`true\` or \`false\`, or a map with the key \`window\`
consumers:
  c: 5
#    ^ schema: \`c\` is \`5\`: expected a map
  d: [a]
#    ^^^ schema: \`d\` is a list: expected a map
`);
});

test("a channel of RabbitMQ confirms or is transactional", () => {
  expectFormProblems(`topology: 1
rabbitmq: {queues: {q: {}}}
producers:
  p: {queue: q, rate: 1/s, transaction: {messages: 5}, confirms: true}
#                          ^^^^^^^^^^^ schema: \`p\` asks for both. Delete \`confirms\`
  o: {queue: q, rate: 1/s, transaction: {messages: 5}, confirms: false}
`);
});

test("keys that exclude each other are reported on the second", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}}}
rabbitmq: {queues: {q: {}}}
producers:
  p: {topic: t, queue: q, rate: 1/s}
#               ^^^^^ schema: has both \`topic\` and \`queue\`
  b: {topic: t, rate: 1/s, arrivals: {closed: {clients: 3}}}
#               ^^^^ schema: Delete one of the two
  k: {topic: t, rate: 1/s, key: {values: 10, zpf: 1}}
#                                            ^^^ schema: Did you mean \`zipf\`?
consumers:
  c: {queue: q, topic: t, group: g}
#               ^^^^^ schema: has both \`queue\` and \`topic\`
  d: {queue: q, processing: {exponential: 5ms, uniform: [1ms, 2ms]}}
#                                              ^^^^^^^ schema: they exclude each other
expect:
  - {metric: depth.max, of: {queue: q}, below: 5, above: 3}
#                                                 ^^^^^ schema: it takes exactly one of
  - {metric: depth.max}
#    ^^^^^^ schema: Entry 2 of \`expect\` needs one of \`equals\`
`);
});

test("keys of one broker do not belong to the other", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}}}
rabbitmq: {queues: {q: {}}}
producers:
  p: {topic: t, rate: 1/s, routing_key: a}
#                          ^^^^^^^^^^^ schema: \`routing_key\` belongs to RabbitMQ
  r: {queue: q, rate: 1/s, config: {acks: 1}}
#                          ^^^^^^ schema: \`config\` belongs to Kafka
  s: {queue: q, rate: 1/s, routing_key: a}
#                          ^^^^^^^^^^^ schema: Through the default exchange the routing key is the queue's name
consumers:
  c: {topic: t, group: g, prefetch: 5}
#                         ^^^^^^^^ schema: \`prefetch\` is for queues
  d: {queue: q, group: g}
#               ^^^^^ schema: \`group\` is for Kafka topics
  e: {topic: t}
# ^ schema: names no \`group\`
`);
});

test("what is sent on goes to one place, and its settings to a client that it has", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}, u: {}}}
rabbitmq: {exchanges: {x: {}}, queues: {q: {}, r: {}}}
consumers:
  a: {topic: t, group: a, sends: [{ratio: 2}]}
#                                  ^^^^^ schema: needs one of \`topic\`, \`exchange\`, \`queue\`
  b: {topic: t, group: b, sends: [{topic: u, queue: r}]}
#                                            ^^^^^ schema: has both \`topic\` and \`queue\`
  c: {topic: t, group: c, sends: [{exchange: x, routing_key: same}]}
#                                                            ^^^^ bad-value: has no routing key
  d: {topic: t, group: d, config: {linger.ms: 1, auto.offset.reset: latest}, sends: [{topic: u}]}
  e: {topic: t, group: e, config: {linger.ms: 1}, sends: [{queue: r}]}
#                                  ^^^^^^^^^ unknown-setting: it is a producer setting
  f: {queue: q, config: {acks: 1}, sends: [{topic: u}]}
  g: {queue: q, config: {max.poll.records: 1}, sends: [{topic: u}]}
#                        ^^^^^^^^^^^^^^^^ unknown-setting: it is a consumer setting
  h: {queue: q, config: {acks: 1}, sends: [{queue: r}]}
#               ^^^^^^ schema: \`config\` is for Kafka topics
#                        ^^^^ unknown-setting: it is a producer setting
  i: {queue: q, sends: [{queue: r, routing_key: a}]}
#                                  ^^^^^^^^^^^ schema: Through the default exchange
  j: {queue: q, sends: [{topic: u, routing_key: a}]}
#                                  ^^^^^^^^^^^ schema: \`routing_key\` belongs to RabbitMQ
  k: {queue: q, sends: [{queue: s}]}
#                               ^ unknown-reference: s
`);
});

test("shares of flows make a whole", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}}}
producers:
  p:
    topic: t
    rate: 1/s
    flows: {a: {share: 50%}, b: {share: 60%}}
#   ^^^^^ schema: The shares of the flows sum to 110%
  r:
    topic: t
    rate: 1/s
    flows: {a: {share: 50%}, b: {share: 40%}}
#   ^^^^^ schema: The shares of the flows sum to 90%
`);
});
