import { describe, expect, test } from "vitest";
import { at, type Tree } from "../../../src/core/parse/tree.ts";
import { readYaml } from "../../../src/core/parse/yaml-text.ts";
import { translated } from "./conserved.ts";

/** What stands at a path of the translated file, as plain data. */
function plain(tree: Tree | undefined): unknown {
  if (tree === undefined) return undefined;
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(plain);
  return Object.fromEntries(Array.from(tree.entries, ([key, { value }]) => [key, plain(value)]));
}

function part(text: string, ...path: readonly string[]): unknown {
  return plain(at(readYaml(translated(text).text).tree, ...path));
}

function notes(text: string): readonly string[] {
  return translated(text).notes.map(({ where, says }) => `${where}: ${says}`);
}

const attempts = (retry: readonly string[], last: unknown): unknown =>
  JSON.parse(`{"retry": ${JSON.stringify(retry)}, "then": ${JSON.stringify(last)}}`) as unknown;

const log = (of: { topic?: string; producer?: string; consumer?: string; more?: string } = {}) => `topology: 1
kafka: {brokers: 3, topics: {clicks: {partitions: 2${of.topic ?? ""}}, rest: {}}}
producers: {web: {topic: clicks, rate: 90/s, key: {values: 7}, size: 2KiB${of.producer ?? ""}}}
consumers: {reader: {topic: clicks, group: readers, instances: 3, processing: 4ms${of.consumer ?? ""}}}
run: {duration: 5s, seed: 9, calibration: laptop}
${of.more ?? ""}`;

describe("a log as queues", () => {
  test("a topic is a fanout exchange, a group a queue", () => {
    expect(part(log(), "rabbitmq")).toEqual({
      nodes: 3,
      exchanges: { clicks: { type: "fanout" }, rest: { type: "fanout" } },
      queues: { readers: {} },
      bindings: [{ source: "clicks", destination: "readers" }],
    });
    expect(part(log(), "kafka")).toBeUndefined();
  });

  test("arrivals, keys, sizes, work and run are what they were", () => {
    expect(part(log(), "producers", "web")).toEqual({
      exchange: "clicks",
      confirms: true,
      rate: "90/s",
      key: { values: 7 },
      size: "2KiB",
    });
    expect(part(log(), "consumers", "reader")).toEqual({
      queue: "readers",
      instances: 3,
      processing: "4ms",
      prefetch: 2,
    });
    expect(part(log(), "run")).toEqual({ duration: "5s", seed: 9, calibration: "laptop" });
  });

  test.each<[what: string, of: Parameters<typeof log>[0], path: readonly string[], value: unknown]>([
    [
      "replicas",
      { topic: ", replicas: 3" },
      ["rabbitmq", "queues", "readers"],
      { arguments: { "x-queue-type": "quorum" } },
    ],
    [
      "retention",
      { topic: ", config: {retention.ms: 2s}" },
      ["rabbitmq", "queues", "readers"],
      { arguments: { "x-message-ttl": "2s" } },
    ],
    ["acks: 0", { producer: ", config: {acks: 0}" }, ["producers", "web", "confirms"], undefined],
    [
      "a transaction",
      { producer: ", transaction: {messages: 20}, config: {transactional.id: w}" },
      ["producers", "web", "transaction"],
      { messages: 20 },
    ],
    ["a tombstone", { producer: ", value: none" }, ["producers", "web", "size"], "0B"],
    [
      "max.poll.records",
      { consumer: ", config: {max.poll.records: 30}" },
      ["consumers", "reader", "prefetch"],
      30,
    ],
    ["commit: before", { consumer: ", commit: before" }, ["consumers", "reader", "ack"], "early"],
    [
      "what is skipped",
      { consumer: ", failures: 1%, onFailure: skip" },
      ["consumers", "reader", "onFailure"],
      "reject",
    ],
    [
      "attempts and a dead-letter topic",
      { consumer: ", failures: 1%, onFailure: {retry: [1s, 2s], then: {deadLetterTopic: rest}}" },
      ["consumers", "reader", "onFailure"],
      attempts(["1s", "2s"], "reject"),
    ],
    [
      "a dead-letter topic",
      { consumer: ", failures: 1%, onFailure: {retry: [1s], then: {deadLetterTopic: rest}}" },
      ["rabbitmq", "queues", "readers"],
      { arguments: { "x-dead-letter-exchange": "rest" } },
    ],
    [
      "what it sends on",
      { consumer: ", sends: [{topic: rest, ratio: 0.5}]" },
      ["consumers", "reader", "sends"],
      [{ exchange: "rest", confirms: true, ratio: 0.5 }],
    ],
    [
      "a crash of a broker",
      {
        more: "timeline: [{at: 1s, for: 2s, crash: {broker: 2}}, {at: 2s, replay: {group: readers, topic: clicks, to: earliest}}]",
      },
      ["timeline"],
      [{ at: "1s", for: "2s", crash: { node: 2 } }],
    ],
    [
      "a lag",
      {
        more: "expect: [{metric: lag.max, of: {group: readers}, below: 5}, {metric: rebalances, equals: 0}]",
      },
      ["expect"],
      [{ metric: "depth.max", of: { queue: "readers" }, below: 5 }],
    ],
  ])("%s", (_, of, path, value) => {
    expect(part(log(of), ...path)).toEqual(value);
  });

  const ordered = log({ more: "expect: [{metric: order.violations, of: {consumer: reader}, equals: 0}]" });

  test("order that is expected is kept: a queue with one active consumer for each partition", () => {
    expect(part(ordered, "rabbitmq")).toMatchObject({
      exchanges: { clicks: { type: "x-consistent-hash" } },
      queues: {
        "readers.0": { arguments: { "x-single-active-consumer": true } },
        "readers.1": { arguments: { "x-single-active-consumer": true } },
      },
      bindings: [
        { source: "clicks", destination: "readers.0", routing_key: "1" },
        { source: "clicks", destination: "readers.1", routing_key: "1" },
      ],
    });
    expect(part(ordered, "producers", "web", "routing_key")).toBe("{key}");
    expect(part(ordered, "consumers", "reader", "queues")).toEqual(["readers.0", "readers.1"]);
  });

  test("a share group counts deliveries in a quorum queue", () => {
    const shared = `topology: 1
kafka: {brokers: 1, topics: {clicks: {}}}
producers: {web: {topic: clicks, rate: 9/s}}
consumers: {reader: {topic: clicks, shareGroup: s, failures: 1%, config: {share.delivery.count.limit: 3}}}
run: {duration: 2s}
`;
    expect(part(shared, "rabbitmq", "queues", "s")).toEqual({
      arguments: { "x-queue-type": "quorum", "x-delivery-limit": 2 },
    });
  });

  test("what has no equal is told, with its place", () => {
    const text = log({
      topic: ", config: {cleanup.policy: compact}",
      producer: ", config: {linger.ms: 20ms}",
      more: "timeline: [{at: 2s, replay: {group: readers, topic: clicks, to: earliest}}]",
    });
    expect(notes(text)).toEqual([
      "kafka.topics.clicks: A queue has no compaction: every message is delivered, and none is kept for later readers.",
      "kafka.topics.rest: No group reads it. An exchange keeps nothing: what is sent there matches no queue and is dropped.",
      "producers.web: `linger.ms`: Kafka's own, left out. RabbitMQ's publisher sends each message at once.",
      "consumers.reader: Its consumers compete for one queue: the order of a key is not kept. Expect `order.violations` to be 0 to have it kept, by a queue for each partition.",
      "consumers.reader: `commit: auto` commits by time; a queue's consumer acknowledges each message when it is done.",
      "timeline[0]: Left out: a queue forgets what was acknowledged: nothing can be read again.",
    ]);
    const [first] = translated(text).notes;
    expect(text.slice(first!.span.start, first!.span.end)).toBe("clicks");
  });
});

const queues = (
  of: { queue?: string; producer?: string; consumer?: string; more?: string } = {},
) => `topology: 1
rabbitmq:
  nodes: 3
  exchanges: {orders: {type: topic}, dead: {type: fanout}}
  queues: {mail: {arguments: {${of.queue ?? ""}}}, audit: {}, failed: {}}
  bindings:
    - {source: orders, destination: mail, routing_key: "mail.#"}
    - {source: orders, destination: audit, routing_key: "#"}
    - {source: dead, destination: failed}
producers: {shop: {exchange: orders, rate: 50/s, key: {values: 5}${of.producer ?? ", routing_key: mail.new"}}}
consumers:
  mailer: {queue: mail, instances: 4, processing: 3ms${of.consumer ?? ", prefetch: 10"}}
  auditor: {queue: audit, instances: 3, prefetch: 5}
  support: {queue: failed, prefetch: 1}
run: {duration: 5s, seed: 4}
${of.more ?? ""}`;

describe("queues as a log", () => {
  test("what reaches the same queues is a topic, each queue a group; partitions are shared out evenly", () => {
    expect(part(queues(), "kafka")).toEqual({
      brokers: 3,
      topics: { orders: { partitions: 12 }, failed: { partitions: 1 } },
    });
    expect(part(queues(), "producers", "shop")).toEqual({
      topic: "orders",
      config: { acks: 0, "enable.idempotence": false },
      rate: "50/s",
      key: { values: 5 },
    });
    expect(part(queues(), "consumers", "mailer")).toEqual({
      topic: "orders",
      group: "mail",
      instances: 4,
      processing: "3ms",
      commit: "after",
      config: { "max.poll.records": 10 },
    });
    expect(part(queues(), "consumers", "auditor")).toMatchObject({ topic: "orders", group: "audit" });
  });

  test("routing keys that lead elsewhere are flows with their shares", () => {
    const text = queues({ producer: ", confirms: true, routing_key: {mail.new: 3, other: 1}" });
    expect(part(text, "producers", "shop")).toEqual({
      rate: "50/s",
      key: { values: 5 },
      flows: { orders: { topic: "orders", share: 0.75 }, audit: { topic: "audit" } },
    });
    expect(part(text, "consumers", "auditor")).toMatchObject({ topics: ["orders", "audit"], group: "audit" });
  });

  const failing = (onFailure: string) => ({
    queue: "x-dead-letter-exchange: dead",
    consumer: `, prefetch: 1, failures: 1%, onFailure: ${onFailure}`,
  });

  test.each<[what: string, of: Parameters<typeof queues>[0], path: readonly string[], value: unknown]>([
    ["no limit", { consumer: "" }, ["consumers", "mailer", "config"], undefined],
    ["an early ack", { consumer: ", ack: early" }, ["consumers", "mailer", "commit"], "before"],
    [
      "handlers beside each other",
      { consumer: ", prefetch: 9, concurrency: 3" },
      ["consumers", "mailer", "orderedBy"],
      "none",
    ],
    ["a time to live", { queue: "x-message-ttl: 2s" }, ["kafka", "config"], undefined],
    [
      "confirms",
      { producer: ", confirms: true, routing_key: mail.new" },
      ["producers", "shop", "config"],
      undefined,
    ],
    [
      "transactions of a channel",
      { producer: ", transaction: {messages: 9}, routing_key: mail.new" },
      ["producers", "shop", "config"],
      { "transactional.id": "shop" },
    ],
    [
      "dead letters",
      failing("reject"),
      ["consumers", "mailer", "sends"],
      [{ topic: "failed", when: "failure" }],
    ],
    ["dead letters, besides", failing("reject"), ["consumers", "mailer", "onFailure"], "skip"],
    [
      "attempts, then dead letters",
      failing("{retry: [20ms], then: reject}"),
      ["consumers", "mailer", "onFailure"],
      attempts(["20ms"], { deadLetterTopic: "failed" }),
    ],
    [
      "a delivery limit",
      {
        queue: "x-queue-type: quorum, x-delivery-limit: 2, x-dead-letter-exchange: dead",
        consumer: ", prefetch: 1, failures: 1%",
      },
      ["consumers", "mailer", "onFailure"],
      attempts(["0s", "0s"], { deadLetterTopic: "failed" }),
    ],
    [
      "a purge",
      {
        producer: ", routing_key: mail.new",
        more: "timeline: [{at: 1s, purge: {queue: mail}}, {at: 2s, alarm: {node: 1, kind: disk}}]",
      },
      ["timeline"],
      [{ at: "1s", replay: { group: "mail", topic: "orders", to: "latest" } }],
    ],
    [
      "a depth",
      {
        more: "expect: [{metric: depth.mean, of: {queue: mail}, below: 5}, {metric: unroutable, equals: 0}]",
      },
      ["expect"],
      [{ metric: "lag.mean", of: { group: "mail" }, below: 5 }],
    ],
  ])("%s", (_, of, path, value) => {
    expect(part(queues(of), ...path)).toEqual(value);
  });

  test("a single active consumer is one partition, a time to live retention, a quorum queue replicas", () => {
    const text = `topology: 1
rabbitmq:
  nodes: 3
  queues:
    one: {arguments: {x-queue-type: quorum, x-single-active-consumer: true, x-message-ttl: 2s}}
producers: {shop: {queue: one, rate: 9/s}}
consumers: {worker: {queue: one, instances: 3, prefetch: 5}}
run: {duration: 2s}
`;
    expect(part(text, "kafka")).toEqual({
      brokers: 3,
      config: { "log.retention.check.interval.ms": "1000ms" },
      topics: {
        one: {
          partitions: 1,
          replicas: 3,
          config: { "min.insync.replicas": 2, "retention.ms": "2000ms", "segment.ms": "1000ms" },
        },
      },
    });
  });
});

describe("a file with both models", () => {
  const both = `topology: 1
kafka: {topics: {orders: {}}}
rabbitmq: {queues: {orders: {}}}
producers: {stream: {topic: orders, rate: 9/s}, work: {queue: orders, rate: 9/s}}
consumers:
  reader: {topic: orders, group: orders, sends: [{queue: orders}]}
  worker: {queue: orders, prefetch: 3}
run: {duration: 2s}
`;

  test("each half goes over to the other", () => {
    expect(part(both, "kafka", "topics")).toEqual({ orders: { partitions: 1 } });
    expect(part(both, "rabbitmq", "queues")).toEqual({ orders: {} });
    expect(part(both, "consumers")).toMatchObject({
      reader: { queue: "orders", sends: [{ topic: "orders" }] },
      worker: { topic: "orders", group: "orders.queue" },
    });
  });

  test("or one half joins the other, beside what is there", () => {
    const { text } = translated(both, "queues");
    const { tree } = readYaml(text);
    expect(plain(at(tree, "kafka"))).toBeUndefined();
    expect(plain(at(tree, "rabbitmq", "queues"))).toEqual({ orders: {}, "orders-2": {} });
    expect(plain(at(tree, "consumers", "reader"))).toMatchObject({
      queue: "orders-2",
      sends: [{ queue: "orders" }],
    });
    expect(plain(at(tree, "consumers", "worker"))).toEqual({ queue: "orders", prefetch: 3 });
  });
});

test("a changelog stays behind with its topic, and so do its expectations", () => {
  const text = `topology: 1
kafka: {topics: {a: {partitions: 2}, state: {partitions: 2, config: {cleanup.policy: compact}}, out: {}}}
producers: {p: {topic: a, rate: 9/s, key: {values: 5}}}
consumers:
  counts: {topic: a, group: g, commit: after, window: {tumbling: 1s, by: key}, changelog: state, sends: [{topic: out}]}
  end: {topic: out, group: h}
run: {duration: 2s}
expect: [{metric: changelog.longest, of: {consumer: counts}, below: 1s}]
`;
  expect(part(text, "consumers", "counts", "changelog")).toBeUndefined();
  expect(part(text, "rabbitmq", "exchanges", "state")).toBeUndefined();
  expect(part(text, "rabbitmq", "exchanges", "a")).toBeDefined();
  expect(part(text, "expect")).toBeUndefined();
  expect(notes(text).filter((note) => note.includes("state"))).toEqual([
    "consumers.counts: Its `changelog` is left out: a queue has no partitions whose state another instance could take over, so its windows would go with an instance.",
  ]);
});

test("a join stays behind, and so do its expectations: its sources are others", () => {
  const rest = `  end: {SOURCE, sends: []}
run: {duration: 2s}
expect: [{metric: join.lost, of: {consumer: both}, equals: 0}]
`;
  const files = [
    `topology: 1
kafka: {topics: {a: {}, b: {}, out: {}}}
producers: {p: {topic: a, rate: 9/s, key: {values: 5}}, q: {topic: b, rate: 9/s, key: {values: 5}}}
consumers:
  both: {topics: [a, b], group: g, join: {of: [a, b], by: key, within: 1s}, sends: [{topic: out}]}
${rest.replace("SOURCE", "topic: out, group: h")}`,
    `topology: 1
rabbitmq: {queues: {a: {}, b: {}, out: {}}}
producers: {p: {queue: a, rate: 9/s, key: {values: 5}}, q: {queue: b, rate: 9/s, key: {values: 5}}}
consumers:
  both: {queues: [a, b], prefetch: 5, join: {of: [a, b], by: key, within: 1s}, sends: [{queue: out}]}
${rest.replace("SOURCE", "queue: out, prefetch: 5")}`,
  ];
  for (const text of files) {
    expect(part(text, "consumers", "both", "join"), text).toBeUndefined();
    expect(part(text, "expect"), text).toBeUndefined();
    expect(notes(text).filter((note) => note.startsWith("consumers.both: Its `join`"))).toHaveLength(1);
  }
});
