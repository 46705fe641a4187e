import type { Consumer, Forward, Source } from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import { Keys } from "./read-context.ts";
import type { ReadContext } from "./read-context.ts";
import type { ProducerReader } from "./read-producers.ts";
import { at, nameOf, textOf } from "./tree.ts";
import type { MapTree, Tree } from "./tree.ts";
import { numberOf } from "./value-read.ts";

/** Paced by what is read: it sends nothing by itself. */
const paced = {
  arrivals: { kind: "schedule", times: [] },
  from: 0,
  until: Infinity,
  messages: Infinity,
} as const;

/** What a consumer sends on: its `sends`, and the messages that it gives up. */
export function readSends(
  owner: Name,
  keys: Keys,
  from: Source,
  reader: ProducerReader,
  context: ReadContext,
): Consumer["sends"] {
  const sends = keys.get("sends");
  if (sends !== undefined && from.kind === "queue") {
    context.notSimulated(keys.keySpan("sends")!, {
      what: "`sends` of a queue's consumer",
      simulated: "What runs now is `sends` of a group's members, into topics.",
    });
    return [];
  }
  const items = sends?.kind === "list" ? sends.items : [];
  const read = items.map((item) =>
    item.kind === "map" ? readForward(owner, item, from, reader) : undefined,
  );
  if (from.kind === "log") read.push(deadLetters(owner, keys, from, reader));
  return read.filter((forward) => forward !== undefined);
}

function readForward(owner: Name, item: MapTree, from: Source, reader: ProducerReader): Forward | undefined {
  const key = at(item, "key");
  const sameKey = key === undefined || textOf(key) === "same";
  const message = reader.message(owner, new Keys(sameKey ? without(item, "key") : item));
  const ratio = item.entries.has("ratio") ? numberOf(at(item, "ratio")) : 1;
  if (message === undefined || message.to.kind !== "topic" || ratio === undefined || ratio < 0)
    return undefined;
  const when = textOf(at(item, "when")) === "failure" ? "failure" : "success";
  return { flow: { ...message, ...paced, kafka: clientOf(from) ?? message.kafka }, ratio, when, sameKey };
}

/** It keeps the message's key and size. */
function deadLetters(owner: Name, keys: Keys, from: Source, reader: ProducerReader): Forward | undefined {
  const topic: Tree | undefined = keys.get("onFailure", "then", "deadLetterTopic");
  const name = nameOf(topic);
  if (topic === undefined || name === undefined) return undefined;
  const entry = { key: { text: "topic", span: topic.span }, value: topic };
  const message = reader.message(
    owner,
    new Keys({ kind: "map", span: topic.span, entries: new Map([["topic", entry]]) }),
  );
  if (message === undefined) return undefined;
  return {
    flow: { ...message, ...paced, kafka: clientOf(from) ?? message.kafka },
    ratio: 1,
    when: "givenUp",
    sameKey: true,
  };
}

function clientOf(from: Source) {
  return from.kind === "log" ? from.producer : undefined;
}

function without(map: MapTree, key: string): MapTree {
  const entries = new Map(map.entries);
  entries.delete(key);
  return { ...map, entries };
}
