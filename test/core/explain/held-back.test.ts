import { expect, test } from "vitest";
import { found } from "./found.ts";

const alarmed = (timeline: string, more = "") => `
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 100/s, confirms: true}}
consumers: {c: {queue: q, prefetch: 10, processing: 5ms}}
timeline: [${timeline}]
run: {duration: 1m}
${more}`;

test("who could send nothing is told with the alarm, its end and its line, and so is what comes after it at once", () => {
  const line = "{at: 20s, for: 20s, alarm: {node: 1, kind: memory}}";
  const body = alarmed(line, "expect: [{metric: latency.p99, of: {consumer: c}, below: 1s}]");
  const raised = "at 20000 node 1 raised its memory alarm; at 40000 node 1 cleared its memory alarm";
  const [pause] = found(body, "pause");
  expect(pause?.says).toMatch(new RegExp(`^p could send nothing for 20000 from 20000; ${raised}\\.$`));
  expect(pause).toMatchObject({ node: "producer:p", line });
  expect(found(body, "expectation")[0]?.says).toMatch(/expected below 1000\. p could send nothing for /);
  expect(found(body, "backlog")[0]?.says).toMatch(new RegExp(`^\\d+ messages waited .*; ${raised}\\.$`));
});

test("two alarms hold senders back until both are over", () => {
  const two = alarmed(
    "{at: 20s, for: 5s, alarm: {node: 1, kind: memory}}, {at: 22s, for: 18s, alarm: {node: 1, kind: disk}}",
  );
  expect(found(two, "pause").map(({ says }) => says)).toEqual([
    expect.stringMatching(
      /^p could send nothing for 20000 from 20000; at 20000 node 1 raised its memory alarm; at 40000 node 1 cleared its disk alarm\.$/,
    ),
  ]);
});

test("what producers still hold when the run ends is told with what held them back, a last burst is not", () => {
  const [held] = found(
    `
kafka: {topics: {t: {partitions: 2}}, quotas: {p: {produce: 40kB/s}}}
producers: {p: {topic: t, rate: 100/s}}
consumers: {c: {topic: t, group: g, commit: after, processing: 1ms}}
run: {duration: 30s}
`,
    "backlog",
  );
  expect(held?.says).toMatch(
    /^\d+ of \d+ messages of p had no answer yet when the run ended; at \d+ producer p was over its quota and waits \d+ ms \(producer_byte_rate\)\.$/,
  );
  expect(held).toMatchObject({ mood: "warn", node: "producer:p", line: "p" });
  const burst = alarmed("").replace("rate: 100/s", "arrivals: {bursts: {size: 200, every: 10s}}");
  expect(found(burst, "backlog").filter(({ node }) => node === "producer:p")).toEqual([]);
});

test("what lies behind an open transaction is a backlog that no lag counts", () => {
  const body = (messages: number) => `
kafka: {topics: {t: {}}}
producers:
  p: {topic: t, rate: 100/s}
  x: {topic: t, rate: 5/s, transaction: {messages: ${messages}}, config: {transactional.id: x}}
consumers: {c: {topic: t, group: g, commit: after, processing: 1ms, config: {isolation.level: read_committed}}}
run: {duration: 30s}
`;
  const [hidden] = found(body(1000), "backlog");
  expect(hidden?.says).toMatch(
    /^\d+ records of partition 0 of t lay behind an open transaction when the run ended, unseen by group g \(isolation\.level: read_committed\); in transactions writes x\.$/,
  );
  expect(hidden).toMatchObject({ mood: "warn", node: "group:g", line: "x" });
  expect(found(body(5), "backlog").some(({ says }) => says.includes("open transaction"))).toBe(false);
  const uncommitted = body(1000).replace("read_committed", "read_uncommitted");
  expect(found(uncommitted, "backlog").some(({ says }) => says.includes("open transaction"))).toBe(false);
});

test("requests without a reply are a loss, and name who was not there to answer", () => {
  const rpc = (timeline: string, processing: string) => `
rabbitmq: {queues: {rpc: {}}}
producers: {p: {queue: rpc, rate: 20/s, requests: {timeout: 2s, replyTo: amq.rabbitmq.reply-to}}}
consumers: {c: {queue: rpc, prefetch: 5, processing: ${processing}, sends: [{reply: true}]}}
timeline: [${timeline}]
run: {duration: 30s}
expect: [{metric: unanswered, of: {producer: p}, equals: 0}]
`;
  const line = "{at: 10s, for: 8s, crash: {consumer: c}}";
  const [lost] = found(rpc(line, "10ms"), "loss");
  expect(lost?.says).toMatch(
    /^p had no reply in time to \d+ of \d+ requests, and \d+ came too late; at 10000 consumer c crashed\.$/,
  );
  expect(lost).toMatchObject({ at: 10_000, line });
  const slow = rpc("", "60ms");
  expect(found(slow, "loss")[0]?.says).toMatch(
    /^p had no reply in time to \d+ of \d+ requests, and \d+ came/,
  );
  expect(found(slow, "expectation")[0]?.says).toMatch(/expected 0\. p had no reply in time/);
  expect(found(rpc("", "10ms"), "loss")[0]?.says).toMatch(/^Nothing was lost/);
});

test("what a client refuses itself is not the broker's refusal", () => {
  const [refused] = found(
    `
kafka: {topics: {t: {partitions: 2}}, quotas: {p: {produce: 40kB/s}}}
producers: {p: {topic: t, rate: 200/s, config: {buffer.memory: 100kB, max.block.ms: 2s}}}
consumers: {c: {topic: t, group: g, commit: after, processing: 1ms}}
run: {duration: 30s}
`,
    "loss",
  );
  expect(refused?.says).toMatch(
    /^Of \d+ messages of p, \d+ were refused; at \d+ send\(\) of producer p found no memory within max\.block\.ms: its record was refused\.$/,
  );
});

test("refusals for too few replicas in sync name the one without which there were too few", () => {
  const says = found(
    `
kafka: {brokers: 3, topics: {t: {partitions: 1, replicas: 3, config: {min.insync.replicas: 2}}}}
producers: {p: {topic: t, rate: 100/s, config: {acks: all, delivery.timeout.ms: 10s, request.timeout.ms: 3s}}}
consumers: {c: {topic: t, group: g, commit: after, processing: 1ms}}
timeline: [{at: 10s, for: 30s, crash: {broker: 1}}, {at: 12s, for: 30s, crash: {broker: 2}}]
run: {duration: 60s}
`,
    "loss",
  ).map((one) => one.says);
  expect(says[0]).toMatch(
    /^Of \d+ messages of p, \d+ were refused; at \d+ broker 2 left the in-sync replicas of topic t/,
  );
});

test("what a crash takes from a producer is given up without a time-out", () => {
  const says = found(
    `
kafka: {brokers: 3, topics: {t: {partitions: 3, replicas: 3}}}
producers: {p: {topic: t, rate: 100/s, transaction: {messages: 100}, config: {transactional.id: p, acks: all}}}
consumers: {c: {topic: t, group: g, commit: after, processing: 1ms}}
timeline: [{at: 20s, for: 10s, crash: {producer: p}}]
run: {duration: 40s}
`,
    "loss",
  ).map((one) => one.says);
  expect(says).toEqual([expect.stringMatching(/^p gave up \d+ messages; at 20000 producer p crashed\.$/)]);
});
