import type { Queue } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { readsQueue, type CheckedFile } from "./checked-file.ts";
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
    const named = directly(file, queues);
    for (const { name } of queues)
      if (!bound.has(name.text) && !named.has(name.text) && !routing.isFilled(name.text))
        yield problem("unreachable-queue", name.span, { queue: name.text });
    const used = publishedTo(file, queues);
    for (const { name } of rabbitmq.exchanges.values())
      if (!used.has(name.text)) yield problem("unused-exchange", name.span, { exchange: name.text });
  }
  if (!file.tells("consumers")) return;
  const read = new Set(
    [...file.topology.consumers.values()]
      .filter(readsQueue)
      .flatMap(({ from }) => from.queues.map(({ text }) => text)),
  );
  for (const queue of queues) {
    const { text } = queue.name;
    // What nothing reaches does not grow.
    const grows = bound.has(text) || routing.isFilled(text);
    if (!read.has(text) && !isLimited(queue) && (grows || !tellsProducers))
      yield problem("unconsumed-queue", queue.name.span, { queue: text }, consume(file, text));
  }
}

/** Queues that dead letters may come to by the default exchange. */
function directly(file: CheckedFile, queues: readonly Queue[]): Set<string> {
  const named = new Set<string>();
  for (const { arguments: args } of queues) {
    const key = args.get("x-dead-letter-routing-key");
    if (args.get("x-dead-letter-exchange") === "" && typeof key === "string") named.add(key);
  }
  for (const { flow } of file.flows)
    if (flow.to.kind === "queue")
      for (const key of [flow.to.name.text, ...flow.rabbitmq.cc, ...flow.rabbitmq.bcc]) named.add(key);
  return named;
}

function publishedTo(file: CheckedFile, queues: readonly Queue[]): Set<string> {
  const { rabbitmq } = file.topology;
  const used = new Set<string>();
  for (const { flow } of file.flows) if (flow.to.kind === "exchange") used.add(flow.to.name.text);
  for (const { destinationType, destination } of rabbitmq!.bindings)
    if (destinationType === "exchange") used.add(destination.text);
  for (const { alternate } of rabbitmq!.exchanges.values())
    if (alternate !== undefined) used.add(alternate.text);
  for (const { arguments: args } of queues) {
    const exchange = args.get("x-dead-letter-exchange");
    if (typeof exchange === "string") used.add(exchange);
  }
  return used;
}

function isLimited({ autoDelete, arguments: args }: Queue): boolean {
  const limits = ["x-message-ttl", "x-max-length", "x-max-length-bytes", "x-expires", "x-max-age"];
  return autoDelete || limits.some((limit) => args.has(limit));
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
