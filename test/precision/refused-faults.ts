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
  type Draft,
  type FaultKind,
  type Site,
} from "./fault-kinds.ts";

const writers = (draft: Draft) => producersOf(draft).filter(([, { topic }]) => topic !== undefined);
const readers = (draft: Draft) => consumersOf(draft).filter(([, { topics }]) => topics !== undefined);
const workers = (draft: Draft) => consumersOf(draft).filter(([, { queue }]) => queue !== undefined);

/** A setting, beside others, of each of these; its value is wrong. */
function settings(
  draft: Draft,
  section: "producers" | "consumers",
  names: readonly (readonly [string, unknown])[],
  config: Record<string, unknown>,
): Site[] {
  const wrong = Object.keys(config).at(-1)!;
  return names.map(([name]) => ({
    plant: () => void (draft[section][name]!.config = config),
    at: [section, name, "config", wrong],
    part: "value" as const,
  }));
}

function topicSetting(draft: Draft, setting: string, wrong: unknown): Site[] {
  return topicsOf(draft).map(([topic]) => value(draft, ["kafka", "topics", topic, "config", setting], wrong));
}

function argument(draft: Draft, type: string, name: string, wrong: unknown): Site[] {
  return queuesOf(draft)
    .filter(([, queue]) => typeOf(queue) === type)
    .map(([queue]) => value(draft, ["rabbitmq", "queues", queue, "arguments", name], wrong));
}

function policy(draft: Draft, given: Record<string, unknown>, wrong: string): Site[] {
  if (draft.rabbitmq === undefined) return [];
  return [
    {
      plant: () => void (draft.rabbitmq!.policies = { ...draft.rabbitmq!.policies, limits: given }),
      at: ["rabbitmq", "policies", "limits", wrong],
      part: "value",
    },
  ];
}

function section(draft: Draft, name: string, given: unknown, ...at: (string | number)[]): Site[] {
  return [{ plant: () => void (draft[name] = given), at: [name, ...at], part: "value" }];
}

/** Thought of from what brokers, clients and people do, whatever the checks know. */
export const refusedFaults: readonly FaultKind[] = [
  {
    what: "a topic's name with a space",
    code: "error",
    sites: (draft) =>
      draft.kafka === undefined ? [] : [key(draft, ["kafka", "topics", "new orders"], { partitions: 3 })],
  },
  {
    what: "a topic's name that is too long",
    code: "error",
    sites: (draft) =>
      draft.kafka === undefined ? [] : [key(draft, ["kafka", "topics", "t".repeat(250)], { partitions: 3 })],
  },
  {
    what: "a queue's name that is the broker's own",
    code: "error",
    sites: (draft) =>
      draft.rabbitmq === undefined ? [] : [key(draft, ["rabbitmq", "queues", "amq.orders"], {})],
  },
  {
    what: "an exchange's name that is the broker's own",
    code: "error",
    sites: (draft) =>
      draft.rabbitmq === undefined
        ? []
        : [key(draft, ["rabbitmq", "exchanges", "amq.orders"], { type: "fanout" })],
  },
  {
    what: "a queue's name that is too long",
    code: "error",
    sites: (draft) =>
      draft.rabbitmq === undefined ? [] : [key(draft, ["rabbitmq", "queues", "q".repeat(256)], {})],
  },
  {
    what: "a standard exchange of another type",
    code: "error",
    sites: (draft) =>
      draft.rabbitmq === undefined
        ? []
        : [value(draft, ["rabbitmq", "exchanges", "amq.direct"], { type: "fanout" })],
  },
  {
    what: "a TTL below zero",
    code: "error",
    sites: (draft) => argument(draft, "classic", "x-message-ttl", -1),
  },
  {
    what: "a length below zero",
    code: "error",
    sites: (draft) => argument(draft, "classic", "x-max-length", -5),
  },
  {
    what: "more priorities than there can be",
    code: "error",
    sites: (draft) => argument(draft, "classic", "x-max-priority", 300),
  },
  {
    what: "an overflow that quorum queues do not have",
    code: "argument-conflict",
    sites: (draft) => argument(draft, "quorum", "x-overflow", "reject-publish-dlx"),
  },
  {
    what: "a queue type that there is not",
    code: "error",
    sites: (draft) => argument(draft, "classic", "x-queue-type", "mirrored"),
  },
  {
    what: "an alternate exchange that there is not",
    code: "error",
    sites: (draft) =>
      exchangesOf(draft)
        .filter(([name]) => name !== "")
        .map(([name]) =>
          value(draft, ["rabbitmq", "exchanges", name, "arguments", "alternate-exchange"], "unrouted"),
        ),
  },
  {
    what: "a queue as the source of a binding",
    code: "error",
    sites: (draft) =>
      bindingsOf(draft)
        .filter(([, { destination }]) => draft.rabbitmq!.queues[destination] !== undefined)
        .map(([index, { destination }]) =>
          value(draft, ["rabbitmq", "bindings", index, "source"], destination),
        ),
  },
  {
    what: "a binding from the default exchange",
    code: "error",
    sites: (draft) =>
      bindingsOf(draft)
        .filter(([, { source }]) => source !== "")
        .map(([index]) => value(draft, ["rabbitmq", "bindings", index, "source"], "")),
  },
  {
    what: "a producer to an internal exchange",
    code: "unroutable",
    sites: (draft) =>
      producersOf(draft)
        .filter(
          ([, { exchange = "" }]) => draft.rabbitmq?.exchanges?.[exchange] !== undefined && exchange !== "",
        )
        .map(([name, { exchange }]) => ({
          plant: () => void (draft.rabbitmq!.exchanges![exchange!]!["internal"] = true),
          at: ["producers", name, "exchange"],
          part: "value" as const,
        })),
  },
  {
    what: "a pattern of a policy that cannot be read",
    code: "error",
    sites: (draft) => policy(draft, { pattern: "^orders[", definition: { "max-length": 1000 } }, "pattern"),
  },
  {
    what: "a policy for what there is not",
    code: "error",
    sites: (draft) =>
      policy(draft, { pattern: ".*", definition: { "max-length": 1000 }, "apply-to": "classic" }, "apply-to"),
  },
  {
    what: "a policy that nothing's name fits",
    code: "idle-policy",
    sites: (draft) =>
      policy(draft, { pattern: "^nothing is called so$", definition: { "max-length": 1000 } }, "pattern"),
  },
  {
    what: "an exclusive consumer of several instances",
    code: "exclusive-access",
    sites: (draft) =>
      workers(draft).map(([name, consumer]) => ({
        plant: () => Object.assign(consumer, { instances: 3, exclusive: true }),
        at: ["consumers", name, "exclusive"],
        part: "value" as const,
      })),
  },
  {
    what: "a stream read without a prefetch",
    code: "any",
    sites: (draft) =>
      workers(draft)
        .filter(([, { queue = "" }]) => typeOf(draft.rabbitmq!.queues[queue]!) === "stream")
        .map(([name]) => value(draft, ["consumers", name, "prefetch"], 0)),
  },
  {
    what: "a stream read with automatic acknowledgement",
    code: "any",
    sites: (draft) =>
      workers(draft)
        .filter(([, { queue = "" }]) => typeOf(draft.rabbitmq!.queues[queue]!) === "stream")
        .map(([name]) => value(draft, ["consumers", name, "ack"], "auto")),
  },
  {
    what: "a limit of the channel for a quorum queue",
    code: "any",
    sites: (draft) =>
      workers(draft)
        .filter(([, { queue = "" }]) => typeOf(draft.rabbitmq!.queues[queue]!) === "quorum")
        .map(([name]) => value(draft, ["consumers", name, "prefetch"], { channel: 20 })),
  },
  {
    what: "no replica in sync",
    code: "error",
    sites: (draft) => topicSetting(draft, "min.insync.replicas", 0),
  },
  {
    what: "a retention below every retention",
    code: "error",
    sites: (draft) => topicSetting(draft, "retention.ms", -5),
  },
  {
    what: "a segment of some bytes",
    code: "error",
    sites: (draft) => topicSetting(draft, "segment.bytes", 10),
  },
  {
    what: "a compression that there is not",
    code: "error",
    sites: (draft) => topicSetting(draft, "compression.type", "zip"),
  },
  {
    what: "no replicas",
    code: "error",
    sites: (draft) =>
      topicsOf(draft).map(([topic]) => value(draft, ["kafka", "topics", topic, "replicas"], 0)),
  },
  {
    what: "a session longer than the broker allows",
    code: "any",
    sites: (draft) => settings(draft, "consumers", readers(draft), { "session.timeout.ms": "45m" }),
  },
  {
    what: "a session shorter than the broker allows",
    code: "any",
    sites: (draft) =>
      settings(draft, "consumers", readers(draft), {
        "heartbeat.interval.ms": "1s",
        "session.timeout.ms": "4s",
      }),
  },
  {
    what: "a delivery that ends before its request",
    code: "any",
    sites: (draft) =>
      settings(draft, "producers", writers(draft), {
        "request.timeout.ms": "30s",
        "delivery.timeout.ms": "10s",
      }),
  },
  {
    what: "more requests in flight than idempotence takes",
    code: "any",
    sites: (draft) =>
      settings(draft, "producers", writers(draft), {
        "enable.idempotence": true,
        "max.in.flight.requests.per.connection": 10,
      }),
  },
  {
    what: "transactions without idempotence",
    code: "any",
    sites: (draft) =>
      settings(draft, "producers", writers(draft), {
        "transactional.id": "payments",
        "enable.idempotence": false,
      }),
  },
  {
    what: "messages larger than the topic takes",
    code: "any",
    sites: (draft) =>
      writers(draft)
        .filter(
          ([, { topic = "" }]) => draft.kafka!.topics[topic]?.config?.["max.message.bytes"] === undefined,
        )
        .map(([name]) => value(draft, ["producers", name, "size"], "5MiB")),
  },
  {
    what: "a start that there is not",
    code: "error",
    sites: (draft) => settings(draft, "consumers", readers(draft), { "auto.offset.reset": "begin" }),
  },
  {
    what: "an isolation that there is not",
    code: "error",
    sites: (draft) => settings(draft, "consumers", readers(draft), { "isolation.level": "committed" }),
  },
  {
    what: "commits after processing beside automatic ones",
    code: "any",
    sites: (draft) =>
      readers(draft).map(([name, consumer]) => ({
        plant: () => Object.assign(consumer, { commit: "after", config: { "enable.auto.commit": true } }),
        at: ["consumers", name, "config", "enable.auto.commit"],
        part: "value" as const,
      })),
  },
  {
    what: "two destinations of a producer",
    code: "error",
    sites: (draft) =>
      producersOf(draft)
        .filter(([, { queue, exchange }]) => queue !== undefined && exchange === undefined)
        .map(([name, producer]) => ({
          plant: () => void (producer.exchange = "amq.direct"),
          at: ["producers", name],
          part: "value" as const,
        })),
  },
  {
    what: "a rate below zero",
    code: "error",
    sites: (draft) => producersOf(draft).map(([name]) => value(draft, ["producers", name, "rate"], "-5/s")),
  },
  {
    what: "no instances",
    code: "error",
    sites: (draft) => consumersOf(draft).map(([name]) => value(draft, ["consumers", name, "instances"], 0)),
  },
  {
    what: "more than all fail",
    code: "error",
    sites: (draft) =>
      consumersOf(draft).map(([name]) => value(draft, ["consumers", name, "failures"], "120%")),
  },
  {
    what: "a producer that ends before it begins",
    code: "any",
    sites: (draft) =>
      producersOf(draft).map(([name, producer]) => ({
        plant: () => Object.assign(producer, { from: "30s", until: "10s" }),
        at: ["producers", name, "until"],
        part: "value" as const,
      })),
  },
  {
    what: "a fault after the end of the run",
    code: "any",
    sites: (draft) =>
      consumersOf(draft).flatMap(([name]) =>
        section(draft, "timeline", [{ at: "2h", crash: { consumer: name } }], 0, "at"),
      ),
  },
  {
    what: "a crash of an instance that there is not",
    code: "error",
    sites: (draft) =>
      consumersOf(draft).flatMap(([name]) =>
        section(
          draft,
          "timeline",
          [{ at: "20s", crash: { consumer: name, instance: 4 } }],
          0,
          "crash",
          "instance",
        ),
      ),
  },
  {
    what: "bounds the wrong way round",
    code: "any",
    sites: (draft) =>
      consumersOf(draft).flatMap(([name]) =>
        section(
          draft,
          "expect",
          [{ metric: "throughput", of: { consumer: name }, within: [50, 5] }],
          0,
          "within",
        ),
      ),
  },
  {
    what: "a warm-up longer than the run",
    code: "any",
    sites: (draft) => section(draft, "run", { duration: "30s", warmup: "1m" }, "warmup"),
  },
  {
    what: "a consumer's setting at a producer",
    code: "unknown-setting",
    sites: (draft) =>
      writers(draft).map(([name]) => key(draft, ["producers", name, "config", "max.poll.records"], 10)),
  },
];
