import { describe, expect, test } from "vitest";
import { check, parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";
import { expectProblems } from "../marked-problems.ts";

const file = (text: string): string => `topology: 1\n${text}`;
const orders = (partitions: number): string => `kafka: {topics: {orders: {partitions: ${partitions}}}}
producers: {shop: {topic: orders, rate: 50/s, key: {values: 1000}}}
`;

describe("members of a group", () => {
  test("that get no partition are told at their number", () => {
    expectProblems(
      file(`${orders(3)}consumers:
  billing: {topic: orders, group: billing, instances: 5, processing: 5ms, commit: after}
#                                                     ^ idle-members: Group \`billing\` has 5 members for 3 partitions of \`orders\`; 2 will stay idle
`),
    );
  });

  test("share a partition with others in a share group", () => {
    expectProblems(
      file(`${orders(3)}consumers:
  billing: {topic: orders, shareGroup: billing, instances: 5, processing: 5ms}
  audit: {topic: orders, shareGroup: audit, instances: 2, processing: 5ms}
`),
    );
  });

  test("are counted over the consumers of the group, as they are there at a time", () => {
    expectProblems(
      file(`${orders(3)}consumers:
  day: {topic: orders, group: g, instances: 3, processing: 5ms, commit: after}
  night: {topic: orders, group: g, processing: 5ms, commit: after}
# ^^^^^ idle-members: 4 members for 3 partitions
`),
    );
    expectProblems(
      file(`${orders(3)}consumers:
  day: {topic: orders, group: g, instances: 3, until: 30s, processing: 5ms, commit: after}
  night: {topic: orders, group: g, instances: 3, from: 30s, processing: 5ms, commit: after}
`),
    );
  });

  const two = (assignor: string) =>
    file(`kafka: {topics: {a: {partitions: 2}, b: {partitions: 2}}}
producers: {p: {topic: a, rate: 1/s, key: {values: 100}}, q: {topic: b, rate: 1/s, key: {values: 100}}}
consumers:
  c:
    topics: [a, b]
    group: c
    instances: 4
    processing: 5ms
    commit: after
    config: {partition.assignment.strategy: ${assignor}}
`);

  test("of several topics get a part by the assignor that the group uses", () => {
    expect(check(two("range")).map(({ message }) => message)).toEqual([
      expect.stringContaining("4 members for 4 partitions of `a` and `b`; 2 will stay idle"),
    ]);
    expect(check(two("roundrobin"))).toEqual([]);
  });

  test("carry different parts, unless hardly", () => {
    expectProblems(
      file(`${orders(4)}consumers:
  billing: {topic: orders, group: billing, instances: 3, processing: 5ms, commit: after}
#                                                     ^ uneven-members: some have 2, others 1
`),
    );
    for (const partitions of [6, 100])
      expectProblems(
        file(`${orders(partitions)}consumers:
  billing: {topic: orders, group: billing, instances: 3, processing: 5ms, commit: after}
`),
      );
  });
});

describe("replicas", () => {
  test("need a broker each", () => {
    expectProblems(
      file(`kafka:
  brokers: 2
  topics:
    t: {replicas: 3}
#                 ^ replicas-exceed-brokers: Topic \`t\` asks for 3 replicas of each partition, but there are 2 brokers
    u: {replicas: 2}
`),
    );
  });

  test("in sync are no more than there are", () => {
    expectProblems(
      file(`kafka:
  brokers: 3
  topics:
    t: {replicas: 2, config: {min.insync.replicas: 3}}
#                                                  ^ min-insync-unreachable: Kafka takes 2 for it since 3.7
    u: {replicas: 3, config: {min.insync.replicas: 2}}
`),
    );
    const severity = (version: string) =>
      check(
        file(
          `kafka: {version: "${version}", brokers: 3, config: {min.insync.replicas: 2}, topics: {t: {}}}\n`,
        ),
      ).map((problem) => `${problem.code} ${problem.severity} ${problem.related?.length}`);
    expect(severity("3.6")).toEqual(["min-insync-unreachable error 1"]);
    expect(severity("3.7")).toEqual(["min-insync-unreachable warning 1"]);
  });

  test("leave one broker to be down", () => {
    expectProblems(
      file(`kafka:
  brokers: 3
  topics:
    t: {replicas: 3, config: {min.insync.replicas: 3}}
#                                                  ^ min-insync-no-slack: while one broker is down nothing can be written
    u: {replicas: 1, config: {min.insync.replicas: 1}}
`),
    );
  });
});

describe("a producer", () => {
  const replicated = (config: string, key = "") =>
    file(`kafka: {brokers: 3, topics: {t: {replicas: 3, config: {min.insync.replicas: 2}}, u: {}}}
producers:
  p: {topic: t, rate: 1/s, ${key}config: {${config}}}
`);

  test("waits for the copies that there are", () => {
    expectProblems(`${replicated("enable.idempotence: false, acks: 1")}\
#                                                                    ^ weak-acks: waits for the leader alone
  q: {topic: u, rate: 1/s, config: {acks: 1, enable.idempotence: false}}
  r: {topic: t, rate: 1/s, config: {acks: all}}
  s:
    flows: {a: {topic: t, rate: 1/s}, b: {topic: t, rate: 1/s}}
    config: {acks: 0, enable.idempotence: false}
#                  ^ weak-acks: waits for no answer
`);
  });

  test("is idempotent with what idempotence needs", () => {
    expectProblems(`${replicated("enable.idempotence: true, retries: 0")}\
#                                                                      ^ idempotence-conflict: the client refuses to start
  q: {topic: u, rate: 1/s, config: {max.in.flight.requests.per.connection: 6}}
#                                                                          ^ idempotence-conflict: switches idempotence of \`q\` off in silence
  r: {topic: u, rate: 1/s, config: {max.in.flight.requests.per.connection: 5}}
`);
    const severities = (config: string) =>
      check(replicated(config)).flatMap(({ code, severity }) =>
        code === "idempotence-conflict" ? severity : [],
      );
    expect(severities("enable.idempotence: true, retries: 0")).toEqual(["error"]);
    expect(severities("retries: 0")).toEqual(["warning"]);
    expect(
      check(
        file(
          'kafka: {version: "2.8", topics: {t: {}}}\nproducers: {p: {topic: t, rate: 1/s, config: {acks: 1}}}\n',
        ),
      ),
    ).toEqual([]);
  });

  test("keeps the order of keys through retries", () => {
    expectProblems(`${replicated("enable.idempotence: false", "key: {values: 9}, ")}\
#                                                                         ^^^^^ reorder-on-retry: up to 5 requests in flight
  q: {topic: u, rate: 1/s, key: {values: 9}, config: {enable.idempotence: false, max.in.flight.requests.per.connection: 1}}
  r: {topic: u, rate: 1/s, config: {enable.idempotence: false}}
`);
  });
});

describe("keys", () => {
  test("are what compaction goes by", () => {
    expectProblems(
      file(`kafka:
  topics:
    t: {config: {cleanup.policy: "compact,delete"}}
    u: {config: {cleanup.policy: compact}, preload: {messages: 10, over: 1s}}
#                                          ^^^^^^^ compacted-without-key: its \`preload\` has messages without a key
    v: {}
producers:
  p: {topic: t, rate: 1/s}
#            ^ compacted-without-key: Topic \`t\` is compacted, but \`p\` has messages without a key
  q: {topic: t, rate: 1/s, key: unique}
  r: {topic: v, rate: 1/s}
`),
    );
  });

  test("move when partitions are added", () => {
    expectProblems(
      file(`kafka: {topics: {t: {partitions: 2}, u: {partitions: 2}}}
producers:
  p: {topic: t, rate: 1/s, key: {values: 99}}
  q: {topic: u, rate: 1/s}
timeline:
  - {at: 1s, partitions: {topic: t, count: 4}}
#                                ^ moved-keys: With 4 partitions in place of 2, keys of \`p\` go to other partitions of \`t\`
  - {at: 1s, partitions: {topic: u, count: 4}}
`),
    );
  });

  test("that are fewer than the partitions leave some empty", () => {
    expectProblems(
      file(`kafka: {topics: {t: {partitions: 6}, u: {partitions: 3}, v: {partitions: 6}}}
producers:
  p: {topic: t, rate: 1/s, key: {values: 3}}
#                               ^^^^^^^^^^^ few-keys: Topic \`t\` gets 3 distinct keys for 6 partitions
  q: {topic: u, rate: 1/s, key: {values: 30}}
  r: {topic: v, rate: 1/s, key: {values: 3}}
  s: {topic: v, rate: 1/s}
`),
    );
  });

  test("that are frequent make a partition hot, as the engine places them", () => {
    expectProblems(
      file(`kafka: {topics: {t: {partitions: 6}, u: {partitions: 6}, v: {partitions: 6}}}
producers:
  p: {topic: t, rate: 1/s, key: {values: 1000, zipf: 2}}
#                               ^^^^^^^^^^^^^^^^^^^^^^^ hot-partition: an even share is 16.7%; key \`0\` alone is 60.8%
  q: {topic: u, rate: 1/s, key: {values: 1000, zipf: 0.9}}
  r: {topic: v, rate: 10/s, key: {values: 1000}}
  s: {topic: v, rate: 1/s, key: {whale: 1}}
`),
    );
  });

  test("are placed in one way", () => {
    expectProblems(
      file(`kafka: {topics: {t: {partitions: 6}, u: {partitions: 6}}}
producers:
  p: {topic: t, rate: 1/s, key: {values: 100}}
  q: {topic: t, rate: 1/s, key: unique, config: {partitioner.ignore.keys: true}}
#                                                                         ^^^^ mixed-partitioners: \`q\` ignores keys, \`p\` places keys by Kafka's own hash
  r: {topic: u, rate: 1/s, key: {values: 100}}
  s: {topic: u, rate: 1/s, config: {partitioner.ignore.keys: true}}
`),
    );
  });

  test("have one writer", () => {
    expectProblems(
      file(`kafka: {topics: {t: {}, u: {}, v: {}}}
producers:
  p: {topic: t, rate: 1/s, key: {values: 100}}
  q: {topic: t, rate: 1/s, key: {values: 10}}
#            ^ several-writers: \`p\` and \`q\` write the same keys to topic \`t\`
  r: {topic: u, rate: 1/s, key: {a: 1, b: 1}}
  s: {topic: u, rate: 1/s, key: {c: 1}}
  w: {flows: {a: {topic: v, rate: 1/s, key: {values: 9}}, b: {topic: v, rate: 1/s, key: {values: 9}}}}
`),
    );
  });
});

describe("a group in time", () => {
  const readings = (retention: string, processing: string) =>
    file(`kafka: {topics: {readings: {partitions: 3, config: {retention.ms: ${retention}, segment.ms: 5s}}}}
producers: {meters: {topic: readings, rate: 900/s, key: {values: 300}}}
run: {duration: 2m}
consumers:
  store: {topic: readings, group: store, processing: ${processing}, commit: after}
`);

  test("does not fall behind retention within the run", () => {
    expectProblems(`${readings("20s", "4ms")}\
#                                                    ^^^ retention-outruns-group: can do 250/s of the 900/s
`);
    expectProblems(`${readings("10m", "4ms")}\
#                                                    ^^^ overload: is offered 900/s and can do 250/s
`);
    expectProblems(readings("20s", "500us"));
    expectProblems(
      file(`kafka: {version: "4.2", topics: {orders: {config: {retention.ms: 2s, segment.ms: 1s}}}}
producers: {shop: {topic: orders, rate: 900/s}}
consumers:
  four: {topic: orders, shareGroup: four, instances: 4, processing: 3ms}
  two: {topic: orders, shareGroup: two, instances: 2, processing: 3ms}
#                                                                 ^^^ retention-outruns-group: can do 667/s of the 900/s
run: {duration: 20s}
`),
    );
  });

  test("polls in time", () => {
    expectProblems(
      file(`kafka: {topics: {orders: {}}}
producers: {shop: {topic: orders, rate: 1/s}}
consumers:
  a: {topic: orders, group: a, processing: 800ms, commit: after}
#                                          ^^^^^ poll-interval-exceeded: up to 500 records of 800 ms each, which takes 6.67 min
  b: {topic: orders, group: b, processing: 800ms, commit: after, config: {max.poll.records: 100}}
  c: {topic: orders, group: c, processing: 500ms, commit: after}
`),
    );
  });

  test("repeats a poll for one failure seldom", () => {
    expectProblems(
      file(`kafka: {topics: {orders: {}, paid: {}}}
producers: {shop: {topic: orders, rate: 1/s}}
consumers:
  a: {topic: orders, group: a, commit: transactional, failures: 1%, sends: [{topic: paid}]}
#                                                               ^^ abort-repeats-poll: where 1% fail, 0.657% of the polls of 500 records commit
  b: {topic: orders, group: b, commit: transactional, failures: 20%, sends: [{topic: paid}]}
#                                                               ^^^ abort-repeats-poll: hardly any of the polls of 500 records commit
  c: {topic: orders, group: c, commit: transactional, failures: 0.1%, sends: [{topic: paid}]}
  d: {topic: orders, group: d, commit: transactional, failures: 1%, config: {max.poll.records: 10}, sends: [{topic: paid}]}
  e: {topic: orders, group: e, commit: transactional, failures: 1%, onFailure: skip, sends: [{topic: paid}]}
  f: {topic: orders, group: f, commit: after, failures: 1%, sends: [{topic: paid}]}
  g: {topic: paid, group: g, commit: after}
`),
    );
  });

  test("and a run shows it: a backlog is worked off where polls are small, and never where they are full", () => {
    const left = (records: number): number => {
      const text = file(`kafka: {topics: {orders: {}, paid: {}}}
producers: {shop: {topic: orders, rate: 10/s}}
consumers:
  pay: {topic: orders, group: pay, from: 20s, commit: transactional, failures: 20%, processing: 1ms, config: {auto.offset.reset: earliest, max.poll.records: ${records}}, sends: [{topic: paid}]}
run: {duration: 40s}
`);
      return simulate(parse(text).topology).summary.groups["pay"]!.lag.end;
    };
    expect(left(500)).toBeGreaterThan(300);
    expect(left(1)).toBeLessThan(10);
  });

  test("beats three times a session", () => {
    expectProblems(
      file(`kafka: {topics: {orders: {}}}
producers: {shop: {topic: orders, rate: 1/s}}
consumers:
  a: {topic: orders, group: a, commit: after, config: {session.timeout.ms: 6s}}
#                                                                          ^^ session-too-tight: every 3 s in a session of 6 s
  b: {topic: orders, group: b, commit: after, config: {session.timeout.ms: 9s}}
  c: {topic: orders, group: c, commit: after, config: {session.timeout.ms: 6s, group.protocol: consumer}}
`),
    );
  });

  test("commits what is finished", () => {
    expectProblems(
      file(`kafka: {topics: {orders: {}}}
producers: {shop: {topic: orders, rate: 1/s}}
consumers:
  a: {topic: orders, group: a, concurrency: 4, processing: 500ms, config: {max.poll.records: 50}}
#                                           ^ auto-commit-loss: while 4 handlers work
  b: {topic: orders, group: b, processing: 100ms}
  c: {topic: orders, group: c, concurrency: 4, commit: after, processing: 100ms}
`),
    );
  });

  test("is one application", () => {
    const text = file(`kafka: {topics: {a: {}, b: {}}}
producers: {p: {topic: a, rate: 1/s}, q: {topic: b, rate: 1/s}}
consumers:
  one: {topic: a, group: g, commit: after}
  two: {topic: b, group: g, commit: after}
#              ^ mixed-subscriptions: are members of group \`g\` but read different topics
  three: {topic: a, group: h, commit: after, until: 5s, config: {partition.assignment.strategy: range}}
  four: {topic: a, group: h, commit: after, from: 5s, config: {partition.assignment.strategy: sticky}}
#                                                                                             ^^^^^^ mixed-subscriptions: share no assignor
  five: {topic: a, group: i, commit: after}
`);
    const problems = expectProblems(text);
    expect(problems.map(({ severity }) => severity)).toEqual(["warning", "error"]);
  });

  test("assigns by what all its members have", () => {
    expectProblems(
      file(`kafka: {topics: {a: {partitions: 3}}}
producers: {p: {topic: a, rate: 1/s}}
consumers:
  one: {topic: a, group: g, commit: after}
  two: {topic: a, group: g, commit: after, config: {partition.assignment.strategy: cooperative-sticky}}
#                                                                                  ^^^^^^^^^^^^^^^^^^ mixed-subscriptions: \`two\` and \`one\` of group \`g\` name different assignors
  three: {topic: a, group: g, commit: after, config: {partition.assignment.strategy: range}}
#                                                                                    ^^^^^ mixed-subscriptions: \`three\` and \`two\` of group \`g\` share no assignor
  four: {topic: a, group: h, commit: after, config: {partition.assignment.strategy: [range, sticky]}}
  five: {topic: a, group: h, commit: after, config: {partition.assignment.strategy: [sticky, roundrobin]}}
#                                                                                   ^^^^^^^^^^^^^^^^^^^^ mixed-subscriptions: name different assignors
  six: {topic: a, group: h, commit: after, config: {partition.assignment.strategy: [range, roundrobin]}}
#                                                                                  ^^^^^^^^^^^^^^^^^^^ mixed-subscriptions: \`six\` and \`four\`, \`five\` of group \`h\` share no assignor
`),
    );
  });
});

describe("topics", () => {
  test("are read and written, as far as the file tells", () => {
    expectProblems(
      file(`kafka: {topics: {a: {}, b: {}, c: {preload: {messages: 5, over: 1s}}}}
#                ^ unwritten-topic: Nobody writes to topic \`a\`
#                       ^ unread-topic: Nobody reads topic \`b\`
producers: {p: {topic: b, rate: 1/s}}
consumers: {d: {topics: [a, c], group: d, commit: after}}
`),
    );
    expectProblems(file("kafka: {topics: {a: {}}}\n"));
    // What is broken may be the reader.
    const broken = file(`kafka: {topics: {a: {}}}
producers: {p: {topic: a, rate: 1/s}}
consumers: {c: {topic: aa, group: c}}
`);
    expect(check(broken).map(({ code }) => code)).toEqual(["unknown-reference"]);
  });

  test("are written by what consumers send on", () => {
    expectProblems(
      file(`kafka: {topics: {a: {}, b: {config: {cleanup.policy: compact}}, dead: {}}}
producers: {p: {topic: a, rate: 1/s, key: {values: 10}}}
consumers:
  c:
    topic: a
    group: c
    commit: after
    processing: 1ms
    onFailure: {retry: [1s], then: {deadLetterTopic: dead}}
    sends: [{topic: b}]
  d: {topics: [b, dead], group: d, commit: after}
`),
    );
  });

  test("keep records as long as they say", () => {
    expectProblems(
      file(`kafka:
  topics:
    slow: {config: {retention.ms: 1h}}
#                                 ^^ segment-delays-retention: are kept for up to 7.04 d, not for 1 h
    quick: {config: {retention.ms: 1h, segment.ms: 30m}}
    full: {config: {retention.ms: 1h}}
producers:
  a: {topic: slow, rate: 1/s}
  b: {topic: quick, rate: 1/s}
  c: {topic: full, rate: 1000/s}
`),
    );
    // Who writes is not said, and no segment's time either: its size says nothing of that.
    expectProblems(file("kafka: {topics: {t: {config: {retention.ms: 1h}}}}\n"));
    expectProblems(file("kafka: {topics: {t: {config: {retention.ms: 1h, segment.bytes: 512MiB}}}}\n"));
  });
});

test("librdkafka has no idempotence that nobody asks for, and settles for itself what it is not told", () => {
  expectProblems(
    file(`kafka: {topics: {t: {}}}
producers:
  a: {topic: t, rate: 1/s, client: librdkafka, config: {acks: 1}}
  b: {topic: t, rate: 1/s, client: librdkafka, config: {enable.idempotence: true}}
  c: {topic: t, rate: 1/s, client: librdkafka, config: {enable.idempotence: true, acks: 1}}
#                                                                                       ^ idempotence-conflict: needs \`acks: all\`
`),
  );
});

test("sessions that the broker does not take", () => {
  expectProblems(
    file(`kafka: {topics: {t: {}}}
consumers:
  a: {topic: t, group: a, commit: after, config: {session.timeout.ms: 5s, heartbeat.interval.ms: 1s}}
#                                                                     ^^ bad-value: less than 6 s, its \`group.min.session.timeout.ms\`
  b: {topic: t, group: b, commit: after, config: {session.timeout.ms: 6s, heartbeat.interval.ms: 1s}}
  c: {topic: t, group: c, commit: after, config: {session.timeout.ms: 31m}}
#                                                                     ^^^ bad-value: more than 30 min
  d: {topic: t, group: d, commit: after, config: {session.timeout.ms: 30m}}
`),
  );
});

test("names that Kafka refuses", () => {
  expectProblems(
    file(`kafka:
  topics:
    a.b_c-1: {}
    new orders: {}
#   ^^^^^^^^^^ schema: Kafka refuses a topic named \`new orders\`
    .: {}
#   ^ schema: Kafka refuses
    ${"t".repeat(249)}: {}
    ${"u".repeat(250)}: {}
#   ${"^".repeat(250)} schema: at most 249 of them
`),
  );
});

test("what clients and topics refuse of what is sent", () => {
  expectProblems(
    file(`kafka: {topics: {t: {}, wide: {config: {max.message.bytes: 8MiB}}}}
producers:
  a: {topic: t, rate: 1/s, config: {delivery.timeout.ms: 10s}}
#                                                        ^^^ bad-value: it is at least \`linger.ms\` and \`request.timeout.ms\` together
  b: {topic: t, rate: 1/s, config: {delivery.timeout.ms: 10s, request.timeout.ms: 5s}}
  c: {topic: t, rate: 1/s, client: librdkafka, config: {delivery.timeout.ms: 10s}}
  d: {topic: t, rate: 1/s, size: 2MiB}
#                                ^^^^ bad-value: \`max.request.size\` of the client is 1048576 bytes
  e: {topic: t, rate: 1/s, size: 2MiB, config: {max.request.size: 4MiB}}
#                                ^^^^ bad-value: \`max.message.bytes\` of the topic is 1048588 bytes
  f: {topic: wide, rate: 1/s, size: 2MiB, config: {max.request.size: 4MiB}}
  g: {topic: t, rate: 1/s, size: {lognormal: {median: 2MiB, p99: 4MiB}}}
  h: {topic: t, rate: 1/s, size: 2MiB, config: {max.request.size: 4MiB, compression.type: gzip}}
`),
  );
});
