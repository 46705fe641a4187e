import { expect, test } from "vitest";
import { check } from "../../../src/core/index.ts";
import { expectProblems, mended } from "../marked-problems.ts";

const file = (config: string, consumer = "group: g") => `topology: 1
kafka: {topics: {t: {}}, config: {${config}}}
producers: {p: {topic: t, rate: 1/s}}
consumers: {c: {topic: t, ${consumer}}}
`;

/** The one thing that is wrong, and what is once its mend is taken. */
function told(text: string): { message: string; at: string; after: string[] } {
  const problems = check(text).filter(({ code }) => code === "bad-value");
  expect(problems, text).toHaveLength(1);
  const [{ message, span, fixes = [] }] = problems as [(typeof problems)[0]];
  const after = fixes.map(({ title }) => mended(text, problems[0], title));
  return {
    message,
    at: text.slice(span.start, span.end),
    after: after.flatMap((one) => check(one).map(({ message }) => message)),
  };
}

test.each([
  [
    "group.consumer.session.timeout.ms: 44999",
    "44999",
    "less than `group.consumer.min.session.timeout.ms`, which is 45 s",
  ],
  [
    "group.consumer.session.timeout.ms: 60001",
    "60001",
    "more than `group.consumer.max.session.timeout.ms`, which is 1 min",
  ],
  [
    "group.consumer.heartbeat.interval.ms: 4999",
    "4999",
    "less than `group.consumer.min.heartbeat.interval.ms`, which is 5 s",
  ],
  [
    "group.consumer.heartbeat.interval.ms: 15001",
    "15001",
    "more than `group.consumer.max.heartbeat.interval.ms`",
  ],
  [
    "group.consumer.min.session.timeout.ms: 45001",
    "45001",
    "`group.consumer.session.timeout.ms`, which is 45 s, is less than that",
  ],
  ["group.share.session.timeout.ms: 44999", "44999", "less than `group.share.min.session.timeout.ms`"],
  ["group.share.heartbeat.interval.ms: 15001", "15001", "more than `group.share.max.heartbeat.interval.ms`"],
  [
    "group.share.record.lock.duration.ms: 14999",
    "14999",
    "less than `group.share.min.record.lock.duration.ms`, which is 15 s",
  ],
  [
    "group.share.record.lock.duration.ms: 60001",
    "60001",
    "more than `group.share.max.record.lock.duration.ms`",
  ],
  ["group.share.max.share.sessions: 199", "199", "`group.share.max.size`, which is 200, is more than that"],
])("no broker starts with %s", (config, at, why) => {
  const { message, at: where, after } = told(file(config));
  expect(where).toBe(at);
  expect(message).toContain("no broker starts while");
  expect(message).toContain(why);
  expect(after).toEqual([]);
});

test("no broker starts with heartbeats as seldom as sessions end", () => {
  const short = "group.consumer.min.session.timeout.ms: 5s, group.consumer.session.timeout.ms: 5s";
  expect(told(file(short)).message).toContain(
    "`group.consumer.heartbeat.interval.ms`, which is 5 s, is no less than that",
  );
  expect(
    check(file(short.replace("timeout.ms: 5s, ", "timeout.ms: 1s, ").replaceAll(/: 5s$/gu, ": 5001ms"))),
  ).toEqual([]);
});

test("bounds themselves are taken", () => {
  const within = ["min", "max"].map((bound) =>
    bound === "min" ? ["5s", "45s", "15s"] : ["15s", "60s", "60s"],
  );
  for (const [beat, session, lock] of within) {
    const brokers = ["consumer", "share"].map(
      (kind) => `group.${kind}.heartbeat.interval.ms: ${beat}, group.${kind}.session.timeout.ms: ${session}`,
    );
    expect(check(file(`${brokers.join(", ")}, group.share.record.lock.duration.ms: ${lock}`))).toEqual([]);
  }
});

test.each([
  ["share.session.timeout.ms: 10s", "10s", "less than `group.share.min.session.timeout.ms`"],
  ["share.heartbeat.interval.ms: 20s", "20s", "more than `group.share.max.heartbeat.interval.ms`"],
  ["share.record.lock.duration.ms: 61s", "61s", "more than `group.share.max.record.lock.duration.ms`"],
])("brokers take no %s of a share group", (config, at, why) => {
  const { message, at: where, after } = told(file("", `shareGroup: g, config: {${config}}`));
  expect(where).toBe(at);
  expect(message).toContain("brokers refuse it while it is");
  expect(message).toContain(why);
  expect(after).toEqual([]);
});

test("transactions may not take longer than brokers let them", () => {
  expectProblems(`topology: 1
kafka: {topics: {t: {}, u: {}}}
producers:
  a: {topic: t, rate: 1/s, config: {transactional.id: a, transaction.timeout.ms: 901s}}
#                                                                                ^^^^ bad-value: \`initTransactions()\` throws while it is more than \`transaction.max.timeout.ms\`, which is 15 min
  b: {topic: t, rate: 1/s, config: {transactional.id: b, transaction.timeout.ms: 900s}}
consumers:
  c: {topic: t, group: g, commit: transactional, sends: [{topic: u}], config: {transaction.timeout.ms: 1h}}
#                                                                                                      ^^ bad-value: throws
  d: {topic: u, group: h, commit: after}
`);
  expectProblems(`topology: 1
kafka: {topics: {t: {}}, config: {transaction.max.timeout.ms: 59s}}
#                                                             ^^^ bad-value: \`transaction.timeout.ms\`, which is 1 min, is more than that
producers: {a: {topic: t, rate: 1/s, config: {transactional.id: a}}, b: {topic: t, rate: 1/s}}
consumers: {d: {topic: t, group: h, commit: after}}
`);
});

test("lists that brokers do not start with", () => {
  expectProblems(
    file("group.coordinator.rebalance.protocols: [consumer]").replace(
      "\nprod",
      "\n#                                                                        ^^^^^^^^^^ bad-value: no broker starts without `classic`\nprod",
    ),
  );
  expectProblems(
    file("group.share.assignors: 'simple,simple'").replace(
      "\nprod",
      "\n#                                                        ^^^^^^^^^^^^^^^ bad-value: exactly one assignor\nprod",
    ),
  );
  expectProblems(
    file("group.consumer.assignors: [com.shop.Mine, range]").replace(
      "\nprod",
      "\n#                                                           ^^^^^^^^^^^^^^^^^^^^^^ not-simulated-yet: What runs now is `uniform` or `range`.\nprod",
    ),
  );
});
