import fc from "fast-check";
import { arrivals, joined, maybe, messages, one, section, some } from "../random-text.ts";
import type { Counts } from "./counts.ts";
import { faults, faultText } from "./faults.ts";
import { reader, readerText } from "./readers.ts";

const pace = fc.oneof(arrivals, fc.constant("arrivals: {closed: {clients: 3, think: 40ms}}"));
const topic = some(
  one("partitions: 1", "partitions: 3", "partitions: 4"),
  maybe("replicas: 3", "replicas: 2"),
  maybe(
    "config: {retention.ms: 1s, segment.bytes: 20KiB}",
    "config: {cleanup.policy: compact, segment.ms: 500ms, min.cleanable.dirty.ratio: 0.1}",
    "config: {min.insync.replicas: 2}",
    "config: {unclean.leader.election.enable: true}",
    "config: {message.timestamp.type: LogAppendTime, retention.bytes: 60KiB, segment.bytes: 20KiB}",
    "config: {remote.storage.enable: true, local.retention.ms: 1s, segment.bytes: 30KiB}",
    "config: {max.message.bytes: 20KiB, compression.type: lz4}",
    "config: {flush.messages: 3}",
  ),
  maybe(
    "preload: {messages: 60, over: 5s, key: {values: 20}}",
    "preload: {messages: 30, over: 1s, key: {values: 5}}",
  ),
);
const producerConfig = maybe(
  "config: {acks: 0, enable.idempotence: false}",
  "config: {acks: 1, enable.idempotence: false, retries: 3}",
  "config: {linger.ms: 30, batch.size: 4000}",
  "config: {delivery.timeout.ms: 900, request.timeout.ms: 500, linger.ms: 0}",
  "config: {buffer.memory: 60000, max.block.ms: 200}",
  "config: {transactional.id: tx, transaction.timeout.ms: 1500}, transaction: {messages: 9}",
  "config: {partitioner.class: org.apache.kafka.clients.producer.RoundRobinPartitioner}",
  "client: librdkafka",
  "config: {compression.type: gzip}",
);

const otherQueue = some(
  maybe(
    "x-queue-type: quorum",
    "x-queue-type: quorum, x-delivery-limit: 2",
    "x-max-priority: 5",
    "x-single-active-consumer: true",
    "x-queue-type: quorum, x-dead-letter-strategy: at-least-once",
    "x-queue-type: quorum, x-delayed-retry-type: all, x-delayed-retry-min: 100ms",
  ),
  maybe("x-message-ttl: 300ms", "x-expires: 1500ms"),
  maybe(
    "x-max-length: 20",
    "x-max-length: 9, x-overflow: reject-publish",
    "x-max-length: 9, x-overflow: reject-publish-dlx",
    "x-max-length-bytes: 30KiB",
  ),
  maybe("x-dead-letter-exchange: dead", 'x-dead-letter-exchange: "", x-dead-letter-routing-key: q0'),
);
const stream = one(
  "x-queue-type: stream",
  "x-queue-type: stream, x-max-age: 1s, x-stream-max-segment-size-bytes: 20KiB",
);
const queue = fc.oneof(otherQueue, otherQueue, otherQueue, otherQueue, stream);
const exchange = one(
  "type: direct",
  "type: fanout",
  "type: topic",
  "type: headers",
  "type: x-consistent-hash",
  "type: x-random",
  "type: x-recent-history",
  "type: x-delayed-message, arguments: {x-delayed-type: fanout}",
  "type: topic, arguments: {alternate-exchange: dead}",
);
const publishing = some(
  maybe("confirms: true", "confirms: {window: 5}", "transaction: {messages: 4}", "mandatory: true"),
  maybe("properties: {expiration: 200}", "properties: {delivery_mode: 1}", "properties: {priority: 3}"),
  maybe("headers: {x-delay: 250}"),
  maybe("requests: {timeout: 300ms}", "requests: {timeout: 2s, replyTo: replies}"),
  maybe('routing_key: {"1": 3, "2": 1}', 'routing_key: "{key}"', 'routing_key: "2"'),
);

const sender = fc.record({
  to: one("topic", "topic", "queue", "exchange"),
  number: fc.nat(5),
  pace,
  messages,
  producerConfig,
  publishing,
});
type Sender = typeof sender extends fc.Arbitrary<infer Value> ? Value : never;

function senderText(of: Sender, place: number, topics: readonly string[], counts: Counts): string {
  const { to, number, publishing: how } = of;
  const all = { topic: counts.topics, queue: counts.queues, exchange: counts.exchanges };
  const at = number % all[to as "topic"];
  // One requester alone has the queue for its replies.
  const asked = place === 0 ? how : how.replace(", replyTo: replies", "");
  const by = {
    topic: of.producerConfig.replace("id: tx", `id: tx${place}`),
    queue: asked.replace(/,? ?routing_key: .*/u, ""),
    exchange: asked,
  }[to as "topic"];
  const needsKey = to === "topic" && topics[at]!.includes("compact") && !of.messages.includes("key:");
  const key = needsKey ? "key: {values: 9}" : "";
  const what = by.includes("replyTo") ? of.messages.replace(/,? ?instances: 3/u, "") : of.messages;
  return `p${place}: {${joined([`${to}: ${to[0]!}${at}`, of.pace, key, what, by])}}`;
}

/** A file with both brokers, every kind of client, and faults; some of them are refused by the checks. */
export const wholeFile: fc.Arbitrary<string> = fc
  .record({
    topics: fc.array(topic, { minLength: 1, maxLength: 3 }),
    queues: fc.array(queue, { minLength: 1, maxLength: 4 }),
    exchanges: fc.array(exchange, { minLength: 1, maxLength: 3 }),
    bindings: fc.array(fc.tuple(fc.nat(5), fc.nat(5), one("1", "2", "#")), { maxLength: 6 }),
    producers: fc.array(sender, { minLength: 1, maxLength: 4 }),
    consumers: fc.array(reader, { minLength: 1, maxLength: 4 }),
    timeline: faults,
    brokers: one(1, 3, 3),
    nodes: one(1, 3),
    racks: fc.boolean(),
    cluster: maybe(
      "quotas: {p0: {produce: 20KiB/s}, c0: {fetch: 20KiB/s}}",
      "config: {replica.selector.class: org.apache.kafka.common.replica.RackAwareReplicaSelector}",
      "config: {broker.session.timeout.ms: 1s, broker.heartbeat.interval.ms: 300ms}",
    ),
    version: maybe('"3.10"', '"4.3"'),
    policy: maybe("max-length: 15", "message-ttl: 400", "delivery-limit: 1", "dead-letter-exchange: dead"),
    handling: maybe("pause_minority", "autoheal"),
    preloaded: fc.boolean(),
    calibration: one("ideal", "lan", "cloud", "{preset: ideal, networkLatency: 20ms}"),
    warmup: one("0s", "700ms"),
    duration: one("4s", "4s", "4s", "20s"),
    seed: fc.nat(1000),
  })
  .map(({ topics, queues, exchanges, bindings, producers, consumers, timeline, brokers, nodes, ...run }) => {
    const counts: Counts = {
      topics: topics.length,
      queues: queues.length,
      exchanges: exchanges.length,
      producers: producers.length,
      consumers: consumers.length,
      brokers,
      nodes,
      streams: new Set(queues.flatMap((text, number) => (text.includes("stream") ? [number] : []))),
    };
    const held = topics.map((text) => (brokers === 1 ? text.replace(/, replicas: \d/u, "") : text));
    const partitions = /partitions: \d/u.exec(held[0]!)![0];
    const { racks, cluster, version, policy, handling, preloaded, calibration, warmup, duration, seed } = run;
    const config =
      handling === "" ? "" : `  config: {cluster_partition_handling: ${handling}, net_ticktime: 1}\n`;
    const preload = preloaded ? ", preload: {messages: 20, over: 2s}" : "";
    return [
      `topology: 1\nkafka:\n  brokers: ${racks && brokers === 3 ? "{count: 3, racks: [a, b, c]}" : brokers}\n`,
      ...(cluster === "" ? [] : [`  ${cluster}\n`]),
      "  topics:\n    failed: {}\n",
      ...held.map((text, number) => `    t${number}: {${text}}\n`),
      ...consumers.map(
        (_, number) => `    state${number}: {${partitions}, config: {cleanup.policy: compact}}\n`,
      ),
      `rabbitmq:\n  nodes: ${nodes}\n${config}`,
      ...(version === "" ? [] : [`  version: ${version}\n`]),
      ...(policy === "" ? [] : [`  policies: {all: {pattern: "^q", definition: {${policy}}}}\n`]),
      `  exchanges:\n    dead: {type: fanout}\n`,
      ...exchanges.map((text, number) => `    e${number}: {${text}}\n`),
      "  queues:\n    replies: {}\n    dead: {arguments: {x-message-ttl: 2s}}\n",
      ...queues.map(
        (text, number) => `    q${number}: {arguments: {${text}}${number === 0 ? preload : ""}}\n`,
      ),
      "  bindings:\n    - {source: dead, destination: dead}\n",
      ...bindings.map(([from, to, key]) => {
        const ends = `source: e${from % exchanges.length}, destination: q${to % queues.length}`;
        return `    - {${ends}, routing_key: "${key}"}\n`;
      }),
      section(
        "producers",
        producers.map((of, place) => senderText(of, place, held, counts)),
      ),
      section(
        "consumers",
        consumers.map((of, number) => readerText(of, number, counts)),
      ),
      `run: {duration: ${duration}, warmup: ${warmup}, seed: ${seed}, calibration: ${calibration}}\n`,
      section(
        "timeline",
        timeline.map((fault) => `- ${faultText(fault, counts)}`),
      ),
    ].join("");
  });
