import type { Code } from "../../src/core/index.ts";

/** Why the reports of a code are so, each of them looked at; in these files alone. */
export const judgements: ReadonlyMap<Code, { readonly why: string; readonly files: readonly string[] }> =
  new Map([
    [
      "not-simulated-yet",
      {
        why: "The files name versions before 3.10, whose rules the engine lacks: they would not run as they ask.",
        files: [
          "AiparkCity/FasterDeploy",
          "BiobankLab/sensitive-data-archive",
          "Ifraibrahim770/banking-platform",
          "Grandys/rabbitmq-api-gateway",
        ],
      },
    ],
    [
      "setting-without-effect",
      {
        why: "Mirroring of classic queues (`ha-mode` and its kin) in versions that still had it, and federation with brokers that no file names: real policies that the engine has no part for.",
        files: ["AiparkCity/FasterDeploy", "Dokus-Tech/dokus", "Grandys/rabbitmq-api-gateway"],
      },
    ],
    [
      "unknown-setting",
      {
        why: "`x-queue-type` among an exchange's arguments: no exchange knows it.",
        files: ["Grandys/rabbitmq-api-gateway"],
      },
    ],
    [
      "deprecated-setting",
      {
        why: "`message.format.version` went with Kafka 4.0; the list names no version, so the newest counts.",
        files: ["shaikn6/kafka-stream-feature-store"],
      },
    ],
    [
      "silent-expiry",
      {
        why: "Queues, some of them for dead letters themselves, with a TTL or a length and no dead-letter exchange: what expires there is gone, as it may be meant.",
        files: ["Eme-AM/Core-Letterboxd", "Edgame2/masterTrade", "IXvlad-EU/Skillexa"],
      },
    ],
    [
      "segment-delays-retention",
      {
        why: "At 10 messages of 1 KiB a second a segment takes days to fill, and a day's or three days' retention waits for it. At another rate it is not so, and then nothing is said.",
        files: [
          "darshil-mangukiya/event-driven-data-platform",
          "shaikn6/kafka-stream-feature-store",
          "munisp/remitflow",
        ],
      },
    ],
    [
      "transient-queue",
      {
        why: "Queues with `durable: false`, and producers that send persistent messages, as they do when they say nothing else.",
        files: ["AndersBjerregaard/DynamicRouting-dotnet"],
      },
    ],
    [
      "idle-policy",
      {
        why: "A policy for what is named `out`, and nothing of the file is; applications may declare it.",
        files: ["Grandys/rabbitmq-api-gateway"],
      },
    ],
    [
      "unused-exchange",
      {
        why: "An exchange without a binding: whatever is published there is dropped.",
        files: ["ERP007/Infra"],
      },
    ],
  ]);
