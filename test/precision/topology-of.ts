import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";

type Values = Readonly<Record<string, unknown>>;

/** Source, destination, routing key; then where it is not a queue, and arguments. */
type Binding = readonly [string, string, string, ("queue" | "exchange")?, Values?];

interface Queue {
  readonly arguments?: Values;
}

interface DefinitionsFile {
  readonly source: string;
  readonly version?: string;
  readonly policies?: Values;
  readonly exchanges?: Readonly<Record<string, { readonly type: string }>>;
  readonly queues: Readonly<Record<string, Queue>>;
  readonly bindings: readonly Binding[];
}

interface Topic {
  readonly partitions?: number;
  readonly replicas?: number;
  readonly config?: Values;
}

interface TopicList {
  readonly source: string;
  /** Settings that every topic of the list has. */
  readonly shared?: Values;
  readonly topics: Readonly<Record<string, Topic>>;
  readonly producers?: Readonly<Record<string, readonly string[]>>;
  readonly consumers?: Readonly<Record<string, readonly string[]>>;
}

/** A file of others as a topology file: as it stands, and with applications around it. */
export interface ForeignFile {
  readonly source: string;
  readonly broker: "RabbitMQ" | "Kafka";
  /** Half of them are held out: nothing is changed for what they show before it is counted. */
  readonly heldOut: boolean;
  readonly plain: string;
  readonly inUse: string;
  /** What `inUse` is written from. */
  readonly content: Content;
}

/** A topology file's sections. */
export type Content = Values;

export function foreignFiles(): readonly ForeignFile[] {
  const files = [
    ...(read("definitions.yaml") as DefinitionsFile[]).map((file) => ({
      source: file.source,
      broker: "RabbitMQ" as const,
      plain: { rabbitmq: rabbitmqOf(file) },
      around: applicationsOfQueues(file),
    })),
    ...(read("topic-lists.yaml") as TopicList[]).map((file) => ({
      source: file.source,
      broker: "Kafka" as const,
      plain: { kafka: kafkaOf(file) },
      around: applicationsOfTopics(file),
    })),
  ];
  const drawn = files.toSorted((a, b) => hash(a.source) - hash(b.source));
  return files.map(({ source, broker, plain, around }) => ({
    source,
    broker,
    heldOut: drawn.findIndex((one) => one.source === source) % 2 === 1,
    plain: textOf(plain),
    inUse: textOf({ ...plain, ...around }),
    content: { ...plain, ...around },
  }));
}

export function textOf(content: Content): string {
  return stringify({ topology: 1, ...content }, { lineWidth: 0, aliasDuplicateObjects: false });
}

function read(name: string): unknown {
  return parse(readFileSync(new URL(name, import.meta.url), "utf8"));
}

/** FNV-1a of the text's UTF-16 units: what halves the files, whatever they hold. */
function hash(text: string): number {
  let value = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01_00_01_93);
  return value >>> 0;
}

/** Nothing in a definitions file says on how many nodes it runs: three are taken. */
function rabbitmqOf({ version, policies, exchanges, queues, bindings }: DefinitionsFile): Values {
  return {
    ...(version === undefined ? {} : { version }),
    nodes: 3,
    ...(exchanges === undefined ? {} : { exchanges }),
    queues,
    bindings: bindings.map(([source, destination, key, kind, more]) => ({
      source,
      destination,
      ...(kind === "exchange" ? { destination_type: kind } : {}),
      ...(key === "" ? {} : { routing_key: key }),
      ...(more === undefined ? {} : { arguments: more }),
    })),
    ...(policies === undefined ? {} : { policies }),
  };
}

/** As many brokers as the largest number of replicas asks for. */
function kafkaOf({ topics, shared }: TopicList): Values {
  return {
    brokers: Math.max(1, ...Object.values(topics).map(({ replicas = 1 }) => replicas)),
    topics: Object.fromEntries(
      Object.entries(topics).map(([name, topic]) => [
        name,
        shared === undefined ? topic : { ...topic, config: { ...topic.config, ...shared } },
      ]),
    ),
  };
}

const rate = "10/s";

/**
 * A producer for each exchange that has bindings and takes nothing from another exchange or a queue's dead letters, with
 * each key that they name (a word for `*` and `#`), or each key of the file where the exchange does not look at it; one
 * for each queue that nothing leads to; and a consumer for each queue.
 */
function applicationsOfQueues({ exchanges = {}, queues, bindings }: DefinitionsFile): Values {
  const dead = Object.values(queues).map(({ arguments: given = {} }) => given);
  const fed = new Set([
    ...bindings.filter(([, , , kind]) => kind === "exchange").map(([, destination]) => destination),
    ...dead.map((given) => given["x-dead-letter-exchange"]),
  ]);
  const reached = new Set([
    ...bindings.map(([, destination]) => destination),
    ...dead
      .filter((given) => given["x-dead-letter-exchange"] === "")
      .map((given) => given["x-dead-letter-routing-key"]),
  ]);
  const sources = [...new Set(bindings.map(([source]) => source))].filter((source) => !fed.has(source));
  return {
    producers: Object.fromEntries([
      ...sources.map((exchange) => [
        `to ${exchange}`,
        {
          exchange,
          rate,
          confirms: true,
          ...messagesFor(exchange, exchanges[exchange]?.type, bindings),
        },
      ]),
      ...Object.keys(queues)
        .filter((queue) => !reached.has(queue))
        .map((queue) => [`to ${queue}`, { queue, rate, confirms: true }]),
    ]) as Values,
    consumers: Object.fromEntries(
      Object.keys(queues).map((queue) => [`of ${queue}`, { queue, prefetch: 10, processing: "1ms" }]),
    ),
  };
}

function messagesFor(exchange: string, type: string | undefined, bindings: readonly Binding[]): Values {
  const own = bindings.filter(([source]) => source === exchange);
  const keyed = type !== "fanout" && type !== "headers";
  const messages = routingKeys(keyed ? own : bindings.filter(([, , key]) => key !== ""));
  if (type !== "headers") return messages;
  const flows = own.map(([, destination, , , matched = {}]) => {
    const headers = Object.entries(matched).filter(([name]) => !name.startsWith("x-"));
    return [destination, { headers: Object.fromEntries(headers) }] as const;
  });
  return { ...messages, flows: Object.fromEntries(flows) };
}

function routingKeys(bindings: readonly Binding[]): Values {
  const keys = [...new Set(bindings.map(([, , key]) => key.replaceAll(/[*#]/gu, "any")))];
  if (keys.length === 0) return {};
  return { routing_key: keys.length === 1 ? keys[0] : Object.fromEntries(keys.map((key) => [key, 1])) };
}

/** What the list names of applications; else a producer with keys and a group for each topic. */
function applicationsOfTopics({ topics, producers, consumers }: TopicList): Values {
  const each = Object.keys(topics).map((topic) => [topic, [topic]] as const);
  const key = { values: 1000 };
  const writers = Object.entries(producers ?? Object.fromEntries(each)).map(([name, to]) => {
    const [only = ""] = to;
    const flows = Object.fromEntries(to.map((topic) => [topic, { topic, key }]));
    return [`to ${name}`, to.length === 1 ? { topic: only, rate, key } : { rate, flows }] as const;
  });
  const readers = Object.entries(consumers ?? Object.fromEntries(each)).map(
    ([group, from]) => [`of ${group}`, { topics: from, group, processing: "1ms" }] as const,
  );
  return { producers: Object.fromEntries(writers), consumers: Object.fromEntries(readers) };
}
