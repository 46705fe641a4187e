import type { Destination, Flow, Identity, Producer, Publishing } from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import { readArrivals, wholePart } from "./read-arrivals.ts";
import { fieldTable, mapOrEmpty } from "./read-brokers.ts";
import { withRate } from "./read-compression.ts";
import { Keys } from "./read-context.ts";
import type { ReadContext } from "./read-context.ts";
import { readKeyChoice, readRoutingKey } from "./read-key-choice.ts";
import { kafkaSettings } from "./read-producer-config.ts";
import { readRequests } from "./read-requests.ts";
import type { Names } from "./names.ts";
import { at, describe, entriesOf, textOf } from "./tree.ts";
import type { Entry, MapTree, Tree } from "./tree.ts";
import { booleanOf, quantityOf, soundDistribution } from "./value-read.ts";

const rabbitKeys = ["routing_key", "headers", "properties", "mandatory", "confirms", "cc", "bcc"];
const kafkaKeys = ["client", "config", "value", "compression_rate"];
/** `transaction.timeout.ms`, ns. */

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
