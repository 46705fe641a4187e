import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { complete } from "../../../src/core/language/complete.ts";
import type { Suggestion } from "../../../src/core/language/suggestion.ts";
import { fileInWork } from "../parse/mutation.ts";

/** The suggestions where `│` stands, best first. */
function at(marked: string): readonly Suggestion[] {
  const found = complete(marked.replace("│", ""), marked.indexOf("│"));
  return found === undefined ? [] : found.suggestions.toSorted((a, b) => a.rank - b.rank);
}

const labels = (marked: string): string[] => at(marked).map(({ label }) => label);

/** The text as it is after a suggestion was taken, its places filled with what they propose. */
function taken(marked: string, label: string): string {
  const text = marked.replace("│", "");
  const cursor = marked.indexOf("│");
  const found = complete(text, cursor);
  const suggestion = found?.suggestions.find((one) => one.label === label);
  if (found === undefined || suggestion === undefined)
    throw new Error(`no ${label} in ${labels(marked).join(", ")}`);
  const lineStart = text.lastIndexOf("\n", cursor - 1) + 1;
  const indent = /^ */.exec(text.slice(lineStart))?.[0] ?? "";
  const insert = suggestion.insert
    .replaceAll(/\$\{\d+\|([^,|]*)[^}]*\}/g, "$1")
    .replaceAll(/\$\{\d+:([^{}]*)\}/g, "$1")
    .replaceAll(/\$\d/g, "")
    .replaceAll(/\\([$}\\])/g, "$1")
    .replaceAll("\n", `\n${indent}`);
  return text.slice(0, found.span.start) + insert + text.slice(found.span.end);
}

const file = `topology: 1
kafka:
  topics:
    orders: {partitions: 3}
    "order events": {}
rabbitmq:
  exchanges:
    shop: {type: topic}
  queues:
    work: {}
  bindings:
    - {source: shop, destination: work, routing_key: "order.*"}
producers:
  site: {exchange: shop, rate: 5/s, routing_key: {order.placed: 3, order.gone: 1}}
consumers:
  fraud: {topic: orders, group: fraudsters}
`;

describe("keys", () => {
  test("of the file, with its first line first", () => {
    expect(labels("│").slice(0, 3)).toEqual([
      "topology",
      "topology with a log (Kafka)",
      "topology with a queue (RabbitMQ)",
    ]);
    expect(labels("top│")).toContain("topology");
  });

  test("that are there already are not offered again", () => {
    const found = labels(`${file}│`);
    expect(found).not.toContain("producers");
    expect(found[0]).toBe("name");
    expect(found).toContain("sweep");
  });

  test("fit where they are asked for", () => {
    expect(new Set(labels(`${file}run: {│}`))).toEqual(
      new Set(["duration", "warmup", "seed", "calibration", "trace", "repeat"]),
    );
    expect(new Set(labels(`${file}run:\n  seed: 3\n  │`))).toEqual(
      new Set(["duration", "warmup", "calibration", "trace", "repeat"]),
    );
    expect(labels("kafka:\n  topics:\n    orders: {│")).toEqual([
      "partitions",
      "replicas",
      "config",
      "preload",
    ]);
  });

  test("exclude what cannot stand beside the others", () => {
    const found = labels(file.replace("rate: 5/s,", "rate: 5/s, │"));
    expect(found).not.toContain("topic");
    expect(found).toContain("size");
    expect(labels(`${file}expect:\n  - {metric: lost.broker, equals: 0, │}`)).not.toContain("below");
  });

  test("are inserted with their colon once, and lead on to their value", () => {
    expect(taken("run: {se│}", "seed")).toBe("run: {seed: }");
    expect(taken("run: {se│: 4}", "seed")).toBe("run: {seed: 4}");
    expect(taken("topology: 1\n│", "rabbitmq")).toBe("topology: 1\nrabbitmq:\n  ");
    expect(taken("rabbitmq:\n  │", "bindings")).toBe("rabbitmq:\n  bindings:\n    - ");
  });
});

describe("values", () => {
  test("are the names that the file has", () => {
    expect(labels(`${file}  late: {topic: │}`)).toEqual(["orders", "order events"]);
    expect(labels(file.replace("destination: work", "destination: │"))).toEqual(["work"]);
    expect(labels(file.replace("source: shop", "source: │"))[0]).toBe("shop");
    expect(labels(`${file}expect:\n  - {metric: lag.max, of: {group: │}}`)).toEqual(["fraudsters"]);
    expect(labels(`${file}timeline:\n  - {at: 1s, crash: {consumer: │}}`)).toEqual(["fraud"]);
  });

  test("are names in a file that breaks off", () => {
    expect(
      labels(
        file.replace(
          "{exchange: shop, rate: 5/s, routing_key: {order.placed: 3, order.gone: 1}}",
          "{exchange: │",
        ),
      )[0],
    ).toBe("shop");
    expect(labels(`${file}  late:\n    topics: [│`).slice(0, 1)).toEqual(["orders"]);
  });

  test("are choices, defaults, and quantities with their units", () => {
    expect(labels("rabbitmq: {exchanges: {a: {type: │}}}")).toEqual(
      expect.arrayContaining(["direct", "fanout", "topic", "headers"]),
    );
    expect(labels("run: {calibration: │}")).toEqual(
      expect.arrayContaining(["ideal", "laptop", "lan", "cloud"]),
    );
    expect(at("run: {calibration: │}").find(({ label }) => label === "lan")?.detail).toBe("default");
    expect(labels("run: {duration: │}")).toEqual(expect.arrayContaining(["60s", "unlimited", "5m"]));
    expect(labels("producers: {a: {rate: │}}")).toContain("100/s");
    expect(labels("producers: {a: {mandatory: │}}")).toEqual(["true", "false"]);
  });

  test("are forms of a distribution", () => {
    expect(taken("consumers: {a: {processing: │}}", "lognormal")).toBe(
      "consumers: {a: {processing: {lognormal: {median: 8ms, p99: 60ms}}}}",
    );
  });

  test("are routing keys that the other side uses", () => {
    expect(labels(file.replace('routing_key: "order.*"', "routing_key: │"))).toEqual(
      expect.arrayContaining(["order.placed", "order.gone"]),
    );
    expect(labels(file.replace("routing_key: {order.placed: 3, order.gone: 1}", "routing_key: │"))).toContain(
      '"order.*"',
    );
  });

  test("are metrics, the measured ones first", () => {
    const found = labels(`${file}expect:\n  - {metric: │}`);
    expect(found).toContain("latency.p99");
    expect(found).not.toContain("dropped.REASON");
    expect(found.indexOf("latency.p99")).toBeLessThan(found.indexOf("roundTrip.p99"));
  });
});

describe("settings", () => {
  test("of Kafka have type, default, meaning and their page", () => {
    const [setting] = at("producers: {a: {config: {linger│}}}").filter(({ label }) => label === "linger.ms");
    expect(setting?.detail).toBe("duration, default 5");
    expect(setting?.documentation).toContain("How long a batch waits");
    expect(setting?.documentation).toContain(
      "https://kafka.apache.org/documentation/#producerconfigs_linger.ms",
    );
    expect(labels("kafka: {topics: {a: {config: {│}}}}")).toEqual(
      expect.arrayContaining(["cleanup.policy", "min.insync.replicas", "retention.ms"]),
    );
    // A producer's are those of its client, which a flow may have from its producer.
    const rdkafka = labels("producers: {a: {client: librdkafka, config: {│}}}");
    expect(rdkafka).toEqual(expect.arrayContaining(["queue.buffering.max.messages", "message.max.bytes"]));
    expect(rdkafka).not.toContain("buffer.memory");
    expect(labels("producers: {a: {client: librdkafka, flows: {b: {config: {│}}}}}")).toEqual(rdkafka);
    expect(labels("producers: {a: {client: librdkafka, flows: {b: {client: java, config: {│}}}}}")).toContain(
      "buffer.memory",
    );
    expect(labels("producers: {a: {client: librdkafka, config: {partitioner: │}}}")).toEqual(
      expect.arrayContaining(["murmur2_random", "consistent_random"]),
    );
    // Who sends on to a topic writes the settings of both clients in one place.
    const both = labels("consumers: {a: {topic: t, sends: [{topic: u}], config: {│}}}");
    expect(both).toEqual(expect.arrayContaining(["max.poll.records", "linger.ms"]));
    expect(new Set(both).size).toBe(both.length);
    expect(labels("consumers: {a: {queue: q, sends: [{topic: u}], config: {│}}}")).not.toContain(
      "max.poll.records",
    );
    expect(labels("consumers: {a: {topic: t, config: {│}}}")).not.toContain("linger.ms");
    expect(labels("consumers: {a: {config: {enable.auto.commit: │}}}")).toEqual(["true", "false"]);
    expect(labels("producers:\n  a:\n    config:\n      acks: │").slice(0, 3)).toEqual(["0", "1", "all"]);
  });

  test("of RabbitMQ go by the queue's type", () => {
    const queue = (args: string) => labels(`rabbitmq: {queues: {a: {arguments: {${args}}}}}`);
    expect(queue("│")).toContain("x-max-priority");
    expect(queue("│")).not.toContain("x-max-age");
    expect(queue("x-queue-type: quorum, │")).toContain("x-delivery-limit");
    expect(queue("x-queue-type: quorum, │")).not.toContain("x-max-priority");
    expect(queue("x-queue-type: stream, │")).toContain("x-max-age");
    expect(queue("x-queue-type: │")).toEqual(["classic", "quorum", "stream"]);
    expect(queue("x-queue-version│")).not.toContain("x-queue-version");
  });

  test("offer the names that they refer to", () => {
    const text = file.replace("work: {}", "work: {arguments: {x-dead-letter-exchange: │}}");
    expect(labels(text)[0]).toBe("shop");
  });
});

describe("blocks", () => {
  test("are whole entries with names of the file", () => {
    expect(taken(file.replace("consumers:", "  │\nconsumers:"), "producer to a topic")).toContain(
      "  shop: {topic: orders, rate: 100/s, key: {values: 1000}}\nconsumers:",
    );
    expect(taken(`${file}expect:\n  │`, "- latency of a consumer")).toContain(
      "  - {metric: latency.p99, of: {consumer: fraud}, below: 100ms}",
    );
    expect(taken(`${file}expect:\n  - │`, "lag of a group")).toContain(
      "- {metric: lag.max, of: {group: fraudsters}",
    );
  });
});

test("a comment is completed to one that switches a check off", () => {
  expect(labels("a: 1 # │")).toEqual(["brokerlab-disable-next-line "]);
  expect(labels("# brokerlab-disable-next-line bad-│")).toContain("bad-value");
  expect(labels("# some words │")).toEqual([]);
});

test("inside of a text of several lines there is nothing to complete", () => {
  expect(labels("description: |\n  to│")).toEqual([]);
});

test("no mutation and no prefix makes it throw, and each suggestion replaces the word at the cursor", () => {
  fc.assert(
    fc.property(fileInWork, ({ text, cursor }) => {
      const found = complete(text, cursor);
      if (found === undefined) return;
      expect(found.span.start).toBeLessThanOrEqual(cursor);
      expect(found.span.end).toBeGreaterThanOrEqual(cursor);
      expect(new Set(found.suggestions.map(({ label }) => label)).size).toBe(found.suggestions.length);
    }),
    { numRuns: 500 },
  );
});
