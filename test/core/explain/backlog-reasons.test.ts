import { expect, test } from "vitest";
import { found } from "./found.ts";

const backlogOf = (body: string) => found(body, "backlog")[0]!;

const crashed = (consumer: string, timeline: string, rate = 100) => `
kafka: {topics: {t: {partitions: 2}}}
producers: {p: {topic: t, rate: ${rate}/s}}
consumers: {c: {topic: t, group: g, instances: 2, commit: after, ${consumer}}}
timeline: [${timeline}]
run: {duration: 60s}
`;

test("in an overload a fault that changes little is not its reason, be it planned or one of many", () => {
  const overload = crashed("processing: 14ms", "{at: 30s, for: 1s, slow: {consumer: c, factor: 1.2}}", 200);
  expect(backlogOf(overload).says).toMatch(/; c was busy (?:1|0\.99\d*) of the time; \d+ were left/);
  const unacked = found(
    `
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 100/s}}
consumers: {c: {queue: q, instances: 2, processing: 30ms}}
timeline: [{at: 30s, for: 5s, crash: {consumer: c, instance: 1}}]
run: {duration: 1m}
`,
    "backlog",
  ).find(({ says }) => says.includes("unacked"));
  expect(unacked?.says).toMatch(/; c was busy (?:1|0\.99\d*) of the time; /);
  const closed = `
rabbitmq: {config: {consumer_timeout: 60s}, queues: {q: {}}}
producers: {p: {queue: q, rate: 1/s}}
consumers: {c: {queue: q, prefetch: 1, processing: {empirical: {100ms: 95, 150s: 5}}}}
run: {duration: 15m}
`;
  expect(backlogOf(closed).says).toMatch(/; c was busy (?:1|0\.99\d*) of the time; /);
});

test("a fault is named that comes while an earlier one's backlog is worked off", () => {
  const { says } = backlogOf(`
kafka: {brokers: 3, topics: {t: {partitions: 6, replicas: 3, config: {min.insync.replicas: 2}}}}
producers: {p: {topic: t, rate: 300/s, config: {acks: all}}}
consumers: {c: {topic: t, group: g, instances: 3, commit: after, processing: {exponential: 8ms}}}
timeline: [{at: 20s, for: 10s, crash: {broker: 1}}, {at: 40s, for: 10s, slow: {consumer: c, factor: 3}}]
run: {duration: 90s}
`);
  expect(says).toMatch(/; at 40000 consumer c takes 3 times as long from now on\.$/);
});

test("a member that crashed is the reason, not the rebalance after its return", () => {
  const line = "{at: 20s, for: 5s, crash: {consumer: c, instance: 1}}";
  const backlog = backlogOf(crashed("processing: 2ms", line));
  expect(backlog.says).toMatch(/; at 20000 consumer c 1 crashed[.;]/);
  expect(backlog.line).toBe(line);
});

test("what commits from time to time is not what a backlog had grown by before", () => {
  const auto = crashed("processing: 15ms", "{at: 22s, for: 5s, crash: {consumer: c, instance: 1}}");
  expect(backlogOf(auto.replace("commit: after, ", "")).says).toMatch(/; at 22000 consumer c 1 crashed/);
});

test("of what waited for a leader, a replica or a node the fault is told, and when it was over", () => {
  const broker = (topic: string, more: string) => `
kafka: {brokers: 3, topics: {t: {partitions: 3, replicas: 3, config: {min.insync.replicas: ${topic}}}}}
producers: {p: {topic: t, rate: 200/s, config: {acks: all${more}}}}
consumers: {c: {topic: t, group: g, instances: 3, commit: after, processing: 1ms}}
timeline: [{at: 20s, for: 20s, crash: {broker: 2}}]
run: {duration: 60s}
`;
  expect(backlogOf(broker("2", "")).says).toMatch(
    /; at 20000 broker 2 crashed; at 28\d\d\d broker 3 became the leader of topic t partition 1/,
  );
  expect(backlogOf(broker("3", ", delivery.timeout.ms: 15s, request.timeout.ms: 5s")).says).toMatch(
    /; at 20000 broker 2 crashed; at 40000 broker 2 started\.$/,
  );
});

test("what a fault held back and its end let go at once names both", () => {
  const cut = "{at: 20s, for: 20s, isolate: {producers: [p]}}";
  const isolated = backlogOf(`
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 100/s, confirms: true}}
consumers: {c: {queue: q, prefetch: 5, processing: 5ms}}
timeline: [${cut}]
run: {duration: 90s}
`);
  expect(isolated.says).toMatch(
    /; at 20000 producer p was cut off from the network; at 40000 producer p is no longer cut off\.$/,
  );
  expect(isolated).toMatchObject({ at: 20_000, line: cut });
  const uncontrolled = backlogOf(`
kafka: {brokers: {count: 3, controllers: 3}, topics: {t: {partitions: 3, replicas: 3, config: {min.insync.replicas: 2}}}}
producers: {p: {topic: t, rate: 100/s, config: {acks: all}}}
consumers: {c: {topic: t, group: g, instances: 3, commit: after, processing: 1ms}}
timeline:
  - {at: 10s, for: 40s, crash: {controller: 1}}
  - {at: 10s, for: 40s, crash: {controller: 2}}
  - {at: 20s, for: 30s, crash: {broker: 1}}
run: {duration: 90s}
`);
  expect(uncontrolled.says).toMatch(/; at 20000 broker 1 crashed; at 50000 broker 1 started\.$/);
  const apart = backlogOf(`
kafka: {brokers: 3, topics: {t: {partitions: 3, replicas: 3, config: {min.insync.replicas: 3}}}}
producers: {p: {topic: t, rate: 200/s, config: {acks: all}}}
consumers: {c: {topic: t, group: g, instances: 3, commit: after, processing: 1ms}}
timeline: [{at: 20s, for: 40s, isolate: {brokers: [3], from: [1, 2]}}]
run: {duration: 90s}
`);
  expect(apart.says).toMatch(
    /; at 20000 broker 3 was cut off from .*; at 60000 broker 3 is no longer cut off\.$/,
  );
});

test("readers that came late, or never, are the reason", () => {
  const queue = (consumer: string) => `
rabbitmq:
  exchanges: {x: {type: fanout}}
  queues: {q: {}, r: {}}
  bindings: [{source: x, destination: q}, {source: x, destination: r}]
producers: {p: {exchange: x, rate: 50/s}}
consumers: {${consumer} d: {queue: r, prefetch: 5, processing: 5ms}}
run: {duration: 40s}
`;
  expect(backlogOf(queue("")).says).toMatch(/ in queue q at \d+; nobody consumes it; \d+ were left/);
  const late = "c: {queue: q, from: 30s, prefetch: 5, processing: 5ms},";
  expect(backlogOf(queue(late)).says).toMatch(/ in queue q at \d+; c began at 30000\.$/);
  const audit = crashed("from: 20s, processing: 1ms, config: {auto.offset.reset: earliest}", "");
  expect(backlogOf(audit).says).toMatch(/; c began at 20000\.$/);
  // Its rebalance is not what it lags for.
  expect(backlogOf(audit).line).toBe("g");
});

test("what a group has done and not committed yet is no backlog", () => {
  const body = (rate: number) => `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: ${rate}/s}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
run: {duration: 34s}
`;
  const backlog = backlogOf(body(100));
  expect(backlog.says).toMatch(/^Group g fell behind by \d+ messages at \d+; it commits only every 5000\.$/);
  expect(backlog.mood).toBe("note");
  expect(backlogOf(body(100).replace("group: g", "shareGroup: g")).says).not.toContain("commits");
  expect(backlogOf(body(1200))).toMatchObject({ mood: "warn", says: expect.stringContaining("c was busy") });
});

test("what comes at once has no rate", () => {
  const { says } = backlogOf(`
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, arrivals: {bursts: {size: 200, every: 10s}}}}
consumers: {c: {queue: q, prefetch: 5, processing: 4ms}}
run: {duration: 30s}
`);
  expect(says).toMatch(/; they came within \d+(?:\.\d+)?\.$/);
});

test("what a stream keeps is no backlog, and what its limits take no loss", () => {
  const stream = (limits: string, processing: string) => `
rabbitmq: {queues: {s: {arguments: {x-queue-type: stream${limits}}}}}
producers: {p: {queue: s, rate: 100/s, confirms: true}}
consumers: {c: {queue: s, prefetch: 100, processing: ${processing}}}
run: {duration: 60s}
`;
  expect(found(stream("", "1ms"), "backlog")).toEqual([]);
  const limited = stream(", x-max-age: 10s, x-stream-max-segment-size-bytes: 50000", "1ms");
  expect(found(limited, "loss")).toMatchObject([
    { mood: "note", says: expect.stringMatching(/^\d+ messages left s by its limits, read or not\.$/) },
  ]);
});

test("disorder and idle instances have the queue's own reasons", () => {
  const queue = (args: string, consumer: string) => `
rabbitmq: {queues: {q: {arguments: {${args}}}}}
producers:
  hi: {queue: q, rate: 60/s, properties: {priority: 5}}
  lo: {queue: q, rate: 30/s, properties: {priority: 1}}
consumers: {c: {queue: q, prefetch: 1, processing: {exponential: 10ms}${consumer}}}
run: {duration: 20s}
`;
  expect(found(queue("x-max-priority: 5", ""), "order")[0]?.says).toMatch(/; q delivers by priority\.$/);
  expect(found(queue("x-single-active-consumer: true", ", instances: 2"), "idle")[0]?.says).toBe(
    "Instance 2 of c had nothing to do; q has a single active consumer.",
  );
});

test("consumers of one queue take messages beside each other, as instances do", () => {
  const orders = found(
    `
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 40/s}}
consumers:
  slow: {queue: q, prefetch: 50, processing: 100ms}
  fast: {queue: q, prefetch: 10, processing: 10ms}
run: {duration: 20s}
`,
    "order",
  );
  expect(orders[0]).toMatchObject({
    mood: "note",
    says: expect.stringMatching(/^fast finished .*; slow takes messages beside it\.$/),
  });
});

test("records that a group skips, since its offset was gone, name the reset", () => {
  const [lost] = found(
    `
kafka: {topics: {t: {config: {retention.ms: 10s, segment.ms: 2s}}}}
producers: {p: {topic: t, rate: 100/s}}
consumers: {c: {topic: t, group: g, commit: after, processing: 30ms}}
run: {duration: 6m}
`,
    "loss",
  );
  expect(lost?.says).toMatch(
    /^Consumers passed over \d+ messages unfinished; at \d+ .* out of range; by auto\.offset\.reset latest it goes on at \d+\.$/,
  );
});

test("no partition is missing to a member of a share group", () => {
  const body = (group: string) => `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 20/s, messages: 100}}
consumers: {c: {topic: t, ${group}: g, instances: 2, processing: 1ms}}
run: {duration: 20s}
`;
  expect(found(body("group"), "idle")[0]?.says).toContain("its group has 1 partition to give out");
  for (const { says } of found(body("shareGroup"), "idle")) expect(says).not.toContain("partition");
});

test("records that went while nobody had an offset name the member that left for it", () => {
  const says = found(
    `
kafka: {topics: {t: {partitions: 2, config: {retention.ms: 10s, segment.ms: 2s}}}}
producers: {p: {topic: t, rate: 20/s}}
consumers: {c: {topic: t, group: g, commit: after, processing: 2ms, config: {auto.offset.reset: none}}}
timeline: [{at: 10s, stop: {consumer: c}}, {at: 7m, start: {consumer: c}}]
run: {duration: 9m}
`,
    "loss",
  ).map((one) => one.says);
  expect(says).toEqual([
    expect.stringMatching(
      / before group g had read them; at 42\d{4} a member found no offset to read topic t/,
    ),
  ]);
});
