import { expect, test } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";
import { found, type Said } from "./found.ts";

const shop = `
rabbitmq:
  exchanges: {orders: {type: topic}}
  queues: {work: {arguments: {x-max-length: 3}}}
  bindings: [{source: orders, destination: work, routing_key: order.placed}]
producers: {site: {exchange: orders, rate: 200/s, routing_key: {order.placed: 8, order.paid: 1}}}
consumers: {packers: {queue: work, prefetch: 1, processing: {exponential: 8ms}}}
run: {duration: 10s, seed: 3}
expect:
  - {metric: unroutable, equals: 0}
  - {metric: dropped.maxlen, of: {queue: work}, equals: 0}
  - {metric: sent, above: 10}
`;

test("what was lost is told with its rule, its time and its place", () => {
  const [unrouted, dropped] = found(shop, "loss");
  expect(unrouted?.says).toMatch(/^\d+ of \d+ messages published to orders matched no queue\.$/);
  expect(unrouted).toMatchObject({ node: "exchange:orders", line: "orders" });
  expect(unrouted?.at).toBeLessThan(1000);
  expect(dropped?.says).toMatch(/^work dropped \d+ messages \(maxlen\)\.$/);
  expect(dropped).toMatchObject({ node: "queue:work", line: "work" });
});

test("an expectation that does not hold says why, and those come first", () => {
  const [first, second, third] = found(shop, "expectation");
  expect(first?.says).toMatch(
    /^unroutable is \d+; expected 0\. \d+ of \d+ messages published to orders matched/,
  );
  expect(first?.line).toBe("{metric: unroutable, equals: 0}");
  expect(second?.says).toMatch(/^dropped\.maxlen of queue work is \d+; expected 0\. work dropped/);
  expect(third?.says).toMatch(/^sent is \d+, above 10$/);
});

test("a part of the run and the interval of several stand in the sentence", () => {
  const [one] = found(
    `
rabbitmq: {queues: {mail: {}}}
producers: {shop: {queue: mail, rate: 50/s}}
consumers: {mailer: {queue: mail, processing: 1ms}}
run: {duration: 4s, repeat: 3}
expect: [{metric: processed, of: {consumer: mailer}, during: [1s, 2s], above: 20}]
`,
    "expectation",
  );
  expect(one?.says).toMatch(
    /^processed of consumer mailer from 1000 to 2000 is [\d.]+ \(0\.95 sure: [\d.]+ to [\d.]+\), above 20$/,
  );
});

test("an expectation's figures are in the unit of its metric", () => {
  const text = `topology: 1
kafka: {topics: {a: {partitions: 2}, state: {partitions: 2, config: {cleanup.policy: compact}}}}
producers: {p: {topic: a, rate: 50/s, key: {values: 5}}}
consumers: {c: {topic: a, group: g, commit: after, processing: 1s, window: {tumbling: 1s, by: key}, changelog: state}}
run: {duration: 10s}
expect:
  - {metric: unfinished, below: 5}
  - {metric: changelog.longest, of: {consumer: c}, below: 1s}
  - {metric: changelog.written, of: {consumer: c}, above: 1}
  - {metric: utilization, of: {consumer: c}, below: 10%}
  - {metric: throughput, of: {consumer: c}, above: 100/s}
  - {metric: storage.max, of: {topic: a}, below: 1 B}
`;
  const { topology, problems } = parse(text);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  const units = simulate(topology)
    .findings.filter(({ kind }) => kind === "expectation")
    .map(({ says }) => {
      const pieces = says.filter((piece) => typeof piece === "object");
      const metric = pieces.find((piece) => "quote" in piece);
      const figure = pieces.find((piece) => "as" in piece);
      return [metric?.quote, figure?.as];
    });
  expect(Object.fromEntries(units)).toEqual({
    unfinished: "count",
    "changelog.longest": "duration",
    "changelog.written": "count",
    utilization: "share",
    throughput: "rate",
    "storage.max": "bytes",
  });
});

const slow = (utilization: string) => `
rabbitmq: {queues: {work: {}}}
producers: {site: {queue: work, rate: 100/s}}
consumers: {packers: {queue: work, instances: 2, prefetch: 1, processing: ${utilization}}}
run: {duration: 20s}
`;

test("the busiest consumer is the bottleneck when it has no time left", () => {
  expect(found(slow("{exponential: 30ms}"), "bottleneck")).toMatchObject([
    {
      says: expect.stringMatching(
        /^The bottleneck was packers, at work 0?\.99\d? of the time; it finished [\d.]+\.$/,
      ),
      node: "consumer:packers",
      line: "packers",
    },
  ]);
  const [backlog] = found(slow("{exponential: 30ms}"), "backlog");
  expect(backlog?.says).toMatch(
    /^\d+ messages waited in queue work at \d+; packers was busy 0\.99\d? of the time; \d+ were left/,
  );
  expect(found(slow("5ms"), "bottleneck")[0]?.says).toMatch(
    /^The busiest consumer was packers, at work 0\.2\d+ of/,
  );
});

test("one busy instance of many is told apart, with its partition", () => {
  const hot = `
kafka: {topics: {clicks: {partitions: 4}}}
producers: {web: {topic: clicks, rate: 200/s, key: {values: 1000, zipf: 1.6}}}
consumers: {counter: {topic: clicks, group: counter, instances: 4, processing: {exponential: 12ms}}}
run: {duration: 40s}
`;
  expect(found(hot, "bottleneck")[0]?.says).toMatch(
    /^The bottleneck was counter, whose instance \d was at work [\d.]+ of the time and all of them 0\.5/,
  );
  expect(found(hot, "backlog")[0]?.says).toMatch(/partition \d of clicks alone was behind by \d+/);
});

test("the longest pause of a group names who went, and the line that made it go", () => {
  const [pause, ...others] = found(
    `
kafka: {topics: {clicks: {partitions: 4}}}
producers: {web: {topic: clicks, rate: 100/s}}
consumers:
  counter: {topic: clicks, group: counter, instances: 2, processing: 1ms, config: {session.timeout.ms: 10s}}
timeline: [{at: 5s, crash: {consumer: counter, instance: 2}}]
run: {duration: 30s}
`,
    "pause",
  );
  expect(others).toEqual([]);
  expect(pause?.says).toMatch(
    /^Group counter did not read partition \d of clicks for [\d.]+ from 5000: consumer counter 2 crashed\.$/,
  );
  expect(pause).toMatchObject({
    node: "group:counter",
    line: "{at: 5s, crash: {consumer: counter, instance: 2}}",
  });
});

const crash = `
kafka: {brokers: 3, topics: {orders: {partitions: 3, replicas: 3, config: {min.insync.replicas: 2}}}}
producers: {web: {topic: orders, rate: 100/s, config: {acks: all}}}
consumers: {billing: {topic: orders, group: billing, processing: 1ms}}
timeline: [{at: 10s, for: 15s, crash: {broker: 2}}]
run: {duration: 40s}
expect: [{metric: latency.max, of: {consumer: billing}, below: 1s}]
`;

test("a partition without a leader is a pause from the crash to the election", () => {
  const [pause] = found(crash, "pause");
  expect(pause?.says).toMatch(
    /^Partition \d of orders had no leader for [\d.]+ from 10000: broker 2 crashed; at [\d.]+ broker \d became the leader of topic orders partition \d \(it was in sync\)\.$/,
  );
  expect(pause).toMatchObject({ at: 10_000, node: "topic:orders" });
});

test("a latency that is too high has its pause as the reason, and its time", () => {
  const [late] = found(crash, "expectation");
  expect(late?.says).toMatch(
    /^latency\.max of consumer billing is [\d.]+; expected below 1000\. Partition \d of orders had no/,
  );
  expect(late?.at).toBe(10_000);
});

test("where order broke is told with the first time and what allows it", () => {
  const busy = slow("{exponential: 15ms}");
  const keyed = busy.replace("rate: 100/s", "rate: 100/s, key: {a: 1, b: 1}");
  for (const [body, mood, earlier] of [
    [busy, "note", "an earlier one was"],
    [keyed, "warn", "an earlier one of the same key was"],
  ] as const) {
    const [order] = found(body, "order");
    expect(order?.says).toMatch(
      new RegExp(
        `^packers finished \\d+ messages out of order: ${earlier} unfinished, first at [\\d.]+; 2 of its handlers work side by side\\.$`,
      ),
    );
    expect(order?.mood).toBe(mood);
    expect(order?.at).toBeLessThan(5000);
  }
});

test("what is lost by an early acknowledgement names the setting", () => {
  const [lost] = found(
    `
rabbitmq: {queues: {work: {}}}
producers: {site: {queue: work, rate: 100/s}}
consumers: {packers: {queue: work, ack: auto, processing: 30ms}}
timeline: [{at: 4s, crash: {consumer: packers}}]
run: {duration: 10s}
`,
    "loss",
  );
  expect(lost?.says).toMatch(
    /^Consumers passed over \d+ messages unfinished: packers has `ack: auto`; at 4000 consumer packers crashed\.$/,
  );
  expect(lost).toMatchObject({ at: 4000, line: "packers" });
});

test("members without a partition are named", () => {
  const [idle] = found(
    `
kafka: {topics: {clicks: {partitions: 2}}}
producers: {web: {topic: clicks, rate: 100/s}}
consumers: {counter: {topic: clicks, group: counter, instances: 3, processing: 1ms}}
run: {duration: 5s}
`,
    "idle",
  );
  expect(idle?.says).toBe("Instance 3 of counter had nothing to do: its group has 2 partitions to give out.");
});

/** Of 40 s with 100 messages a second. */
function backlogAfter(processing: string, timeline: string): Said | undefined {
  return found(
    `
rabbitmq: {queues: {work: {}}}
producers: {site: {queue: work, rate: 100/s}}
consumers: {packers: {queue: work, prefetch: 1, processing: ${processing}}}
timeline: ${timeline}
run: {duration: 40s}
`,
    "backlog",
  )[0];
}

test("a fault that a backlog grew from is named, with the line of the timeline", () => {
  const backlog = backlogAfter("4ms", `[{at: 8s, for: 4s, slow: {consumer: packers, factor: 10}}]`);
  expect(backlog?.says).toMatch(
    /^\d+ messages waited in queue work at \d+; at 8000 consumer packers takes 10 times as long from now on\.$/,
  );
  expect(backlog).toMatchObject({
    at: 8000,
    line: "{at: 8s, for: 4s, slow: {consumer: packers, factor: 10}}",
  });
});

test("of several faults the one after which a backlog grew most is named", () => {
  const backlog = backlogAfter(
    "9ms",
    `
  - {at: 8s, for: 1s, slow: {consumer: packers, factor: 3}}
  - {at: 10s, for: 6s, crash: {consumer: packers}}
  - {at: 17s, for: 1s, slow: {consumer: packers, factor: 2}}`,
  );
  expect(backlog?.says).toMatch(/; at 10000 consumer packers crashed/);
  expect(backlog).toMatchObject({ at: 10_000, line: "{at: 10s, for: 6s, crash: {consumer: packers}}" });
});

test("a fault after which a backlog grows on as before is not its reason", () => {
  const backlog = backlogAfter("13ms", `[{at: 25s, for: 100ms, slow: {consumer: packers, factor: 2}}]`);
  expect(backlog?.says).toMatch(/; packers was busy 0\.98\d* of the time/);
});

test("without a prefetch the backlog lies with the consumers", () => {
  const [backlog] = found(slow("{exponential: 30ms}").replace("prefetch: 1, ", ""), "backlog").filter(
    ({ says }) => says.includes("unacked"),
  );
  expect(backlog?.says).toMatch(
    /^\d+ messages of queue work lay with its consumers, delivered and unacked at \d+/,
  );
});

test("a calm run says so", () => {
  const says = found(slow("1ms"), "loss").map((one) => one.says);
  expect(says).toEqual([expect.stringMatching(/^Nothing was lost, refused, dropped or left unrouted/)]);
});

test("what a replay passed over is not told to have failed", () => {
  const says = found(
    `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 50/s}}
consumers: {c: {topic: t, group: g, processing: 100ms}}
timeline: [{at: 10s, replay: {group: g, topic: t, to: latest}}]
run: {duration: 20s}
`,
    "loss",
  ).map((one) => one.says);
  expect(says).toEqual([
    expect.stringMatching(/^c skipped \d+ messages that it failed on, or that a replay passed over/),
  ]);
});

test("who was cut off from one broker is what a backlog grew from, with its line", () => {
  const cut = "{at: 5s, for: 5s, isolate: {consumers: [c], from: [1]}}";
  const [backlog] = found(
    `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 50/s}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
timeline: [${cut}]
run: {duration: 20s}
`,
    "backlog",
  );
  expect(backlog!.says).toContain("at 5000 consumer c was cut off from broker 1");
  expect(backlog!.line).toBe(cut);
});

test("where a producer gave up records nobody says that nothing was lost", () => {
  const says = found(
    `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 10/s, config: {delivery.timeout.ms: 3s, request.timeout.ms: 1s, linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
timeline: [{at: 2s, for: 8s, isolate: {producers: [p], from: [1]}}]
run: {duration: 20s}
`,
    "loss",
  ).map((one) => one.says);
  expect(says).toEqual([
    expect.stringMatching(/^p gave up \d+ messages after its time-out; at 2000 producer p/),
  ]);
});

const cluster = (handling: string, timeline: string, delivery = 2, nodes = 3): string => `
rabbitmq:
  nodes: ${nodes}
  config: {cluster_partition_handling: ${handling}}
  queues: {q: {arguments: {x-queue-leader-locator: balanced}}}
producers:
  a: {queue: q, rate: 10/s, arrivals: constant, until: 3m, confirms: true, properties: {delivery_mode: ${delivery}}}
  b: {queue: q, rate: 10/s, arrivals: constant, until: 3m, confirms: true, properties: {delivery_mode: ${delivery}}}
consumers: {c: {queue: q, prefetch: 10, processing: 5ms}}
run: {duration: 5m, calibration: {preset: ideal, networkLatency: 10ms}}
timeline: [${timeline}]
`;

const cut = "{at: 10s, for: 2m, isolate: {nodes: [1], from: [2, 3]}}";
const paused =
  "node 1 paused: seeing no other node, it is of no majority (pause_minority), so that it has no clients and its queues stand still";

test("a node that pauses is the cause of what stands still, is refused or is lost by it", () => {
  const handled = cluster("pause_minority", cut);
  const [stood] = found(handled, "pause");
  expect(stood?.says).toBe(
    `Queue q was unavailable for 60000 from 70000: ${paused}; at 130000 queue q is available again, led by node 1.`,
  );
  const refused = found(handled, "loss").map(({ says }) => says);
  expect(refused).toContain(`Of 1800 messages of a, 600 were refused; at 70000 ${paused}.`);
  const [lost] = found(cluster("pause_minority", cut, 1), "loss");
  expect(lost?.says).toMatch(
    /^The broker lost \d+ messages that it had acknowledged; at 70000 queue q lost /,
  );
  expect(lost?.says.endsWith(`: ${paused}.`)).toBe(true);
  expect(found(cluster("ignore", cut), "pause")).toEqual([]);
});

test("what 3.10 could not route to a queue whose node was down is a loss of that node's fault", () => {
  const text = cluster("ignore", "{at: 10s, for: 20s, crash: {node: 1}}")
    .replace("x-queue-leader-locator: balanced", "x-queue-master-locator: min-masters")
    .replace("rabbitmq:\n", 'rabbitmq:\n  version: "3.10"\n');
  expect(found(text, "loss").map(({ says }) => says)).toEqual([
    "400 messages did not get into q, which other nodes do not know while its own is down; at 10000 node 1 crashed.",
  ]);
});

test("and so is a node that restarts on the side that loses; one that pauses for another's crash is named, not that one", () => {
  const [healed] = found(cluster("autoheal", cut), "pause");
  expect(healed?.says).toMatch(
    /^Queue q was unavailable for 5000 from 130000: node 1 restarts, since node 2 is of the side that stays as it is \(autoheal\); at 135000 /,
  );
  const [minority] = found(cluster("pause_minority", "{at: 10s, crash: {node: 2}}", 2, 2), "pause");
  expect(minority?.says).toBe(`Queue q was unavailable for 290000 from 10000: ${paused}.`);
  const [crashed] = found(cluster("ignore", "{at: 10s, for: 20s, crash: {node: 1}}"), "pause");
  expect(crashed?.says).toMatch(/^Queue q was unavailable for 20000 from 10000: node 1 crashed; at 30000 /);
});

test("an expectation of what consumers lose is explained by that, not by what brokers lost", () => {
  const reason = (metric: string) =>
    found(
      `
rabbitmq: {queues: {q: {durable: false}, r: {}}}
producers: {p: {queue: q, rate: 100/s}, o: {queue: r, rate: 100/s}}
consumers: {c: {queue: r, ack: auto, prefetch: 10, processing: 20ms}}
timeline: [{at: 2s, crash: {consumer: c}}, {at: 4s, crash: {queue: q}}]
run: {duration: 5s}
expect: [{metric: ${metric}, equals: 0}]
`,
      "expectation",
    )[0]!.says;
  expect(reason("lost.consumer")).toMatch(
    /expected 0\. Consumers passed over \d+ messages unfinished: c has/,
  );
  expect(reason("lost.broker")).toMatch(/expected 0\. The broker lost \d+ messages/);
});

const hybrid = (consumer: string, more: string) => `
kafka: {topics: {orders: {partitions: 1}, notes: {partitions: 2}}}
rabbitmq: {queues: {refunds: {}}}
producers:
  shop: {topic: orders, rate: 50/s, key: {values: 9}}
  crm: {topic: notes, rate: 20/s, key: {values: 9}}
  support: {queue: refunds, rate: 40/s, confirms: true}
consumers: {desk: {${consumer}}}
run: {duration: 20s}
${more}`;

test("of several inputs each is told that loses, that is out of order, or that leaves its instances idle", () => {
  const crash = "timeline: [{at: 5s, for: 2s, crash: {consumer: desk, instance: 1}}]";
  const inputs = "{topic: orders, group: books, commit: after}, {queue: refunds, ack: auto, prefetch: 10}";
  const [lost] = found(hybrid(`inputs: [${inputs}], processing: 30ms`, crash), "loss");
  expect(lost?.says).toMatch(
    /^Consumers passed over \d+ messages? unfinished: desk has `ack: auto` for refunds; at 5000 /,
  );
  expect(lost).toMatchObject({ node: "consumer:desk" });
  const both = inputs.replace("commit: after", "commit: before");
  const [losses] = found(hybrid(`inputs: [${both}], processing: 30ms`, crash), "loss");
  expect(losses?.says).toContain(
    ": desk has `commit: before` for orders and `ack: auto` for refunds; at 5000 ",
  );

  const two = `inputs: [${inputs.replace("ack: auto, ", "")}], instances: 2, processing: {exponential: 9ms}`;
  const [disorder] = found(hybrid(two, ""), "order");
  // Others of what it reads have keys.
  expect(disorder?.says).toMatch(
    /out of order: an earlier one was unfinished, .*; 2 of its handlers work side by side on refunds\.$/,
  );

  const groups =
    "inputs: [{topic: orders, group: a}, {topic: notes, group: b}], instances: 3, processing: 1ms";
  const [idle] = found(hybrid(groups, ""), "idle");
  expect(idle?.says).toBe(
    "Instance 3 of desk had nothing to do: its groups have at most 2 partitions to give out.",
  );
  const read = groups.replace("}]", "}, {queue: refunds, prefetch: 9}]");
  expect(found(hybrid(read, ""), "idle")).toEqual([]);
});

test("a backlog of one of several inputs is not held against what its consumer finished of all", () => {
  const inputs = "inputs: [{topic: orders, group: books, commit: after}, {queue: refunds, prefetch: 10}]";
  const body = hybrid(`${inputs}, processing: 30ms`, "").replace("rate: 40/s", "rate: 10/s");
  const [backlog] = found(body, "backlog");
  expect(backlog?.says).toMatch(/; from [\d.]+ on it grew by [\d.]+; \d+ were left when the run ended\.$/);
  const [bottleneck] = found(body, "bottleneck");
  expect(bottleneck?.says).toMatch(
    /^The (?:bottleneck|busiest consumer) was desk, at work 0\.6\d+ of the time by all inputs[.;]/,
  );
});
