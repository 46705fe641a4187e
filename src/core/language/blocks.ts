import type { Names } from "../parse/names.ts";
import type { Path } from "../text/path.ts";
import { literal, yamlText, type Suggestion } from "./suggestion.ts";

interface Block {
  readonly label: string;
  readonly about: string;
  /** `NAME` of an existing thing is asked of the file: `{queue}`. */
  readonly insert: string;
}

/** By the map or list that they stand in; one line each, so that they fit between brackets as well. */
const blocks: Readonly<Record<string, readonly Block[]>> = {
  "kafka.topics": [
    { label: "topic", about: "A topic in partitions.", insert: "${1:orders}: {partitions: ${2:3}}" },
    {
      label: "topic with copies",
      about: "A topic whose partitions have three copies; a write waits for two of them (`acks: all`).",
      insert: "${1:orders}: {partitions: ${2:3}, replicas: ${3:3}, config: {min.insync.replicas: ${4:2}}}",
    },
  ],
  "rabbitmq.exchanges": [
    {
      label: "exchange",
      about: "An exchange: it copies each message to the queues that are bound to it.",
      insert: "${1:orders}: {type: ${2|topic,direct,fanout,headers|}}",
    },
  ],
  "rabbitmq.queues": [
    { label: "queue", about: "A classic queue.", insert: "${1:work}: {}" },
    {
      label: "queue with a limit",
      about: "A queue that holds so many messages at most.",
      insert: "${1:work}: {arguments: {x-max-length: ${2:1000}, x-overflow: ${3|drop-head,reject-publish|}}}",
    },
    {
      label: "queue with dead letters",
      about: "What expires, overflows or is rejected goes to another exchange.",
      insert: "${1:work}: {arguments: {x-dead-letter-exchange: ${2:{exchange}}}}",
    },
    {
      label: "quorum queue",
      about: "A queue with copies on several nodes; a message is delivered so often at most.",
      insert: "${1:work}: {arguments: {x-queue-type: quorum, x-delivery-limit: ${2:20}}}",
    },
  ],
  "rabbitmq.bindings": [
    {
      label: "binding",
      about: "Messages of an exchange whose routing key fits go to a queue.",
      insert: "{source: ${1:{exchange}}, destination: ${2:{queue}}, routing_key: ${3:order.*}}",
    },
    {
      label: "binding without a key",
      about: "For fanout exchanges: every message goes to the queue.",
      insert: "{source: ${1:{exchange}}, destination: ${2:{queue}}}",
    },
  ],
  producers: [
    {
      label: "producer to a topic",
      about: "An application that sends keyed records to a topic.",
      insert: "${1:shop}: {topic: ${2:{topic}}, rate: ${3:100/s}, key: {values: ${4:1000}}}",
    },
    {
      label: "producer to an exchange",
      about: "An application that publishes with a routing key.",
      insert: "${1:shop}: {exchange: ${2:{exchange}}, rate: ${3:100/s}, routing_key: ${4:order.placed}}",
    },
    {
      label: "producer to a queue",
      about: "An application that publishes to one queue, through the default exchange.",
      insert: "${1:shop}: {queue: ${2:{queue}}, rate: ${3:100/s}}",
    },
  ],
  consumers: [
    {
      label: "consumer group of a topic",
      about: "Members of a group that share the partitions of a topic.",
      insert:
        "${1:fraud}: {topic: ${2:{topic}}, group: ${3:fraud}, instances: ${4:2}, processing: {exponential: ${5:10ms}}}",
    },
    {
      label: "consumers of a queue",
      about: "Consumers that compete for the messages of a queue.",
      insert:
        "${1:workers}: {queue: ${2:{queue}}, instances: ${3:2}, prefetch: ${4:10}, processing: {exponential: ${5:10ms}}}",
    },
  ],
  expect: [
    {
      label: "nothing is lost",
      about: "No message is lost in a broker.",
      insert: "{metric: lost.broker, equals: 0}",
    },
    {
      label: "latency of a consumer",
      about: "99 of 100 messages are done within this time of being sent.",
      insert: "{metric: latency.p99, of: {consumer: ${1:{consumer}}}, below: ${2:100ms}}",
    },
    {
      label: "depth of a queue",
      about: "The queue never holds more.",
      insert: "{metric: depth.max, of: {queue: ${1:{queue}}}, below: ${2:100}}",
    },
    {
      label: "lag of a group",
      about: "The group is never further behind.",
      insert: "{metric: lag.max, of: {group: ${1:{group}}}, below: ${2:1000}}",
    },
  ],
  timeline: [
    {
      label: "crash of a consumer",
      about: "A consumer ends at once, and comes back after `for`.",
      insert: "{at: ${1:10s}, for: ${2:5s}, crash: {consumer: ${3:{consumer}}}}",
    },
    {
      label: "slow consumer",
      about: "A consumer takes longer for each message.",
      insert: "{at: ${1:10s}, for: ${2:5s}, slow: {consumer: ${3:{consumer}}, factor: ${4:3}}}",
    },
    {
      label: "peak of a producer",
      about: "A producer sends more for a while.",
      insert: "{at: ${1:10s}, for: ${2:5s}, rate: {producer: ${3:{producer}}, factor: ${4:3}}}",
    },
    {
      label: "more consumers",
      about: "A consumer has another number of instances from then on.",
      insert: "{at: ${1:10s}, scale: {consumer: ${2:{consumer}}, instances: ${3:4}}}",
    },
  ],
};

const wholeFiles: readonly Block[] = [
  {
    label: "topology with a log (Kafka)",
    about: "A topic, a producer and a consumer group.",
    insert: [
      "topology: 1",
      "name: ${1:Orders}",
      "",
      "kafka:",
      "  topics:",
      "    ${2:orders}: {partitions: ${3:3}}",
      "",
      "producers:",
      "  ${4:shop}: {topic: ${2:orders}, rate: ${5:100/s}, key: {values: 1000}}",
      "",
      "consumers:",
      "  ${6:fraud}: {topic: ${2:orders}, group: ${6:fraud}, instances: ${7:2}, processing: {exponential: 10ms}}",
      "",
      "run: {duration: ${8:60s}}",
      "",
      "expect:",
      "  - {metric: lost.broker, equals: 0}",
      "",
    ].join("\n"),
  },
  {
    label: "topology with a queue (RabbitMQ)",
    about: "An exchange, a queue that is bound to it, a producer and consumers.",
    insert: [
      "topology: 1",
      "name: ${1:Orders}",
      "",
      "rabbitmq:",
      "  exchanges:",
      "    ${2:orders}: {type: topic}",
      "  queues:",
      "    ${3:work}: {}",
      "  bindings:",
      '    - {source: ${2:orders}, destination: ${3:work}, routing_key: "order.*"}',
      "",
      "producers:",
      "  ${4:shop}: {exchange: ${2:orders}, rate: ${5:100/s}, routing_key: order.placed}",
      "",
      "consumers:",
      "  ${6:workers}: {queue: ${3:work}, instances: ${7:2}, prefetch: 10, processing: {exponential: 10ms}}",
      "",
      "run: {duration: ${8:60s}}",
      "",
      "expect:",
      "  - {metric: lost.broker, equals: 0}",
      "",
    ].join("\n"),
  },
];

/** Whole entries for the map or the list at this path. */
export function blocksAt(path: Path, names: Names): Suggestion[] {
  const place = path.join(".");
  if (!Object.hasOwn(blocks, place)) return [];
  return blocks[place]!.map((block) => suggestion(block, names));
}

/** For a file that says nothing yet. */
export function wholeTopologies(names: Names): Suggestion[] {
  return wholeFiles.map((block) => suggestion(block, names));
}

function suggestion({ label, about, insert }: Block, names: Names): Suggestion {
  const text = insert.replaceAll(/(?<=:)\{(\w+)\}/gu, (_, kind: string) => literal(firstOf(kind, names)));
  const shown = text.replaceAll(/\$\{\d+[:|]((?:\\.|[^}|,])*)[^}]*\}/gu, "$1").replaceAll("\\}", "}");
  return {
    label,
    kind: "block",
    detail: "block",
    documentation: `${about}\n\n\`\`\`yaml\n${shown}\n\`\`\``,
    insert: text,
    rank: 1,
    leadsOn: false,
  };
}

const examples: Readonly<Record<string, string>> = {
  topic: "orders",
  exchange: "orders",
  queue: "work",
  producer: "shop",
  consumer: "workers",
  group: "fraud",
};

function firstOf(kind: string, names: Names): string {
  const known: Readonly<Record<string, ReadonlySet<string>>> = {
    topic: names.topics,
    exchange: names.exchanges,
    queue: names.queues,
    producer: names.producers,
    consumer: names.consumers,
    group: names.groups,
  };
  const [first = examples[kind] ?? ""] = known[kind] ?? [];
  return yamlText(first);
}
