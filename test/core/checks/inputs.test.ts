import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { complete } from "../../../src/core/language.ts";
import { expectProblems } from "../marked-problems.ts";

/** What a consumer with several inputs is told of each of them, not of the first one alone. */
describe("the checks of several inputs", () => {
  it("see two-phase commit in the settings of each", () => {
    expectProblems(`topology: 1
kafka: {topics: {t: {}, u: {}, o: {}}}
producers: {p: {topic: t, rate: 1/s}, q: {topic: u, rate: 1/s}}
consumers:
  c:
    inputs:
      - {topic: t, group: g}
      - {topic: u, group: h, commit: transactional, config: {transaction.two.phase.commit.enable: true}}
#                                                                                                 ^^^^ bad-value: TRANSACTIONAL_ID_AUTHORIZATION_FAILED
    sends: [{topic: o}]
  d: {topic: o, group: i}
run: {duration: 1s}
`);
  });

  it("and tell it once of flows that share them", () => {
    expectProblems(`topology: 1
kafka: {topics: {t: {}}}
producers:
  p:
    topic: t
    transaction: {messages: 3}
    config: {transactional.id: p, transaction.two.phase.commit.enable: true}
#                                                                      ^^^^ bad-value: TRANSACTIONAL_ID_AUTHORIZATION_FAILED
    flows: {a: {rate: 1/s}, b: {rate: 1/s}}
consumers: {c: {topic: t, group: g}}
run: {duration: 1s}
`);
  });

  it("know how the client of each places the keys of what is sent on", () => {
    expectProblems(`topology: 1
kafka: {topics: {t: {}, u: {}, o: {partitions: 3}, r: {partitions: 3}}}
producers:
  p: {topic: t, rate: 1/s, until: 1s}
  q: {topic: u, rate: 1/s, until: 1s}
  w: {topic: o, rate: 1/s, until: 1s, key: {wa: 1, wb: 1, wc: 1}}
  x: {topic: r, rate: 1/s, until: 1s, key: {wa: 1, wb: 1, wc: 1}}
consumers:
  c:
    inputs:
      - {topic: t, group: g}
      - {topic: u, group: h, config: {partitioner.ignore.keys: true}}
#                                                              ^^^^ mixed-partitioners: \`c\` ignores keys, \`w\` places keys by Kafka's own hash
    sends: [{topic: o, key: {ca: 1, cb: 1, cc: 1}}]
  e:
    topic: t
    group: i
    config: {partitioner.class: RoundRobinPartitioner}
#                               ^^^^^^^^^^^^^^^^^^^^^ mixed-partitioners: \`e\` deals records out in turn
    sends: [{topic: r, key: {ca: 1, cb: 1, cc: 1}}]
  d: {topics: [o, r], group: j}
run: {duration: 1s}
`);
  });

  it("know that records have no routing keys to keep, where messages of the first input have", () => {
    expectProblems(`topology: 1
kafka: {topics: {t: {}}}
rabbitmq:
  exchanges: {x: {type: topic}}
  queues: {q: {}, o: {}}
  bindings: [{source: x, destination: o, routing_key: q}]
producers: {p: {topic: t, rate: 1/s}, r: {queue: q, rate: 1/s, confirms: true}}
consumers:
  c:
    inputs: [{queue: q, prefetch: 10}, {topic: t, group: g}]
    sends: [{exchange: x, confirms: true}]
#                      ^ unroutable: No binding of exchange \`x\` matches messages of \`c\` without a routing key
  d: {queue: o, prefetch: 10}
run: {duration: 1s}
`);
  });

  const sending = (config: string) => `topology: 1
kafka: {topics: {t: {}, o: {}}}
rabbitmq: {queues: {q: {}}}
producers: {p: {topic: t, rate: 1/s}, r: {queue: q, rate: 1/s}}
consumers:
  c:
    inputs:
${config}
    sends: [{topic: o}]
  d: {topic: o, group: h}
run: {duration: 1s}
`;

  it("know the settings of the client that sends on what an input brings", () => {
    expectProblems(
      sending(`      - {topic: t, group: g, config: {max.poll.records: 3, linger.ms: 5, max.block: 1}}
#                                                                        ^^^^^^^^^ unknown-setting
      - {queue: q, prefetch: 3, config: {acks: all, max.poll.records: 3}}
#                                                   ^^^^^^^^^^^^^^^^ unknown-setting: (it is a consumer setting`),
    );
  });

  it("and completion offers them", () => {
    const text = sending(
      "      - {topic: t, group: g, config: {}}\n      - {queue: q, prefetch: 3, config: {}}",
    );
    const offered = (before: string) =>
      complete(text, text.indexOf("config: {}", text.indexOf(before)) + 9)?.suggestions.map(
        ({ label }) => label,
      );
    expect(offered("topic: t, group")).toEqual(expect.arrayContaining(["max.poll.records", "linger.ms"]));
    expect(offered("queue: q, prefetch")).toContain("linger.ms");
    expect(offered("queue: q, prefetch")).not.toContain("max.poll.records");
  });

  it("cut an application off from the broker and the node of a number, where it talks to both", () => {
    const from = (consumer: string) => {
      const { topology } = parse(`topology: 1
kafka: {topics: {t: {}}}
rabbitmq: {queues: {q: {}}}
producers:
  p: {rate: 2/s, flows: {one: {topic: t, share: 50%}, other: {queue: q}}}
consumers:
  c: {inputs: [{queue: q, prefetch: 3}, {topic: t, group: g}]}
  d: {inputs: [{topic: t, group: h}, {topic: t, group: i}]}
  e: {topic: t, group: j, sends: [{queue: q}]}
  f: {queue: q}
timeline: [{at: 1s, for: 1s, isolate: {${consumer}, from: [1]}}]
run: {duration: 3s}
`);
      const { action } = topology.timeline[0]!;
      return action.kind === "isolate" ? action.from?.map(({ kind }) => kind) : undefined;
    };
    expect(from("consumers: [c]")).toEqual(["node", "broker"]);
    expect(from("producers: [p]")).toEqual(["broker", "node"]);
    expect(from("consumers: [d]")).toEqual(["broker"]);
    // By what it sends, and of several those of all.
    expect(from("consumers: [e]")).toEqual(["broker", "node"]);
    expect(from("consumers: [d, f]")).toEqual(["broker", "node"]);
  });

  it("tell a number that nobody has whom an application talks to", () => {
    expectProblems(`topology: 1
kafka: {brokers: 2, topics: {t: {}}}
rabbitmq: {queues: {q: {}}}
producers: {p: {topic: t, rate: 1/s}, r: {queue: q, rate: 1/s, confirms: true}}
consumers:
  c: {inputs: [{queue: q, prefetch: 3}, {topic: t, group: g}]}
  d: {topic: t, group: h}
timeline:
  - {at: 1s, isolate: {consumers: [c], from: [2]}}
  - {at: 1s, isolate: {consumers: [c], from: [3]}}
#                                             ^ bad-value: the number of a node or broker that there is
  - {at: 1s, isolate: {consumers: [d], from: [3]}}
#                                             ^ bad-value: the number of a broker that there is
run: {duration: 3s}
`);
  });

  it("see an input that takes its queue for itself", () => {
    expectProblems(`topology: 1
kafka: {topics: {t: {partitions: 2}}}
rabbitmq: {queues: {q: {}}}
producers: {p: {topic: t, rate: 1/s}, r: {queue: q, rate: 1/s}}
consumers:
  c:
    inputs:
      - {topic: t, group: g}
      - {queue: q, prefetch: 3, exclusive: true}
#                                          ^^^^ exclusive-access
    instances: 2
run: {duration: 1s}
`);
  });

  it("know who writes to the dead-letter topic of any of them", () => {
    expectProblems(`topology: 1
kafka: {topics: {t: {}, u: {}, dead: {}}}
producers: {p: {topic: t, rate: 1/s}, r: {topic: u, rate: 1/s}}
consumers:
  c:
    inputs:
      - {topic: t, group: g, commit: after}
      - {topic: u, group: h, commit: after, onFailure: {retry: [1s], then: {deadLetterTopic: dead}}}
    failures: 1%
  d: {topic: dead, group: i}
run: {duration: 1s}
`);
  });
});
