import { consumersOf, producersOf, put, topicsOf, value, type Draft, type FaultKind } from "./fault-kinds.ts";

/** Producers of one topic that has at least so many replicas and partitions. */
function writers(draft: Draft, replicas: number, partitions: number): string[] {
  return producersOf(draft)
    .filter(([, { topic }]) => {
      const { replicas: copies = 1, partitions: parts = 1 } = draft.kafka?.topics[topic ?? ""] ?? {};
      return topic !== undefined && copies >= replicas && parts >= partitions;
    })
    .map(([name]) => name);
}

const readers = (draft: Draft) =>
  consumersOf(draft)
    .filter(([, { topics }]) => topics !== undefined)
    .map(([name]) => name);

/** What the log model's broker refuses, or what goes wrong there. */
export const kafkaFaults: readonly FaultKind[] = [
  {
    what: "more replicas than brokers",
    code: "replicas-exceed-brokers",
    sites: (draft) =>
      topicsOf(draft).map(([topic]) =>
        value(draft, ["kafka", "topics", topic, "replicas"], draft.kafka!.brokers + 1),
      ),
  },
  {
    what: "more replicas in sync than replicas",
    code: "min-insync-unreachable",
    sites: (draft) =>
      topicsOf(draft).map(([topic, { replicas = 1 }]) =>
        value(draft, ["kafka", "topics", topic, "config", "min.insync.replicas"], replicas + 1),
      ),
  },
  {
    what: "all replicas in sync",
    code: "min-insync-no-slack",
    sites: (draft) =>
      topicsOf(draft)
        .filter(([, { replicas = 1 }]) => replicas > 1)
        .map(([topic, { replicas }]) =>
          value(draft, ["kafka", "topics", topic, "config", "min.insync.replicas"], replicas),
        ),
  },
  {
    what: "an answer of the leader alone",
    code: "weak-acks",
    sites: (draft) =>
      writers(draft, 2, 1).map((name) => value(draft, ["producers", name, "config", "acks"], 1)),
  },
  {
    what: "idempotence without all answers",
    code: "idempotence-conflict",
    sites: (draft) =>
      writers(draft, 1, 1).map((name) => ({
        ...value(draft, ["producers", name, "config", "acks"], 1),
        plant: () => void (draft.producers[name]!.config = { "enable.idempotence": true, acks: 1 }),
      })),
  },
  {
    what: "several requests in flight without idempotence",
    code: "reorder-on-retry",
    sites: (draft) =>
      writers(draft, 1, 1).map((name) =>
        value(draft, ["producers", name, "config", "enable.idempotence"], false),
      ),
  },
  {
    what: "no key for a compacted topic",
    code: "compacted-without-key",
    sites: (draft) =>
      producersOf(draft)
        .filter(([, { topic = "" }]) => draft.kafka?.topics[topic] !== undefined)
        .map(([name, { topic }]) => ({
          plant: () => {
            const compacted = draft.kafka!.topics[topic!]!;
            compacted.config = { ...compacted.config, "cleanup.policy": "compact" };
            draft.producers[name]!["key"] = "none";
          },
          at: ["producers", name, "key"],
          part: "value" as const,
        })),
  },
  {
    what: "fewer keys than partitions",
    code: "few-keys",
    sites: (draft) =>
      writers(draft, 1, 3).map((name) => ({
        ...value(draft, ["producers", name, "key", "values"], 2),
        at: ["producers", name, "key"],
      })),
  },
  {
    what: "one key for most messages",
    code: "hot-partition",
    sites: (draft) =>
      writers(draft, 1, 4).map((name) => value(draft, ["producers", name, "key"], { values: 1000, zipf: 2 })),
  },
  {
    what: "more members than partitions",
    code: "idle-members",
    sites: (draft) =>
      readers(draft)
        .filter((name) => draft.consumers[name]!.topics!.length === 1)
        .map((name) => {
          const { partitions = 1 } = draft.kafka!.topics[draft.consumers[name]!.topics![0]!]!;
          return value(draft, ["consumers", name, "instances"], partitions + 1);
        }),
  },
  {
    what: "a poll that takes longer than it may",
    code: "poll-interval-exceeded",
    sites: (draft) => readers(draft).map((name) => value(draft, ["consumers", name, "processing"], "1s")),
  },
  {
    what: "a transaction that one of many failures takes back",
    code: "abort-repeats-poll",
    sites: (draft) =>
      readers(draft).map((name) => {
        const fails = value(draft, ["consumers", name, "failures"], "5%");
        return {
          ...fails,
          plant: () => {
            put(draft, ["consumers", name, "commit"], "transactional");
            fails.plant();
          },
        };
      }),
  },
  {
    what: "more than a consumer can do",
    code: "overload",
    sites: (draft) =>
      readers(draft)
        .filter((name) => draft.consumers[name]!.topics!.length === 1)
        .map((name) => value(draft, ["consumers", name, "processing"], "150ms")),
  },
  {
    what: "a heartbeat as slow as the session",
    code: "session-too-tight",
    sites: (draft) =>
      readers(draft).map((name) =>
        value(draft, ["consumers", name, "config", "heartbeat.interval.ms"], "40s"),
      ),
  },
  {
    what: "commits of what several handlers are still at",
    code: "auto-commit-loss",
    sites: (draft) => readers(draft).map((name) => value(draft, ["consumers", name, "concurrency"], 4)),
  },
  {
    what: "a member of a group that reads another topic",
    code: "mixed-subscriptions",
    sites: (draft) =>
      readers(draft)
        .filter((name) => topicsOf(draft).length > draft.consumers[name]!.topics!.length)
        .map((name) => {
          const { topics = [], group } = draft.consumers[name]!;
          const others = topicsOf(draft).filter(([topic]) => !topics.includes(topic));
          return value(draft, ["consumers", "another"], {
            topics: [others[0]![0]],
            group,
            processing: "1ms",
          });
        }),
  },
  {
    what: "keys placed by turns beside keys placed by hash",
    code: "mixed-partitioners",
    sites: (draft) =>
      writers(draft, 1, 2).map((name) => ({
        plant: () =>
          void (draft.producers["another"] = {
            ...structuredClone(draft.producers[name]!),
            config: { "partitioner.class": "RoundRobinPartitioner" },
          }),
        at: ["producers", "another", "config", "partitioner.class"],
        part: "value" as const,
      })),
  },
  {
    what: "a second writer of the same keys",
    code: "several-writers",
    sites: (draft) =>
      writers(draft, 1, 1).map((name) => ({
        plant: () => void (draft.producers["another"] = structuredClone(draft.producers[name]!)),
        at: ["producers", "another"],
        part: "value" as const,
      })),
  },
  {
    what: "a segment that outlives its retention",
    code: "segment-delays-retention",
    sites: (draft) =>
      topicsOf(draft)
        .filter(([, { config }]) => config?.["cleanup.policy"] !== "compact")
        .filter(([, { config }]) => config?.["segment.bytes"] === undefined)
        .map(([topic]) => value(draft, ["kafka", "topics", topic, "config", "retention.ms"], "1h")),
  },
  {
    what: "a topic that nobody reads",
    code: "unread-topic",
    sites: (draft) =>
      readers(draft)
        .filter((name) => draft.consumers[name]!.topics!.length === 1 && readers(draft).length > 1)
        .map((name) => {
          const [topic = ""] = draft.consumers[name]!.topics!;
          return {
            plant: () => void delete draft.consumers[name],
            at: ["kafka", "topics", topic],
            part: "key" as const,
          };
        }),
  },
  {
    what: "a topic that nobody writes to",
    code: "unwritten-topic",
    sites: (draft) =>
      writers(draft, 1, 1)
        .filter((_, __, all) => all.length > 1)
        .map((name) => ({
          plant: () => void delete draft.producers[name],
          at: ["kafka", "topics", draft.producers[name]!.topic!],
          part: "key" as const,
        })),
  },
];
