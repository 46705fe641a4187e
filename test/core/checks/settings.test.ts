import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { settingsOf } from "../../../src/core/model/settings.ts";
import { expectFormProblems, formProblems } from "../marked-problems.ts";

test("settings that Kafka does not know", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {config: {retention: 5}}}}
#                             ^^^^^^^^^ unknown-setting: is not a topic setting of Kafka
producers: {p: {topic: t, rate: 1/s, config: {lingr.ms: 5, max.poll.records: 3}}}
#                                             ^^^^^^^^ unknown-setting: Did you mean \`linger.ms\`?
#                                                          ^^^^^^^^^^^^^^^^ unknown-setting: (it is a consumer setting of Kafka)
`);
});

test("arguments that RabbitMQ does not know", () => {
  expectFormProblems(`topology: 1
rabbitmq:
  exchanges: {e: {type: headers, arguments: {alternate: x}}}
#                                            ^^^^^^^^^ unknown-setting: is not an exchange argument of RabbitMQ
  queues: {q: {arguments: {x-queue-typ: classic, x-queue-mode: lazy}}}
#                          ^^^^^^^^^^^ unknown-setting: Did you mean \`x-queue-type\`?
#                                                ^^^^^^^^^^^^ deprecated-setting: always behave as lazy ones since 3.12
  bindings: [{source: e, destination: q, arguments: {x-match: al, anything: 5}}]
#                                                             ^^ bad-value: Did you mean \`all\`?
`);
});

test("settings that change nothing say why", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s, config: {client.id: shop, ssl.protocol: TLSv1.3, bootstrap.servers: "a:9092"}}}
#                                             ^^^^^^^^^ setting-without-effect: no connections
#                                                              ^^^^^^^^^^^^ setting-without-effect: no security
#                                                                                     ^^^^^^^^^^^^^^^^^ setting-without-effect
`);
});

test("settings that are for later", () => {
  expectFormProblems(`topology: 1
kafka: {config: {remote.log.manager.task.interval.ms: 1s}, topics: {t: {}}}
#                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not-simulated-yet: \`remote.log.manager.task.interval.ms\`
`);
});

test("settings that cannot matter say why", () => {
  const why = (config: string) =>
    formProblems(`topology: 1\nkafka: {config: {${config}}, topics: {t: {}}}\n`).map(({ code, message }) => [
      code,
      message,
    ]);
  for (const [setting, reason] of [
    ["log.flush.interval.ms: 1s", "no host loses its power here"],
    ["num.network.threads: 1", "num.io.threads"],
    ["queued.max.requests: 5", "waits as long in the sockets"],
    ["controller.quorum.election.backoff.max.ms: 5s", "no votes are split"],
    ["controller.quorum.request.timeout.ms: 5s", "a majority"],
    ["replica.high.watermark.checkpoint.interval.ms: 1s", "from the replicas in sync"],
    ["transaction.partition.verification.enable: false", "KIP-890"],
    ["share.coordinator.write.timeout.ms: 1s", "share coordinators do not fail"],
    ["remote.list.offsets.request.timeout.ms: 1s", "without reading remote storage"],
    ["max.connections: 5", "no connections to set up"],
  ] as const)
    expect(why(setting), setting).toEqual([["setting-without-effect", expect.stringContaining(reason)]]);
});

test("a client has settings of its own, and so have the flows of a producer", () => {
  expectFormProblems(`topology: 1
kafka: {topics: {t: {}}}
producers:
  p:
    topic: t
    rate: 1/s
    client: librdkafka
    config: {partitioner: murmur2_random, linger.ms: 50}
    flows:
      a: {config: {partitioner: murmur3_random, max.block.ms: 5s}}
#                               ^^^^^^^^^^^^^^ bad-value: Did you mean \`murmur2_random\`?
#                                               ^^^^^^^^^^^^ unknown-setting: is not a producer setting of librdkafka (it is a producer setting of Kafka)
      b: {client: java, config: {partitioner: murmur2, batch.num.messages: 5}}
#                                ^^^^^^^^^^^ unknown-setting: it is a producer setting of librdkafka
#                                                      ^^^^^^^^^^^^^^^^^^ unknown-setting: it is a producer setting of librdkafka
`);
});

test("what is gone is told for the versions in which it is gone", () => {
  const file = (version: string) =>
    `topology: 1\nkafka: {version: "${version}", config: {zookeeper.connect: "a:2181"}}\n`;
  expect(formProblems(file("4.1")).map(({ code }) => code)).toEqual(["deprecated-setting"]);
  expect(formProblems(file("3.9")).map(({ code }) => code)).toEqual(["setting-without-effect"]);
});

test("a segment's least size is that of the version", () => {
  const file = (version: string, bytes: number) =>
    `topology: 1\nkafka: {version: "${version}", topics: {t: {config: {segment.bytes: ${bytes}}}}}\n`;
  expect(formProblems(file("4.1", 1_048_575))[0]?.message).toContain("it is 1048576 bytes or more");
  expect(formProblems(file("3.9", 1_048_575))).toEqual([]);
  expect(formProblems(file("3.9", 13))[0]?.message).toContain("it is 14 bytes or more");
});

test("a comment switches codes off for the next line", () => {
  const file = (codes: string) =>
    `topology: 1\nkafka:\n  # brokerlab-disable-next-line ${codes}\n  config: {client.rack: a, nonsense: 1}\n`;
  expect(formProblems(file("idle-members")).map(({ code }) => code)).toEqual([
    "unknown-setting",
    "unknown-setting",
  ]);
  expect(formProblems(file("unknown-setting"))).toEqual([]);
  expect(formProblems(file("schema, unknown-setting"))).toEqual([]);
});

describe("every setting of Kafka 4.1.1", () => {
  const defaults = JSON.parse(
    readFileSync(new URL("../../fixtures/kafka-config-defaults.json", import.meta.url), "utf8"),
  ) as Record<string, Record<string, { type: string }>>;

  test.each(["producer", "consumer", "topic", "broker"] as const)("of a %s stands in the table", (kind) => {
    const table = settingsOf(kind);
    expect([...table.keys()].toSorted()).toEqual(Object.keys(defaults[kind]!).toSorted());
    for (const setting of table.values()) {
      expect(["simulated", "planned", "no-effect"]).toContain(setting.status);
      expect(["duration", "size", "count", "number", "boolean", "text", "list"]).toContain(setting.value);
      expect(setting.value === "boolean").toBe(defaults[kind]![setting.name]!.type === "boolean");
    }
  });

  /** What is said of a value for what other settings are. */
  const beside = "no broker starts wh";

  test.each(["topic", "broker"] as const)("of a %s keeps to the range that Kafka gives it", (kind) => {
    const ranged = [...settingsOf(kind).values()].filter(({ range, value }) => range && value !== "number");
    expect(ranged.length).toBeGreaterThan(5);
    for (const { name, range } of ranged) {
      const codes = (value: number) => {
        const config = `config: {${name}: ${value}}`;
        const text = `topology: 1\nkafka: {${kind === "broker" ? `${config}, ` : ""}topics: {t: {${kind === "topic" ? config : ""}}}}\n`;
        return formProblems(text)
          .filter(({ code, message }) => code === "bad-value" && !message.includes(beside))
          .map(({ message }) => message);
      };
      const { least, most } = range!;
      expect(codes(least), `${name}: ${least}`).toEqual([]);
      expect(codes(least - 1)[0], `${name}: ${least - 1}`).toContain(String(least));
      if (most !== Infinity) expect(codes(most + 1)[0], `${name}: ${most + 1}`).toContain(String(most));
    }
  });

  test.each(["producer", "consumer", "topic", "broker"] as const)(
    "of a %s gets an answer: run, refused, or told to change nothing",
    (kind) => {
      for (const { name, value, status, follows, range } of settingsOf(kind).values()) {
        const least = (usual: number, written: string) =>
          range !== undefined && range.least > usual ? String(range.least) : written;
        const written = {
          // A delivery is no shorter than its request, and a session as long as the broker takes it.
          duration: ["delivery.timeout.ms", "session.timeout.ms"].includes(name) ? "5m" : least(5, "5ms"),
          size: least(65_536, "64KiB"),
          count: least(3, "3"),
          number: name.startsWith("compression.") ? "3" : "0.5",
          boolean: "true",
          text: "x.Y",
          list: name === "group.coordinator.rebalance.protocols" ? "[classic]" : "[x.Y]",
        }[value];
        const config = `config: {${name}: ${follows[0] ?? (name === "acks" ? "all" : written)}}`;
        const text = `topology: 1\nkafka: {${kind === "broker" ? `${config}, ` : ""}topics: {t: {${kind === "topic" ? config : ""}}}}
producers: {p: {topic: t, rate: 1/s, ${kind === "producer" ? config : ""}}}
consumers: {c: {topic: t, group: g, ${kind === "consumer" ? config : ""}}}\n`;
        const codes = formProblems(text)
          .filter(({ message }) => !message.includes(beside))
          .map(({ code }) => code);
        const answer = {
          simulated: [],
          planned: ["not-simulated-yet"],
          "no-effect": ["setting-without-effect"],
        }[status];
        expect(codes, `${kind} ${name}`).toEqual(follows.length > 0 ? [] : answer);
      }
    },
  );
});
