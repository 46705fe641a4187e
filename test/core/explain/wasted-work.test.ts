import { expect, test } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";
import { found } from "./found.ts";

/** Orders are paid in transactions; of the backlog of a crash the consumer could work off 100 a second. */
const paid = (consumer: string, timeline = "[{at: 5s, for: 10s, crash: {consumer: payment}}]") => `
kafka: {topics: {orders: {}, paid: {}}}
producers: {shop: {topic: orders, rate: 100/s}}
consumers:
  payment: {topic: orders, group: payment, processing: 5ms, commit: transactional, sends: [{topic: paid}], ${consumer}}
  books: {topic: paid, group: books, commit: after}
run: {duration: 2m}
timeline: ${timeline}
`;

test("polls that are aborted are named as what keeps a backlog, with how many and what to do", () => {
  const body = paid("failures: 2%");
  const [backlog] = found(body, "backlog");
  expect(backlog?.mood).toBe("warn");
  const clause =
    /; at 5000 consumer payment crashed; \d+ of its polls were aborted, each for one failure, and \d+ messages finished in them began anew: lower `max\.poll\.records`, or let what fails pass; \d+ were left/;
  expect(backlog?.says).toMatch(clause);
  const { summary, occurrences, findings } = simulate(parse(`topology: 1\n${body}`).topology);
  const aborted = occurrences.kinds.indexOf("transactionAborted");
  const details = [...occurrences.detail].filter((_, row) => occurrences.kind[row] === aborted);
  const { duplicates } = summary.consumers["payment"]!;
  const finished = details.reduce((sum, detail) => sum + detail, 0);
  const told = findings
    .find(({ kind }) => kind === "repetition")!
    .says.flatMap((piece) => (typeof piece === "object" && "value" in piece ? piece.value : []));
  expect(told).toEqual([duplicates, details.filter((detail) => detail > 0).length, finished]);
  // All that was repeated began anew before, and of what began anew all but the last poll's came again.
  expect(duplicates).toBeGreaterThan(10_000);
  expect(duplicates).toBeLessThanOrEqual(finished);
  expect(duplicates).toBeGreaterThan(finished - 500);
});

test("what is too late or too little for aborted polls is explained by these, not by a pause or who was busiest", () => {
  const expected = `
expect:
  - {metric: latency.p99, of: {consumer: payment}, below: 60s}
  - {metric: lag.end, of: {group: payment}, below: 1000}
  - {metric: processed, of: {consumer: payment}, above: 10000}
`;
  const told = found(paid("failures: 2%") + expected, "expectation");
  expect(told).toHaveLength(3);
  for (const { says } of told)
    expect(says).toMatch(/\. Group payment fell behind .* of its polls were aborted, /);
});

test("with the polls that are advised the same backlog is worked off, and they are not its cause", () => {
  const body = paid("failures: 2%, config: {max.poll.records: 5}");
  const [backlog] = found(body, "backlog");
  expect(backlog?.mood).toBe("note");
  expect(backlog?.says).toMatch(/; at 5000 consumer payment crashed\.$/);
  const [repetition] = found(body, "repetition");
  expect(repetition?.says).toMatch(/finished before; \d+ of its polls were aborted, .* began anew\.$/);
  const calm = paid("failures: 2%", "[]");
  expect(found(calm, "backlog").map(({ says }) => says)).toEqual([expect.not.stringContaining("aborted")]);
});

test("polls that had sent nothing yet are aborted all the same", () => {
  const body = paid("failures: 2%").replace("{topic: paid}", "{topic: paid, ratio: 0.001}");
  expect(found(body, "backlog")[0]?.says).toMatch(/; \d+ of its polls were aborted, .*: lower `max\.poll/);
});

test("polls of one input are not what another one waits for, nor are later ones what a backlog had grown by", () => {
  const body = (consumer: string) => `
kafka: {topics: {orders: {partitions: 2}, paid: {}}}
rabbitmq: {queues: {refunds: {}}}
producers: {shop: {topic: orders, rate: 50/s}, support: {queue: refunds, rate: 30/s}}
consumers:
  desk:
    inputs: [{topic: orders, group: desk, commit: transactional${consumer}}, {queue: refunds, prefetch: 10}]
    processing: 8ms
    failures: 3%
    sends: [{topic: paid}]
  books: {topic: paid, group: books, commit: after}
timeline: [{at: 10s, for: 20s, crash: {consumer: desk}}]
run: {duration: 2m}
`;
  const [group, queue] = found(body(""), "backlog");
  expect(group?.says).toMatch(/^Group desk .*; \d+ of its polls were aborted, /);
  expect(queue?.says).toMatch(/ in queue refunds at \d+; at 10000 consumer desk crashed\.$/);
  const [drained] = found(body(", config: {max.poll.records: 4}"), "backlog");
  expect(drained?.says).toMatch(/^Group desk .*; at 10000 consumer desk crashed\.$/);
});

test("a record that always fails is let pass; a poll of it alone would fail as well", () => {
  const body = paid("failures: {share: 0.05%, persistent: true}", "[]");
  expect(found(body, "backlog")[0]?.says).toMatch(/ began anew: let what fails pass; /);
  expect(
    found(body.replace("persistent: true}", "persistent: true}, onFailure: skip"), "repetition"),
  ).toEqual([]);
});

const storm = (records: number) => `
kafka: {topics: {orders: {partitions: 4, preload: {messages: 3000, over: 10m}}}}
producers: {shop: {topic: orders, rate: 20/s}}
consumers:
  storm:
    {topic: orders, group: storm, from: 1s, instances: 2, commit: after, processing: 20ms,
    config: {max.poll.interval.ms: 5s, max.poll.records: ${records}, auto.offset.reset: earliest}}
run: {duration: 2m}
`;

test("members that are put out again and again keep the backlog, not the first one's joining", () => {
  const [backlog] = found(storm(500), "backlog");
  expect(backlog?.says).toMatch(
    /; its members were removed from the group \d+ times \(max\.poll\.interval\.ms\), with what they had polled: lower `max\.poll\.records`; \d+ were left/,
  );
  const [calm] = found(storm(100), "backlog");
  expect(calm?.says).toMatch(/; storm began at 1000\.$/);
});

test("what fails again and again is what a busy consumer lacks its time for", () => {
  const body = `
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 40/s}}
consumers: {c: {queue: q, prefetch: 10, processing: 10ms, failures: {share: 2%, persistent: true}}}
run: {duration: 1m}
`;
  const fails = /; c was busy 0?\.99\d* of the time; \d+ of \d+ deliveries to c failed; \d+ were left/;
  expect(found(body, "backlog")[0]?.says).toMatch(fails);
  expect(found(body, "bottleneck")[0]?.says).toMatch(
    /; it finished [\d.]+; \d+ of \d+ deliveries to c failed\.$/,
  );
  expect(found(body.replace("persistent: true", "persistent: false"), "bottleneck")[0]?.says).toMatch(
    /^The busiest consumer was c, at work [\d.]+ of the time\.$/,
  );
});

test("who waits with messages in hand is the bottleneck, however little it works", () => {
  const body = `
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 50/s}}
consumers: {c: {queue: q, prefetch: 10, processing: 15ms, failures: 20%, onFailure: {retry: [5s, 30s], then: reject}}}
run: {duration: 1m}
`;
  const waits =
    /; c waited 0\.9\d+ of the time with messages in hand; \d+ of \d+ deliveries to c failed, and each next attempt is waited for/;
  const [bottleneck] = found(body, "bottleneck");
  expect(bottleneck?.says).toMatch(/^The bottleneck was c, at work 0\.0\d+ of the time; it finished /);
  expect(bottleneck?.says).toMatch(waits);
  expect(found(body, "backlog")[0]?.says).toMatch(waits);
});

test("work that share groups give to others, since it took too long, is told to be repeated for that", () => {
  const [repetition] = found(
    `
kafka: {topics: {t: {partitions: 2}}}
producers: {p: {topic: t, rate: 5/s}}
consumers: {c: {topic: t, shareGroup: g, instances: 4, processing: {empirical: {50ms: 97, 45s: 3}}}}
run: {duration: 2m}
`,
    "repetition",
  );
  expect(repetition?.says).toMatch(
    /has 1 record available again \(group\.share\.record\.lock\.duration\.ms\)\.$/,
  );
});
