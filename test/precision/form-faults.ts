import {
  bindingsOf,
  consumersOf,
  exchangesOf,
  key,
  producersOf,
  queuesOf,
  topicsOf,
  typeOf,
  value,
  type FaultKind,
} from "./fault-kinds.ts";

/** A word with its last letter twice. */
const misspelt = (word: string) => `${word}${word.at(-1)}`;

/** What is wrong with a word by itself, or with a name that nothing has. */
export const formFaults: readonly FaultKind[] = [
  {
    what: "a key of a topic is misspelt",
    code: "schema",
    sites: (draft) =>
      topicsOf(draft).map(([topic]) => key(draft, ["kafka", "topics", topic, misspelt("partitions")], 3)),
  },
  {
    what: "a key of a queue is misspelt",
    code: "schema",
    sites: (draft) =>
      queuesOf(draft).map(([queue]) => key(draft, ["rabbitmq", "queues", queue, misspelt("durable")], true)),
  },
  {
    what: "a key of a consumer is misspelt",
    code: "schema",
    sites: (draft) =>
      consumersOf(draft).map(([name]) => key(draft, ["consumers", name, misspelt("instances")], 2)),
  },
  {
    what: "a word where a number belongs",
    code: "bad-value",
    sites: (draft) =>
      topicsOf(draft).map(([topic]) => value(draft, ["kafka", "topics", topic, "partitions"], "many")),
  },
  {
    what: "a list where a name belongs",
    code: "schema",
    sites: (draft) =>
      bindingsOf(draft).map(([index, { destination }]) =>
        value(draft, ["rabbitmq", "bindings", index, "destination"], [destination]),
      ),
  },
  {
    what: "a word where yes or no belongs",
    code: "schema",
    sites: (draft) =>
      queuesOf(draft).map(([queue]) => value(draft, ["rabbitmq", "queues", queue, "durable"], "always")),
  },
  {
    what: "no partitions",
    code: "bad-value",
    sites: (draft) =>
      topicsOf(draft).map(([topic]) => value(draft, ["kafka", "topics", topic, "partitions"], 0)),
  },
  {
    what: "an unreadable duration of a queue",
    code: "bad-value",
    sites: (draft) =>
      queuesOf(draft)
        .filter(([, queue]) => typeOf(queue) !== "stream")
        .map(([queue]) =>
          value(draft, ["rabbitmq", "queues", queue, "arguments", "x-message-ttl"], "one hour"),
        ),
  },
  {
    what: "an unreadable duration of a topic",
    code: "bad-value",
    sites: (draft) =>
      topicsOf(draft).map(([topic]) =>
        value(draft, ["kafka", "topics", topic, "config", "retention.ms"], "7 days and a half"),
      ),
  },
  {
    what: "a rate without a meaning",
    code: "bad-value",
    sites: (draft) => producersOf(draft).map(([name]) => value(draft, ["producers", name, "rate"], "fast")),
  },
  {
    what: "an exchange type that there is not",
    code: "bad-value",
    sites: (draft) =>
      exchangesOf(draft).map(([name]) => value(draft, ["rabbitmq", "exchanges", name, "type"], "topics")),
  },
  {
    what: "a cleanup policy that there is not",
    code: "bad-value",
    sites: (draft) =>
      topicsOf(draft).map(([topic]) =>
        value(draft, ["kafka", "topics", topic, "config", "cleanup.policy"], "remove"),
      ),
  },
  {
    what: "an overflow that there is not",
    code: "bad-value",
    sites: (draft) =>
      queuesOf(draft).map(([queue]) =>
        value(draft, ["rabbitmq", "queues", queue, "arguments", "x-overflow"], "drop-tail"),
      ),
  },
  {
    what: "a misspelt setting of a topic",
    code: "unknown-setting",
    sites: (draft) =>
      topicsOf(draft).map(([topic]) =>
        key(draft, ["kafka", "topics", topic, "config", misspelt("retention.ms")], 86_400_000),
      ),
  },
  {
    what: "a producer's setting at a topic",
    code: "unknown-setting",
    sites: (draft) =>
      topicsOf(draft).map(([topic]) => key(draft, ["kafka", "topics", topic, "config", "acks"], "all")),
  },
  {
    what: "a misspelt argument of a queue",
    code: "unknown-setting",
    sites: (draft) =>
      queuesOf(draft).map(([queue]) =>
        key(draft, ["rabbitmq", "queues", queue, "arguments", misspelt("x-max-length")], 1000),
      ),
  },
  {
    what: "a misspelt key of a policy",
    code: "unknown-setting",
    sites: (draft) =>
      queuesOf(draft).map(([queue]) => ({
        ...key(draft, ["rabbitmq", "policies", `limit ${queue}`, "definition", "max-lenght"], 1000),
        plant: () => {
          draft.rabbitmq!.policies ??= {};
          draft.rabbitmq!.policies[`limit ${queue}`] = {
            pattern: `^${queue}$`,
            definition: { "max-lenght": 1000 },
          };
        },
      })),
  },
  {
    what: "a setting that is gone from the broker",
    code: "deprecated-setting",
    sites: (draft) =>
      topicsOf(draft)
        .filter(([, { config }]) => config?.["message.format.version"] === undefined)
        .map(([topic]) => key(draft, ["kafka", "topics", topic, "config", "message.format.version"], "2.8")),
  },
  {
    what: "a binding to nothing",
    code: "unknown-reference",
    sites: (draft) =>
      bindingsOf(draft).map(([index, { destination }]) =>
        value(draft, ["rabbitmq", "bindings", index, "destination"], misspelt(destination)),
      ),
  },
  {
    what: "a binding from nothing",
    code: "unknown-reference",
    sites: (draft) =>
      bindingsOf(draft)
        .filter(([, { source }]) => source !== "")
        .map(([index, { source }]) =>
          value(draft, ["rabbitmq", "bindings", index, "source"], misspelt(source)),
        ),
  },
  {
    what: "a consumer of a queue that there is not",
    code: "unknown-reference",
    sites: (draft) =>
      consumersOf(draft)
        .filter(([, { queue }]) => queue !== undefined)
        .map(([name, { queue }]) => value(draft, ["consumers", name, "queue"], misspelt(queue!))),
  },
  {
    what: "a producer to a topic that there is not",
    code: "unknown-reference",
    sites: (draft) =>
      producersOf(draft)
        .filter(([, { topic }]) => topic !== undefined)
        .map(([name, { topic }]) => value(draft, ["producers", name, "topic"], misspelt(topic!))),
  },
  {
    what: "a producer to an exchange that there is not",
    code: "unknown-reference",
    sites: (draft) =>
      producersOf(draft)
        .filter(([, { exchange = "" }]) => exchange !== "")
        .map(([name, { exchange }]) => value(draft, ["producers", name, "exchange"], misspelt(exchange!))),
  },
  {
    what: "a crash of a broker that there is not",
    code: "unknown-reference",
    sites: (draft) =>
      draft.kafka === undefined
        ? []
        : [
            {
              plant: () =>
                void (draft.timeline = [{ at: "10s", crash: { broker: draft.kafka!.brokers + 1 } }]),
              at: ["timeline", 0, "crash", "broker"],
              part: "value" as const,
            },
          ],
  },
  {
    what: "a promise about a consumer that there is not",
    code: "unknown-reference",
    sites: (draft) =>
      consumersOf(draft).map(([name]) => ({
        plant: () =>
          void (draft.expect = [{ metric: "latency.p99", of: { consumer: misspelt(name) }, below: "1s" }]),
        at: ["expect", 0, "of", "consumer"],
        part: "value" as const,
      })),
  },
  {
    what: "a promise about a metric that there is not",
    code: "bad-value",
    sites: (draft) =>
      consumersOf(draft).map(([name]) => ({
        plant: () => void (draft.expect = [{ metric: "latency.p98", of: { consumer: name }, below: "1s" }]),
        at: ["expect", 0, "metric"],
        part: "value" as const,
      })),
  },
  {
    what: "a topic read without a group",
    code: "schema",
    sites: (draft) =>
      consumersOf(draft)
        .filter(([, { topics }]) => topics !== undefined)
        .map(([name, consumer]) => ({
          plant: () => void delete consumer["group"],
          at: ["consumers", name],
          part: "key" as const,
        })),
  },
];
