import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { shortened } from "../parse/tree.ts";
import type { Queue, RabbitMq } from "../model/topology.ts";
import { matchedAs } from "../queue/exchange.ts";
import { queueTypeOf } from "../queue/queue-arguments.ts";
import { nearest } from "../text/nearest.ts";
import type { CheckedFile } from "./checked-file.ts";
import { together, written } from "./tree-edits.ts";

const deadLetterExchange = "x-dead-letter-exchange";
/** Keys that a message names. */
const keysMax = 3;

/** `dead-letter-missing`, `dead-letter-unroutable`, `silent-expiry`: where dead letters go. */
export function* deadLetters(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  if (rabbitmq === undefined) return;
  for (const queue of rabbitmq.queues.values()) {
    const exchange = queue.arguments.get(deadLetterExchange);
    if (exchange === undefined) yield* silentExpiry(file, rabbitmq, queue);
    if (typeof exchange !== "string") continue;
    const declared = exchange === "" || file.routing!.host.exchange(exchange) !== undefined;
    if (declared) yield* unroutableLetters(file, queue, exchange);
    // One that is declared but could not be read has been reported.
    else if (file.at("rabbitmq", "exchanges", exchange) === undefined)
      yield missing(file, rabbitmq, queue, exchange);
  }
}

function pathOf({ name }: Queue, argument: string): string[] {
  return ["rabbitmq", "queues", name.text, "arguments", argument];
}

function missing(file: CheckedFile, rabbitmq: RabbitMq, queue: Queue, exchange: string): Problem {
  const place = file.at(...pathOf(queue, deadLetterExchange))!.span;
  const near = nearest(exchange, rabbitmq.exchanges.keys());
  const fixes: Fix[] =
    near === undefined ? [] : [{ title: `Change to ${near}`, edits: [{ span: place, text: written(near) }] }];
  return problem(
    "dead-letter-missing",
    place,
    { queue: queue.name.text, exchange: shortened(exchange), nearest: near },
    [...fixes, ...create(file, exchange)],
  );
}

function* unroutableLetters(file: CheckedFile, queue: Queue, exchange: string): Iterable<Problem> {
  const { routing } = file;
  if (!file.tells("rabbitmq") || routing === undefined) return;
  const lost = (routing.letters.get(queue.name.text) ?? []).filter(({ queues }) => queues.length === 0);
  if (lost.length === 0) return;
  const anyKey = lost.some(({ anyKey: any }) => any);
  const keys = [...new Set(lost.map(({ keys: [key = ""] }) => key))];
  const type = exchange === "" ? "direct" : matchedAs(routing.host.exchange(exchange)!.settings);
  const binding =
    exchange === ""
      ? undefined
      : type === "fanout"
        ? ""
        : type === "topic"
          ? `, routing_key: "#"`
          : type === "direct" && keys.length === 1 && !anyKey
            ? `, routing_key: ${JSON.stringify(keys[0])}`
            : undefined;
  const shown = keys.slice(0, keysMax).map(shortened);
  yield problem(
    "dead-letter-unroutable",
    file.at(...pathOf(queue, deadLetterExchange))!.span,
    { queue: queue.name.text, exchange, keys: anyKey ? [] : shown },
    binding === undefined ? [] : letterQueue(file, exchange, binding),
  );
}

function* silentExpiry(file: CheckedFile, rabbitmq: RabbitMq, queue: Queue): Iterable<Problem> {
  const { arguments: args } = queue;
  if (queueTypeOf(args) === "stream") return;
  const refuses = String(args.get("x-overflow")).startsWith("reject-publish");
  const setting = ["x-message-ttl", ...(refuses ? [] : ["x-max-length", "x-max-length-bytes"])].find((one) =>
    args.has(one),
  );
  if (setting === undefined) return;
  const [exchange, more] = letterExchange(file, rabbitmq);
  const own = file.edits.set(pathOf(queue, deadLetterExchange), written(exchange));
  yield problem(
    "silent-expiry",
    file.key(...pathOf(queue, setting)) ?? queue.name.span,
    { queue: queue.name.text, setting },
    more === undefined
      ? [{ title: `Send its dead letters to ${exchange}`, edits: own }]
      : more.map(({ title, edits }) => ({ title, edits: together([...own, ...edits]) })),
  );
}

/** A fanout exchange that takes the dead letters of other queues, or a new one with what it needs. */
function letterExchange(file: CheckedFile, rabbitmq: RabbitMq): readonly [string, Fix[]?] {
  for (const queue of rabbitmq.queues.values()) {
    const exchange = queue.arguments.get(deadLetterExchange);
    if (typeof exchange !== "string" || rabbitmq.exchanges.get(exchange)?.type !== "fanout") continue;
    const targets = rabbitmq.bindings.filter(({ source }) => source.text === exchange);
    const final = targets.every(
      ({ destination, destinationType }) =>
        destinationType === "queue" &&
        rabbitmq.queues.get(destination.text)?.arguments.has(deadLetterExchange) === false,
    );
    if (targets.length > 0 && final) return [exchange];
  }
  let exchange = "dlx";
  while (rabbitmq.exchanges.has(exchange)) exchange += "x";
  return [exchange, create(file, exchange)];
}

/** A fanout exchange with a queue of its own, and a consumer where the file has any. */
function create(file: CheckedFile, exchange: string): Fix[] {
  const declared = file.edits.set(["rabbitmq", "exchanges", exchange], "{type: fanout}");
  return letterQueue(file, exchange, "").map(({ edits }) => ({
    title: `Create the exchange ${exchange} with a queue for dead letters`,
    edits: together([...declared, ...edits]),
  }));
}

function letterQueue(file: CheckedFile, exchange: string, key: string): Fix[] {
  const { rabbitmq, consumers } = file.topology;
  let queue = `${exchange}-letters`;
  while (rabbitmq!.queues.has(queue) || consumers.has(queue)) queue += "-2";
  const edits = [
    ...file.edits.set(["rabbitmq", "queues", queue], "{}"),
    ...file.edits.append(
      ["rabbitmq", "bindings"],
      `{source: ${written(exchange)}, destination: ${written(queue)}${key}}`,
    ),
    ...(file.at("consumers")?.kind === "map"
      ? file.edits.set(["consumers", queue], `{queue: ${written(queue)}, prefetch: 10, processing: 5ms}`)
      : []),
  ];
  return [{ title: `Bind the queue ${queue} to ${exchange}`, edits: together(edits) }];
}
