import { readings } from "../model/readings.ts";
import type { Queue } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { readsQueue, type CheckedFile } from "./checked-file.ts";
import type { RoutedMessages } from "./routed-messages.ts";
import { written } from "./tree-edits.ts";

/** `unreachable-queue`, `unconsumed-queue`, `unused-exchange`: what no way leads to, or none leads out of. */
export function* reach(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  const { routing } = file;
  if (rabbitmq === undefined || routing === undefined || !file.tells("rabbitmq")) return;
  const queues = [...rabbitmq.queues.values()];
  const bound = new Set(
    rabbitmq.bindings
      .filter(({ destinationType }) => destinationType === "queue")
      .map(({ destination }) => destination.text),
  );
  const tellsProducers = file.tellsSenders;
  if (tellsProducers) {
    const named = directly(file, routing);
    for (const { name, preload } of queues)
      if (
        preload === undefined &&
        !bound.has(name.text) &&
        !named.has(name.text) &&
        !routing.isFilled(name.text)
      )
        yield problem("unreachable-queue", name.span, { queue: name.text });
    const used = publishedTo(file, routing);
    for (const { name } of rabbitmq.exchanges.values())
      if (!used.has(name.text)) yield problem("unused-exchange", name.span, { exchange: name.text });
  }
  if (!file.tells("consumers")) return;
  const read = new Set([
    ...readings(file.topology)
      .filter(readsQueue)
      .flatMap(({ from }) => from.queues.map(({ text }) => text)),
    ...file.flows.flatMap(({ flow }) => flow.requests?.replyTo?.text ?? []),
  ]);
  for (const queue of queues) {
    const { text } = queue.name;
    // What nothing reaches does not grow.
    const grows = bound.has(text) || routing.isFilled(text);
    const limited = queue.exclusive || isLimited(queue, routing);
    if (!read.has(text) && !limited && (grows || !tellsProducers))
      yield problem("unconsumed-queue", queue.name.span, { queue: text }, consume(file, text));
  }
}

/** Queues that the default exchange leads to, by a producer's word or a dead letter's key. */
function directly(file: CheckedFile, routing: RoutedMessages): Set<string> {
  const named = new Set<string>();
  for (const name of file.topology.rabbitmq!.queues.keys()) {
    const target = routing.rulesOf(name)?.deadLetters;
    if (target?.exchange === "" && target.routingKey !== undefined) named.add(target.routingKey);
  }
  for (const { flow } of file.flows)
    if (flow.to.kind === "queue")
      for (const key of [flow.to.name.text, ...flow.rabbitmq.cc, ...flow.rabbitmq.bcc]) named.add(key);
  return named;
}

function publishedTo(file: CheckedFile, routing: RoutedMessages): Set<string> {
  const { rabbitmq } = file.topology;
  const used = new Set<string>();
  for (const { flow } of file.flows) if (flow.to.kind === "exchange") used.add(flow.to.name.text);
  for (const { destinationType, destination } of rabbitmq!.bindings)
    if (destinationType === "exchange") used.add(destination.text);
  for (const { alternate } of routing.host.exchanges) if (alternate !== undefined) used.add(alternate);
  for (const queue of rabbitmq!.queues.keys()) {
    const target = routing.rulesOf(queue)?.deadLetters;
    if (target !== undefined) used.add(target.exchange);
  }
  return used;
}

function isLimited({ name, autoDelete }: Queue, routing: RoutedMessages): boolean {
  const rules = routing.rulesOf(name.text);
  if (rules === undefined || autoDelete) return true;
  const { messageTtl, maxLength, maxBytes, maxAge, expires } = rules;
  return (
    messageTtl !== undefined || expires !== undefined || Math.min(maxLength, maxBytes, maxAge) < Infinity
  );
}

function consume(file: CheckedFile, queue: string) {
  const name = `${queue}-reader`;
  if (file.topology.consumers.has(name)) return [];
  return file.set(
    `Add the consumer ${name}`,
    ["consumers", name],
    `{queue: ${written(queue)}, prefetch: 10, processing: 5ms}`,
  );
}
