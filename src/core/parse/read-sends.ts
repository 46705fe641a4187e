import {
  directReplyTo,
  type Consumer,
  type Destination,
  type Flow,
  type Forward,
  type Source,
} from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import { Keys } from "./read-context.ts";
import type { ReadContext } from "./read-context.ts";
import type { ProducerReader } from "./read-producers.ts";
import { at, describe, nameOf, textOf } from "./tree.ts";
import type { MapTree, Tree } from "./tree.ts";
import { booleanOf, numberOf } from "./value-read.ts";

/** Paced by what is read: it sends nothing by itself. */
const paced = {
  arrivals: { kind: "schedule", times: [] },
  from: 0,
  until: Infinity,
  messages: Infinity,
  requests: undefined,
} as const;

/** Whether a consumer, as the file writes it, sends to a Kafka topic: its `config` then holds producer settings as well. */
export function sendsToTopic(consumer: Tree | undefined): boolean {
  return (
    at(consumer, "onFailure", "then", "deadLetterTopic") !== undefined ||
    at(consumer, "changelog") !== undefined ||
    topicAmong(at(consumer, "sends"))
  );
}

/** Whether an entry of `sends` goes to a topic. */
export function topicAmong(sends: Tree | undefined): boolean {
  return itemsOf(sends).some((send) => at(send, "topic") !== undefined);
}

/** What a consumer sends on: its `sends`, and the messages that it gives up. */
export function readSends(
  owner: Name,
  keys: Keys,
  from: Source,
  reader: ProducerReader,
  context: ReadContext,
): Consumer["sends"] {
  const read = itemsOf(keys.get("sends")).map((item) => readForward(owner, item, from, reader, context));
  if (from.kind === "log" && keys.has("onFailure")) read.push(deadLetters(owner, keys, reader));
  if (read.length === 0) return [];
  const settings = reader.settings(keys);
  return read
    .filter((forward) => forward !== undefined)
    .map((forward) => ({ ...forward, flow: { ...forward.flow, kafka: clientOf(from) ?? settings } }));
}

function readForward(
  owner: Name,
  item: MapTree,
  from: Source,
  reader: ProducerReader,
  context: ReadContext,
): Forward | undefined {
  const key = at(item, "key");
  const sameKey = key === undefined || textOf(key) === "same";
  const oneWay =
    ["topic", "exchange", "queue", "reply"].filter((kind) => item.entries.has(kind)).length === 1;
  const keys = new Keys(sameKey ? without(item, "key") : item);
  const reply = readReply(owner, item, from, context);
  if (reply !== undefined) reader.checkForeign("reply", owner, keys);
  const message = oneWay ? reader.message(owner, keys, reply) : undefined;
  const ratio = item.entries.has("ratio") ? numberOf(at(item, "ratio")) : 1;
  if (message === undefined || ratio === undefined || ratio < 0) return undefined;
  const when = textOf(at(item, "when")) === "failure" ? "failure" : "success";
  return { flow: { ...routed(item, message, from, context), ...paced }, ratio, when, sameKey };
}

/** The request says where its reply goes. */
function readReply(owner: Name, item: MapTree, from: Source, context: ReadContext): Destination | undefined {
  const reply = item.entries.get("reply");
  if (reply === undefined) return undefined;
  const { span } = reply.value;
  if (booleanOf(reply.value) === false)
    context.badValue(span, {
      key: "reply",
      found: "`false`",
      reason: "an entry of `sends` goes somewhere; write `reply: true`, or a `topic`, `exchange` or `queue`",
    });
  if (from.kind === "log")
    context.rule(
      reply.key.span,
      `\`${owner.text}\` reads a Kafka topic, whose records name no reply queue. Delete \`reply\`, or write a \`queue\`.`,
    );
  for (const key of ["routing_key", "cc", "bcc"]) {
    const entry = item.entries.get(key);
    if (entry !== undefined)
      context.rule(
        entry.key.span,
        `A reply goes where its request says, and nowhere else. Delete \`${key}\`.`,
      );
  }
  return { kind: "reply", name: { text: directReplyTo, span } };
}

type Message = ReturnType<ProducerReader["message"]> & {};

/** From queue to exchange a message keeps its routing key, unless the file gives one. */
function routed(item: MapTree, message: Message, from: Source, context: ReadContext): Message {
  const written = at(item, "routing_key");
  const asked = written !== undefined && textOf(written) === "same";
  const { to, rabbitmq } = message;
  if (to.kind !== "exchange" || (written !== undefined && !asked)) return message;
  if (from.kind === "queue") return { ...message, rabbitmq: { ...rabbitmq, routingKey: { kind: "same" } } };
  if (asked)
    context.badValue(written.span, {
      key: "routing_key",
      found: describe(written),
      reason: `a record of a Kafka topic has no routing key. Write the key that \`${to.name.text}\` shall route by`,
    });
  return message;
}

/** It keeps the message's key and size. */
function deadLetters(owner: Name, keys: Keys, reader: ProducerReader): Forward | undefined {
  const topic: Tree | undefined = keys.get("onFailure", "then", "deadLetterTopic");
  const name = nameOf(topic);
  if (topic === undefined || name === undefined) return undefined;
  const entry = { key: { text: "topic", span: topic.span }, value: topic };
  const message = reader.message(
    owner,
    new Keys({ kind: "map", span: topic.span, entries: new Map([["topic", entry]]) }),
  );
  if (message === undefined) return undefined;
  return { flow: { ...message, ...paced }, ratio: 1, when: "givenUp", sameKey: true };
}

function clientOf(from: Source): Flow["kafka"] | undefined {
  return from.kind === "log" ? from.producer : undefined;
}

function itemsOf(tree: Tree | undefined): MapTree[] {
  return tree?.kind === "list" ? tree.items.filter((item) => item.kind === "map") : [];
}

function without(map: MapTree, key: string): MapTree {
  const entries = new Map(map.entries);
  entries.delete(key);
  return { ...map, entries };
}
