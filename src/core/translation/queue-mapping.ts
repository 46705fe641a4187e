import type { Expectation } from "../model/expectation.ts";
import type { Consumer } from "../model/topology.ts";
import { at, entriesOf, type Tree } from "../parse/tree.ts";
import type { Mapped } from "./half.ts";
import { noJoin } from "./kept-state.ts";
import type { QueueHalf } from "./queue-half.ts";
import { copied, mapOf, text, type Written } from "./written.ts";

/** An expectation of queues as one of groups and consumers. */
export function queueMetric(half: QueueHalf, { metric, of }: Expectation): Mapped | undefined {
  const name = metric.text;
  const [family] = name.split(".", 1);
  if (family === "depth" || (of?.kind === "queue" && name === "recovery")) {
    const kind = family === "depth" ? `lag${name.slice("depth".length)}` : name;
    return { metric: kind, of: of && { kind: "group", name: half.groupName(of.name.text) } };
  }
  if (name === "expired")
    return { metric: "expiredUnread", of: of && { kind: "group", name: half.groupName(of.name.text) } };
  const reader = of?.kind === "queue" ? readerOf(half, of.name.text) : undefined;
  if ((name === "deadLettered.rejected" || name === "deadLettered.delivery_limit") && reader !== undefined) {
    const own = half.reading(reader).keys.get("onFailure") instanceof Map;
    return own
      ? { metric: "deadLettered.failed", of: { kind: "consumer", name: reader.name.text } }
      : { metric: "skipped", of: { kind: "consumer", name: reader.name.text } };
  }
  if (name === "dropped.rejected" && reader !== undefined)
    return { metric: "skipped", of: { kind: "consumer", name: reader.name.text } };
  if (of?.kind === "queue" || of?.kind === "exchange")
    return { reason: noEqual[family!] ?? "a topic has no such figure" };
  const why = noEqual[family!];
  return why === undefined ? undefined : { reason: why };
}

function readerOf(half: QueueHalf, queue: string): Consumer | undefined {
  const readers = half.routes.rates.readers.ofQueue(queue);
  return readers.length === 1 ? readers[0] : undefined;
}

/** An entry of the timeline about nodes and queues as one about brokers and groups. */
export function queueAction(half: QueueHalf, tree: Tree): Written | { readonly reason: string } {
  if (tree.kind !== "map") return copied(tree);
  if (tree.entries.has("alarm"))
    return { reason: "a broker of Kafka raises no alarm that publishers wait for" };
  const map = new Map<string, Written>();
  for (const [key, { value }] of tree.entries) {
    if (key === "purge") {
      const queue = at(value, "queue");
      const name = queue?.kind === "scalar" ? String(queue.value) : "";
      const [topic, more] = half.topicsOf([name]);
      if (topic === undefined || more !== undefined || !half.routes.isRead(name))
        return { reason: "no group reads one topic in its place that it could pass over" };
      map.set("replay", mapOf({ group: text(half.groupName(name)), topic: text(topic.name), to: "latest" }));
      continue;
    }
    if (value.kind === "map" && value.entries.has("queue"))
      return { reason: "a topic has no process of its own that could fail" };
    const renamed = new Map(
      Array.from(entriesOf(value), ({ key: { text: inner }, value: of }) => [
        inner === "node" ? "broker" : inner === "nodes" ? "brokers" : inner,
        copied(of),
      ]),
    );
    map.set(key, value.kind === "map" ? renamed : copied(value));
  }
  return map;
}

const noEqual: Readonly<Record<string, string>> = {
  join: noJoin,
  unroutable: "a topic takes every record",
  unacked: "a log does not count what is in work apart",
  roundTrip: "a log carries no replies",
  answered: "a log carries no replies",
  unanswered: "a log carries no replies",
  lateReplies: "a log carries no replies",
  expired: "retention counts by groups",
  dropped: "a log drops nothing for want of room",
  deadLettered: "a log has dead letters of failed records alone",
};
