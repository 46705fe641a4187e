import type { SettingsKind } from "../model/settings.ts";

export interface BrokerPage {
  readonly title: string;
  readonly address: string;
}

const kafka: Partial<Record<SettingsKind, string>> = {
  producer: "producerconfigs",
  consumer: "consumerconfigs",
  group: "groupconfigs",
  topic: "topicconfigs",
  broker: "brokerconfigs",
};

/** RabbitMQ's documentation, by the beginning of an argument's or a policy key's name without `x-`. */
const rabbitmq: readonly (readonly [RegExp, string])[] = [
  [/^cluster_partition/u, "partitions"],
  [/^net_ticktime/u, "nettick"],
  [/^heartbeat/u, "heartbeats"],
  [/^alternate-exchange/u, "ae"],
  [/^(?:message-ttl|expires)/u, "ttl"],
  [/^(?:max-length|overflow)/u, "maxlength"],
  [/^dead-letter/u, "dlx"],
  [/^max-priority/u, "priority"],
  [/^priority/u, "consumer-priority"],
  [/^single-active-consumer/u, "consumers#single-active-consumer"],
  [/^quorum_queue/u, "quorum-queues#replica-reconciliation"],
  [/^(?:delayed-retry|delivery-limit|quorum|target-group)/u, "quorum-queues"],
  [/^(?:stream|max-age|initial-cluster)/u, "streams"],
  [/^queue[-_](?:type|leader|master)/u, "queues"],
  [/^consumer[-_]timeout/u, "consumers#acknowledgement-timeout"],
  [/^federation/u, "federation"],
  [/^(?:match|delayed|hash)/u, "exchanges"],
];

/** Where the broker's own documentation speaks of a setting. */
export function brokerPage(name: string, kind: SettingsKind): BrokerPage | undefined {
  const section = kafka[kind];
  if (section !== undefined)
    return {
      title: "Kafka's documentation",
      address: `https://kafka.apache.org/documentation/#${section}_${encodeURIComponent(name)}`,
    };
  if (kind === "librdkafka")
    return {
      title: "librdkafka's documentation",
      address: "https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md",
    };
  const bare = name.replace(/^x-/u, "");
  const page = rabbitmq.find(([pattern]) => pattern.test(bare))?.[1];
  return page === undefined
    ? undefined
    : { title: "RabbitMQ's documentation", address: `https://www.rabbitmq.com/docs/${page}` };
}
