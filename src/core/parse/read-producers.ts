import { librdkafkaPartitioners } from "../model/topology.ts";
import type {
  Destination,
  Flow,
  Identity,
  KafkaProducerSettings,
  Producer,
  ProducerTransactions,
  Publishing,
} from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import type { Unit } from "../text/units.ts";
import { readArrivals, wholePart } from "./read-arrivals.ts";
import { fieldTable, mapOrEmpty } from "./read-brokers.ts";
import { readCompression, readLibrdkafkaCompression, withRate } from "./read-compression.ts";
import { Keys } from "./read-context.ts";
import type { ReadContext } from "./read-context.ts";
import { readKeyChoice, readRoutingKey } from "./read-key-choice.ts";
import { readRequests } from "./read-requests.ts";
import type { Names } from "./names.ts";
import { at, describe, entriesOf, textOf } from "./tree.ts";
import type { Entry, MapTree, Tree } from "./tree.ts";
import { booleanOf, quantityOf, soundDistribution } from "./value-read.ts";

const rabbitKeys = ["routing_key", "headers", "properties", "mandatory", "confirms", "cc", "bcc"];
const kafkaKeys = ["client", "config", "value", "compression_rate"];
/** `transaction.timeout.ms`, ns. */
export const defaultTransactionTimeout = 60_000e6;

export function readProducers(
  tree: Tree | undefined,
  names: Names,
  kafkaVersion: string,
  context: ReadContext,
): Map<string, Producer> {
  const producers = new Map<string, Producer>();
  for (const entry of entriesOf(tree)) {
    const producer = new ProducerReader(names, kafkaVersion, context).read(entry);
    if (producer !== undefined) producers.set(entry.key.text, producer);
  }
  return producers;
}

/** A flow without its pace. */
type Message = Omit<Flow, "arrivals" | "from" | "until" | "messages" | "requests">;

export class ProducerReader {
  private readonly names: Names;
  private readonly kafkaVersion: string;
  private readonly context: ReadContext;

  constructor(names: Names, kafkaVersion: string, context: ReadContext) {
    this.names = names;
    this.kafkaVersion = kafkaVersion;
    this.context = context;
  }

  read({ key: name, value }: Entry): Producer | undefined {
    const map = mapOrEmpty(value);
    if (map === undefined) return undefined;
    const instances = quantityOf(at(map, "instances"), "count") ?? 1;
    const flows = at(map, "flows");
    const read =
      flows === undefined
        ? [this.flow(name, new Keys(map), 1)]
        : flows.kind === "map"
          ? this.flows(map, flows)
          : [];
    const sound = read.filter((flow) => flow !== undefined);
    return sound.length === 0 || instances < 1 ? undefined : { name, instances, flows: sound };
  }

  /** Flows without a share divide evenly what the others leave; a flow with a pace of its own needs none. */
  private flows(producer: MapTree, flows: MapTree): (Flow | undefined)[] {
    const entries = [...flows.entries.values()].flatMap(({ key, value }) => {
      const map = mapOrEmpty(value);
      if (map === undefined) return [];
      const paced = map.entries.has("rate") || (map.entries.has("arrivals") && !producer.entries.has("rate"));
      return [{ key, map, share: quantityOf(at(map, "share"), "share"), paced }];
    });
    const sharing = entries.filter(({ paced, share }) => !paced || share !== undefined);
    const stated = sharing.reduce((sum, { share }) => sum + (share ?? 0), 0);
    const open = sharing.filter(({ share }) => share === undefined).length;
    const whole = Math.abs(stated - 1) < 1e-6;
    const holder = producer.entries.get("flows")!.key;
    if (stated > 1 && !whole)
      this.context.rule(
        holder.span,
        `The shares of the flows sum to ${percent(stated)}; together they make 100%. Lower them.`,
      );
    else if (open === 0 && sharing.length > 0 && !whole)
      this.context.rule(
        holder.span,
        `The shares of the flows sum to ${percent(stated)}; together they make 100%. Raise them, or leave one share out: it takes the rest.`,
      );
    const left = open === 0 ? 0 : Math.max(0, 1 - stated) / open;
    return entries.map(({ key, map, share, paced }) => {
      const keys =
        map.entries.has("topic") || map.entries.has("exchange") || map.entries.has("queue")
          ? new Keys(map, withoutDestination(producer))
          : new Keys(map, producer);
      return this.flow(key, keys, share ?? (paced ? 1 : left));
    });
  }

  private flow(name: Name, keys: Keys, part: number): Flow | undefined {
    const arrivals = readArrivals(keys, name, part, this.context);
    const from = keys.has("from") ? quantityOf(keys.get("from"), "duration") : 0;
    const until = keys.has("until") ? quantityOf(keys.get("until"), "duration") : Infinity;
    const messages = keys.has("messages") ? quantityOf(keys.get("messages"), "count") : Infinity;
    const message = this.message(name, keys);
    if (from !== undefined && until !== undefined && until <= from)
      this.context.badValue(keys.get("until")!.span, {
        key: "until",
        found: describe(keys.get("until")!),
        reason: `\`${name.text}\` would stop before it begins; \`until\` is later than \`from\``,
      });
    if (arrivals === undefined || from === undefined || until === undefined || until <= from)
      return undefined;
    if (messages === undefined || message === undefined) return undefined;
    return {
      ...message,
      requests: readRequests(name, keys, message.to, this.names, this.context),
      arrivals,
      from,
      until,
      messages: messages === Infinity ? messages : wholePart(messages, messages === 0 ? 1 : part),
    };
  }

  /** Of the Kafka client. */
  settings(keys: Keys): Flow["kafka"] {
    return withRate(kafkaSettings(keys.get("config"), this.kafkaVersion), keys.get("compression_rate"));
  }

  /** What its messages are and where they go. */
  message(name: Name, keys: Keys, to = this.destination(name, keys)): Message | undefined {
    const key = readKeyChoice(keys.get("key"), this.context);
    const size = keys.has("size")
      ? soundDistribution(keys.get("size"), "size")
      : ({ kind: "constant", value: 1024 } as const);
    if (to === undefined || key === undefined || size === undefined) return undefined;
    const rabbitmq = this.publishing(keys, to);
    if (rabbitmq === undefined) return undefined;
    return {
      name,
      to,
      key,
      size,
      tombstone: textOf(keys.get("value")) === "none",
      kind: textOf(keys.get("kind")),
      kafka: withRate(
        kafkaSettings(
          keys.get("config"),
          this.kafkaVersion,
          keys.get("transaction"),
          textOf(keys.get("client")) === "librdkafka",
        ),
        keys.get("compression_rate"),
      ),
      rabbitmq,
    };
  }

  private destination(owner: Name, keys: Keys): Destination | undefined {
    const kinds = (["topic", "exchange", "queue"] as const).filter((kind) => keys.has(kind));
    const kind = kinds[0];
    if (kind === undefined) {
      this.context.rule(
        owner.span,
        `Producer \`${owner.text}\` sends nowhere: give it a \`topic\`, an \`exchange\` or a \`queue\`.`,
      );
      return undefined;
    }
    if (kinds.length > 1) return undefined;
    this.checkTransactions(kind, owner, keys);
    this.checkForeign(kind, owner, keys);
    const name = keys.name(kind);
    if (name === undefined) return undefined;
    const { topics, exchanges, predeclared, queues } = this.names;
    const exists =
      kind === "topic"
        ? topics.has(name.text)
        : kind === "queue"
          ? queues.has(name.text)
          : exchanges.has(name.text) || predeclared.includes(name.text);
    return exists ? { kind, name } : undefined;
  }

  /** Keys of the other broker. */
  checkForeign(kind: Destination["kind"], { text }: Name, keys: Keys): void {
    for (const key of kind === "topic" ? rabbitKeys : kafkaKeys) {
      const span = keys.keySpan(key);
      if (span !== undefined)
        this.context.rule(
          span,
          kind === "topic"
            ? `\`${key}\` belongs to RabbitMQ, but \`${text}\` sends to a Kafka topic. Delete it.`
            : `\`${key}\` belongs to Kafka, but \`${text}\` sends to RabbitMQ. Delete it.`,
        );
    }
  }

  private checkTransactions(kind: Destination["kind"], { text }: Name, keys: Keys): void {
    const span = keys.keySpan("transaction");
    if (kind !== "topic") {
      const confirms = keys.get("confirms");
      if (span !== undefined && confirms !== undefined && booleanOf(confirms) !== false)
        this.context.rule(
          span,
          `A channel of RabbitMQ confirms or is transactional, and \`${text}\` asks for both. Delete \`confirms\`, whose guarantee a commit gives as well, or \`transaction\`.`,
        );
      return;
    }
    const id = keys.get("config", "transactional.id");
    if (span !== undefined && id === undefined)
      this.context.rule(
        span,
        `Kafka's transactions belong to a \`transactional.id\`, and \`${text}\` has none. Add \`config: {transactional.id: ${text}}\`.`,
      );
    const idempotent = keys.get("config", "enable.idempotence");
    if (id !== undefined && booleanOf(idempotent) === false)
      this.context.badValue(idempotent!.span, {
        key: "enable.idempotence",
        found: "`false`",
        reason:
          "a producer with a `transactional.id` is idempotent; the real client does not start. Delete it",
      });
  }

  private publishing(keys: Keys, to: Destination): Publishing | undefined {
    if (to.kind === "queue" && keys.has("routing_key"))
      this.context.rule(
        keys.keySpan("routing_key")!,
        `Through the default exchange the routing key is the queue's name, \`${to.name.text}\`. Delete \`routing_key\`, or publish to an \`exchange\`.`,
      );
    const routingKey =
      to.kind === "queue" || to.kind === "reply"
        ? ({ kind: "weights", keys: [to.name], weights: [1] } as const)
        : readRoutingKey(keys.get("routing_key"), { text: "", span: to.name.span }, this.context);
    if (routingKey === undefined) return undefined;
    const confirms = keys.get("confirms");
    const window = quantityOf(at(confirms, "window"), "count");
    return {
      routingKey,
      headers: fieldTable(keys.get("headers")),
      persistent:
        keys.get("properties", "delivery_mode") === undefined ||
        quantityOf(keys.get("properties", "delivery_mode"), "count") === 2,
      priority: quantityOf(keys.get("properties", "priority"), "count"),
      lifetime: quantityOf(keys.get("properties", "expiration"), "duration") ?? Infinity,
      cc: textsOf(keys.get("cc")),
      bcc: textsOf(keys.get("bcc")),
      mandatory: booleanOf(keys.get("mandatory")) ?? false,
      transactionSize: quantityOf(keys.get("transaction", "messages"), "count") ?? 0,
      // A requester knows its replies by it.
      correlationId:
        identityOf(keys.get("properties", "correlation_id")) ??
        (keys.has("requests") ? { kind: "unique" } : undefined),
      messageId: identityOf(keys.get("properties", "message_id")),
      timestamp: booleanOf(keys.get("properties", "timestamp")) ?? false,
      confirmWindow: window ?? (booleanOf(confirms) === true ? Infinity : 0),
    };
  }
}

function identityOf(tree: Tree | undefined): Identity | undefined {
  const text = textOf(tree);
  if (text === undefined) return undefined;
  return text === "unique" ? { kind: "unique" } : { kind: "text", text };
}

function textsOf(tree: Tree | undefined): string[] {
  const items = tree?.kind === "list" ? tree.items : [];
  return items.map((item) => textOf(item)).filter((text) => text !== undefined);
}

function withoutDestination(producer: MapTree): MapTree {
  const entries = new Map(producer.entries);
  for (const key of ["topic", "exchange", "queue"]) entries.delete(key);
  return { ...producer, entries };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}

/** Any text may stand where a version belongs. */
const versionsMax = 100;
/** Of the Java client without a `config`, by Kafka's version: what nearly every flow has. */
const unconfigured = new Map<string, KafkaProducerSettings>();

export function kafkaSettings(
  config: Tree | undefined,
  version: string,
  transaction?: Tree,
  isLibrdkafka = false,
): KafkaProducerSettings {
  if (config === undefined && !isLibrdkafka) {
    let settings = unconfigured.get(version);
    if (settings === undefined) {
      if (unconfigured.size === versionsMax) unconfigured.clear();
      unconfigured.set(version, (settings = javaSettings(undefined, version, undefined)));
    }
    return settings;
  }
  const java = javaSettings(config, version, transaction);
  return isLibrdkafka ? librdkafkaSettings(config, java) : java;
}

/** librdkafka's own defaults and limits. Each setting that has two names is taken by the first that the file gives. */
function librdkafkaSettings(config: Tree | undefined, java: KafkaProducerSettings): KafkaProducerSettings {
  const count = (standard: number, ...names: string[]) => numberBy("count", config, names) ?? standard;
  const size = (standard: number, ...names: string[]) => numberBy("size", config, names) ?? standard;
  const duration = (standard: number, ...names: string[]) => numberBy("duration", config, names) ?? standard;
  const idempotence = booleanOf(at(config, "enable.idempotence")) ?? java.transactions !== undefined;
  const inFlight = count(1_000_000, "max.in.flight.requests.per.connection", "max.in.flight");
  const partitioner = textOf(at(config, "partitioner"));
  return {
    ...java,
    acks: acksOf(textOf(firstOf(config, ["acks", "request.required.acks"]))),
    batchSize: size(1_000_000, "batch.size"),
    batchMessages: count(10_000, "batch.num.messages"),
    linger: duration(5e6, "linger.ms", "queue.buffering.max.ms"),
    idempotence,
    maxInFlight: idempotence ? Math.min(inFlight, 5) : inFlight,
    maxRequestSize: size(1_000_000, "message.max.bytes"),
    bufferMemory: 1024 * count(1_048_576, "queue.buffering.max.kbytes"),
    compression: readLibrdkafkaCompression(config),
    retries: count(2_147_483_647, "retries", "message.send.max.retries"),
    deliveryTimeout: duration(300_000e6, "delivery.timeout.ms", "message.timeout.ms"),
    metadataMaxAge: duration(300_000e6, "topic.metadata.refresh.interval.ms"),
    roundRobin: false,
    librdkafka: {
      partitioner: librdkafkaPartitioners.find((known) => known === partitioner) ?? "consistent_random",
      stickyLinger: duration(10e6, "sticky.partitioning.linger.ms"),
      queueMessages: count(100_000, "queue.buffering.max.messages"),
    },
  };
}

function firstOf(config: Tree | undefined, names: readonly string[]): Tree | undefined {
  return names.map((name) => at(config, name)).find((tree) => tree !== undefined);
}

function numberBy(unit: Unit, config: Tree | undefined, names: readonly string[]): number | undefined {
  return quantityOf(firstOf(config, names), unit);
}

function acksOf(text: string | undefined): 0 | 1 | "all" {
  return text === "0" ? 0 : text === "1" ? 1 : "all";
}

/** Before 4.0 `linger.ms` was 0 by default. (KIP-1030) */
function javaSettings(
  config: Tree | undefined,
  version: string,
  transaction: Tree | undefined,
): KafkaProducerSettings {
  const acks = textOf(at(config, "acks"));
  const defaultLinger = Number.parseInt(version, 10) < 4 ? 0 : 5e6;
  return {
    acks: acksOf(acks),
    batchSize: quantityOf(at(config, "batch.size"), "size") ?? 16_384,
    batchMessages: Infinity,
    linger: quantityOf(at(config, "linger.ms"), "duration") ?? defaultLinger,
    maxInFlight: quantityOf(at(config, "max.in.flight.requests.per.connection"), "count") ?? 5,
    maxRequestSize: quantityOf(at(config, "max.request.size"), "size") ?? 1_048_576,
    bufferMemory: quantityOf(at(config, "buffer.memory"), "size") ?? 33_554_432,
    maxBlock: quantityOf(at(config, "max.block.ms"), "duration") ?? 60_000e6,
    ignoreKeys: booleanOf(at(config, "partitioner.ignore.keys")) ?? false,
    adaptive: booleanOf(at(config, "partitioner.adaptive.partitioning.enable")) ?? true,
    roundRobin: textOf(at(config, "partitioner.class"))?.endsWith("RoundRobinPartitioner") === true,
    idempotence: idempotence(config, acks),
    retries: quantityOf(at(config, "retries"), "count") ?? 2_147_483_647,
    retryBackoff: quantityOf(at(config, "retry.backoff.ms"), "duration") ?? 100e6,
    retryBackoffMax: quantityOf(at(config, "retry.backoff.max.ms"), "duration") ?? 1000e6,
    reconnectBackoff: quantityOf(at(config, "reconnect.backoff.ms"), "duration") ?? 50e6,
    reconnectBackoffMax: quantityOf(at(config, "reconnect.backoff.max.ms"), "duration") ?? 1000e6,
    metadataMaxAge: quantityOf(at(config, "metadata.max.age.ms"), "duration") ?? 300_000e6,
    requestTimeout: quantityOf(at(config, "request.timeout.ms"), "duration") ?? 30_000e6,
    deliveryTimeout: quantityOf(at(config, "delivery.timeout.ms"), "duration") ?? 120_000e6,
    librdkafka: undefined,
    compression: readCompression(config),
    transactions: transactionsOf(config, transaction),
  };
}

function transactionsOf(
  config: Tree | undefined,
  transaction: Tree | undefined,
): ProducerTransactions | undefined {
  const id = textOf(at(config, "transactional.id"));
  if (id === undefined) return undefined;
  return {
    id,
    messages: quantityOf(at(transaction, "messages"), "count") ?? 1,
    timeout: quantityOf(at(config, "transaction.timeout.ms"), "duration") ?? defaultTransactionTimeout,
  };
}

/** On, unless it is said or another setting forbids it: that needs all replicas, retries and few requests in flight. */
function idempotence(config: Tree | undefined, acks: string | undefined): boolean {
  const written = booleanOf(at(config, "enable.idempotence"));
  if (written !== undefined) return written;
  const retries = quantityOf(at(config, "retries"), "count");
  const inFlight = quantityOf(at(config, "max.in.flight.requests.per.connection"), "count") ?? 5;
  return acks !== "0" && acks !== "1" && retries !== 0 && inFlight <= 5;
}
