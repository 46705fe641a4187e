import { describe, expect, it } from "vitest";
import { expectFormProblems, expectProblems } from "../marked-problems.ts";
import { check } from "../../../src/core/index.ts";

it("tells windows of which nothing comes", () => {
  expectProblems(`
topology: 1
kafka: {topics: {in: {}, out: {}}}
rabbitmq: {queues: {jobs: {}, done: {}}}
producers:
  p: {topic: in, rate: 10/s, key: {values: 5}}
  q: {queue: jobs, rate: 10/s, key: {values: 5}}
consumers:
  a: {topic: in, group: a, window: {tumbling: 1s}}
#                          ^^^^^^ operator-without-sends: \`a\` has a \`window\` but sends nothing on
  b: {topic: in, group: b, commit: after, failures: 1%, window: {tumbling: 1s}, sends: [{topic: out, when: failure}]}
#                                                       ^^^^^^ operator-without-sends: \`b\` has a \`window\`
  c: {topic: in, group: c, window: {tumbling: 1s}, sends: [{topic: out}]}
  d: {queue: jobs, prefetch: 5, window: {session: 1s}}
#                               ^^^^^^ operator-without-sends: \`d\` has a \`window\`
  e: {queue: jobs, prefetch: 5, window: {session: 1s}, sends: [{queue: done}]}
  f: {queue: done, prefetch: 5}
  g: {topic: out, group: g}
`);
});

it("tells messages without a key where each key has its windows", () => {
  expectProblems(`
topology: 1
kafka: {topics: {in: {}, mid: {}, out: {}}}
rabbitmq: {queues: {jobs: {}, done: {}}}
producers:
  keyed: {topic: in, rate: 10/s, key: {values: 5}}
  plain: {topic: in, rate: 10/s}
  worker: {queue: jobs, rate: 10/s}
consumers:
  a: {topic: in, group: a, window: {tumbling: 1s, by: key}, sends: [{topic: mid}]}
#                                                     ^^^ operator-without-key: \`plain\` has messages without a key for \`in\`
  b: {topic: mid, group: b, window: {tumbling: 5s, by: key}, sends: [{topic: out}]}
  c: {queue: jobs, prefetch: 5, window: {session: 1s, by: key}, sends: [{queue: done}]}
#                                                         ^^^ operator-without-key: \`worker\` has messages without a key for \`jobs\`
  d: {queue: jobs, prefetch: 5, window: {session: 1s}, sends: [{queue: done}]}
  e: {queue: done, prefetch: 5}
  f: {topic: out, group: f}
`);
});

it("tells windows that no run is long enough for", () => {
  const of = (window: string, duration = "60s") =>
    check(`topology: 1
kafka: {topics: {in: {}, out: {}}}
producers: {p: {topic: in, rate: 10/s, key: {values: 5}}}
consumers:
  a: {topic: in, group: a, window: ${window}, sends: [{topic: out}]}
  b: {topic: out, group: b}
run: {duration: ${duration}}
`).map(({ code }) => code);
  for (const window of ["{tumbling: 61s}", "{tumbling: 50s, grace: 11s}", "{session: 61s}"])
    expect(of(window), window).toEqual(["window-outlasts-run"]);
  for (const window of ["{tumbling: 60s}", "{hopping: {size: 5m, every: 50s}}", "{session: 60s}"])
    expect(of(window), window).toEqual([]);
  expect(of("{tumbling: 1h}", "unlimited")).toEqual([]);
});

it("tells windows that cannot be", () => {
  expectFormProblems(`
topology: 1
kafka: {topics: {in: {}, out: {}}}
rabbitmq: {queues: {jobs: {}}}
producers: {asks: {queue: jobs, rate: 1/s, requests: {timeout: 1s}}}
consumers:
  a: {topic: in, group: a, window: {tumbling: 0s}, sends: [{topic: out}]}
#                                             ^^ bad-value: a window of no length holds no message
  b: {topic: in, group: b, window: {hopping: {size: 1s, every: 2s}}, sends: [{topic: out}]}
#                                                              ^^ bad-value: would be in none
  c: {topic: in, group: c, window: {hopping: {size: 1h, every: 1ms}}, sends: [{topic: out}]}
#                                                              ^^^ bad-value: each message would be in 3600000 windows
  d: {topic: in, group: d, window: {tumbling: 1s, session: 1s}, sends: [{topic: out}]}
#                                                 ^^^^^^^ schema: exactly one of
  e: {topic: in, group: e, window: {grace: 1s}, sends: [{topic: out}]}
#                          ^^^^^^ schema: needs one of
  f: {topic: in, group: f, window: {tumbling: 1s, by: value}, sends: [{topic: out}]}
#                                                     ^^^^^ bad-value: \`by\`
  g: {queue: jobs, window: {tumbling: 1s}, sends: [{reply: true}]}
#                                                   ^^^^^ schema: the answer to no request
  h: {queue: jobs, window: {tumbling: 1s}, sends: [{reply: true, when: failure}, {topic: out}]}
  i: {topic: in, group: i, window: {hopping: {size: 1s, every: 1s}, grace: 0s}, sends: [{topic: out}]}
`);
});

it("tells joins whose messages do not meet", () => {
  expectProblems(`
topology: 1
kafka: {topics: {four: {partitions: 4}, six: {partitions: 6}, more: {partitions: 6}, out: {}}}
rabbitmq: {queues: {ins: {}, oks: {}, done: {}}}
producers:
  a: {topic: four, rate: 10/s, key: {values: 50}}
  b: {topic: six, rate: 10/s, key: {values: 50}}
  c: {topic: more, rate: 10/s}
  d: {queue: ins, rate: 10/s, key: {values: 5}}
  e: {queue: oks, rate: 10/s, key: {values: 5}}
consumers:
  uneven: {topics: [four, six], group: g1, join: {of: [four, six], by: key, within: 1s}, sends: [{topic: out}]}
#                                                     ^^^^^^^^^^^ join-apart: have 4 and 6 partitions
  assigned:
    topics: [six, more]
    group: g2
    instances: 2
    config: {partition.assignment.strategy: cooperative-sticky}
    join: {of: [more, six], by: correlation, within: 1s}
#              ^^^^^^^^^^^ join-apart: \`cooperative-sticky\` gives a member partitions
    sends: [{topic: out}]
  alone:
    topics: [six, more]
    group: g3
    config: {partition.assignment.strategy: cooperative-sticky}
    join: {of: [more, six], by: key, within: 1s}
#                               ^^^ operator-without-key: \`c\` has messages without a key for \`more\`
    sends: [{topic: out}]
  ranged: {topics: [six, more], group: g4, instances: 3, join: {of: [six, more], by: correlation, within: 1s}, sends: [{topic: out}]}
  queued: {queues: [ins, oks], prefetch: 5, instances: 2, join: {of: [ins, oks], by: key, within: 1s}, sends: [{queue: done}]}
#                                                                    ^^^^^^^^^^ join-apart: any of them gets any message
  one: {queues: [ins, oks], prefetch: 5, join: {of: [ins, oks], by: key, within: 1s}, sends: [{queue: done}]}
  idle: {queues: [ins, oks], prefetch: 5, join: {of: [ins, oks], by: key, within: 1s}}
#                                         ^^^^ operator-without-sends: \`idle\` has a \`join\`
  end: {queue: done, prefetch: 5}
  ends: {topic: out, group: h}
`);
});

it("tells joins that cannot be", () => {
  expectFormProblems(`
topology: 1
kafka: {topics: {a: {}, b: {}, out: {}}}
rabbitmq: {queues: {jobs: {}, oks: {}}}
producers: {asks: {queue: jobs, rate: 1/s, requests: {timeout: 1s}}}
consumers:
  c: {topic: a, group: c, join: {of: [a, b], by: key, within: 1s}, sends: [{topic: out}]}
#                                        ^ bad-value: \`c\` reads \`a\` alone; add it to its \`topics\`
  d: {topics: [a, b], group: d, join: {of: [a, a], by: key, within: 1s}, sends: [{topic: out}]}
#                                              ^ bad-value: brings messages of two sources together
  e: {topics: [a, b], group: e, join: {of: [a, x], by: key, within: 1s}, sends: [{topic: out}]}
#                                              ^ unknown-reference: no topic or queue \`x\`
  f: {topics: [a, b], group: f, window: {tumbling: 1s}, join: {of: [a, b], by: key, within: 1s}, sends: [{topic: out}]}
#                                                       ^^^^ schema: one of the two
  g: {topics: [a, b], group: g, join: {of: [a, b], by: key}, sends: [{topic: out}]}
#                               ^^^^ schema: \`within\`
  h: {queues: [jobs, oks], join: {of: [jobs, oks], by: correlation, within: 1s}, sends: [{reply: true}]}
#                                                                                         ^^^^^ schema: the answer to no request
`);
});

describe("a changelog", () => {
  const file = (topics: string, consumer: string) => `
topology: 1
kafka: {topics: {in: {partitions: 4}, out: {}, ${topics}}}
producers: {p: {topic: in, rate: 10/s, key: {values: 5}}}
consumers:
  c: {topic: in, group: g, ${consumer}, sends: [{topic: out}]}
  d: {topic: out, group: h}
`;
  const codes = (text: string) => check(text).map(({ code, message }) => [code, message] as const);

  it("is as Kafka Streams makes its own", () => {
    const consumer = "commit: after, window: {tumbling: 10s, by: key}, changelog: s";
    const told = (topic: string) =>
      codes(file(`s: ${topic}`, consumer)).map(([code, message]) => `${code}: ${message}`);
    expect(told("{partitions: 4, config: {cleanup.policy: compact}}")).toEqual([]);
    expect(told('{partitions: 4, config: {cleanup.policy: "compact,delete"}}')).toEqual([]);
    expect(told("{partitions: 2, config: {cleanup.policy: compact}}")).toEqual([
      expect.stringMatching(/^changelog-unfit: .*has 2 partitions, but `c` keeps state for 4/),
    ]);
    expect(told("{partitions: 4}")).toEqual([expect.stringMatching(/^changelog-unfit: .*is not compacted/)]);
    expect(
      told('{partitions: 4, config: {cleanup.policy: "compact,delete", retention.ms: 5s, segment.ms: 1s}}'),
    ).toEqual([expect.stringMatching(/^changelog-unfit: .*deletes records after 5 s, .*needed for 10 s/)]);
  });

  it.each([
    ["commit: auto, window: {tumbling: 1s}, changelog: s", "may commit what it has read before"],
    ["commit: after, changelog: s", "keeps no state for a `changelog`"],
    ["commit: after, window: {tumbling: 1s}, changelog: in", "cannot be its changelog as well"],
    ["commit: after, window: {tumbling: 1s}, changelog: nobody", "nobody"],
  ])("cannot be had with %s", (consumer, says) => {
    const found = codes(file("s: {partitions: 4, config: {cleanup.policy: compact}}", consumer));
    expect(found.filter(([, message]) => message.includes(says))).toHaveLength(1);
  });

  it("is one consumer's own, of partitions that it reads", () => {
    const window = "window: {tumbling: 1s}, changelog: s";
    const topics = "s: {partitions: 4, config: {cleanup.policy: compact}}";
    const twice = file(topics, `commit: after, ${window}`).replace(
      "  d:",
      `  e: {topic: in, group: k, commit: after, ${window}, sends: [{topic: out}]}\n  d:`,
    );
    expect(codes(twice).filter(([, message]) => message.includes("changelog of `c` already"))).toHaveLength(
      1,
    );
    const shared = file(topics, window).replace("group: g", "shareGroup: g");
    expect(
      codes(shared).filter(([, message]) => message.includes("no partitions of their own")),
    ).toHaveLength(1);
    const queued = `
topology: 1
kafka: {topics: {s: {}, out: {}}}
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 1/s}}
consumers: {c: {queue: q, prefetch: 1, ${window}, sends: [{topic: out}]}, d: {topic: out, group: h}}
`;
    expect(codes(queued).filter(([, message]) => message.includes("consumes a queue"))).toHaveLength(1);
  });
});
