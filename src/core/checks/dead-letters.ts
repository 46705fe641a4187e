import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { shortened } from "../parse/tree.ts";
import { scopeOf, type Queue, type RabbitMq } from "../model/topology.ts";
import { matchedAs } from "../queue/exchange.ts";
import type { QueueRules } from "../queue/queue-arguments.ts";
import type { RoutedMessages } from "./routed-messages.ts";
import type { Span } from "../text/span.ts";
import { nearest } from "../text/nearest.ts";
import type { CheckedFile } from "./checked-file.ts";
import { placeOfHost, together, written } from "./tree-edits.ts";

/** Keys that a message names. */
const keysMax = 3;

/** `dead-letter-missing`, `dead-letter-unroutable`, `silent-expiry`: where dead letters go. */
export function* deadLetters(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  const { routing } = file;
  if (rabbitmq === undefined || routing === undefined) return;
  const told = new Set<number>();
  const keeping = new Map<string, Keeping>();
  const keep = (vhost: string): Keeping => {
    let known = keeping.get(vhost);
    if (known === undefined) keeping.set(vhost, (known = letterExchange(file, rabbitmq, vhost)));
    return known;
  };
  for (const queue of rabbitmq.queues.values()) {
    const rules = routing.rulesOf(queue.name.text);
    if (rules === undefined) continue;
    const found =
      rules.deadLetters === undefined
        ? silentExpiry(file, queue, rules, keep)
        : lostLetters(file, routing, queue, rules.deadLetters.exchange);
    for (const one of found) {
      // A policy of many queues is told once.
      if (!told.has(one.span.start)) yield one;
      told.add(one.span.start);
    }
  }
}

function* lostLetters(
  file: CheckedFile,
  routing: RoutedMessages,
  queue: Queue,
  exchange: string,
): Iterable<Problem> {
  const place = file.placeOfRule(queue, "dead-letter-exchange", "value");
  if (routing.host.exchange(exchange) !== undefined)
    yield* unroutableLetters(file, routing, queue, exchange, place);
  // One that is declared but could not be read has been reported.
  else if (file.at("rabbitmq", "exchanges", exchange) === undefined)
    yield missing(file, queue, exchange, place);
}

function missing(file: CheckedFile, queue: Queue, exchange: string, place: Span): Problem {
  const inside = [...file.topology.rabbitmq!.exchanges.values()].filter(({ vhost }) => vhost === queue.vhost);
  const near = nearest(
    exchange,
    inside.map(({ name }) => name.text),
  );
  const plain = near?.slice(scopeOf(queue.vhost).length) ?? "";
  const fixes: Fix[] =
    near === undefined
      ? []
      : [{ title: `Change to ${plain}`, edits: [{ span: place, text: written(plain) }] }];
  return problem(
    "dead-letter-missing",
    place,
    { queue: queue.name.text, exchange: shortened(exchange), nearest: near },
    [...fixes, ...create(file, queue.vhost, exchange.slice(scopeOf(queue.vhost).length))],
  );
}

function* unroutableLetters(
  file: CheckedFile,
  routing: RoutedMessages,
  queue: Queue,
  exchange: string,
  place: Span,
): Iterable<Problem> {
  if (!file.tells("rabbitmq")) return;
  const lost = (routing.letters.get(queue.name.text) ?? []).filter(({ queues }) => queues.length === 0);
  if (lost.length === 0) return;
  const anyKey = lost.some(({ anyKey: any }) => any);
  const keys = [...new Set(lost.map(({ keys: [key = ""] }) => key))];
  const { settings, isDefault } = routing.host.exchange(exchange)!;
  const type = matchedAs(settings);
  const binding = isDefault
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
    place,
    { queue: queue.name.text, exchange: isDefault ? "" : exchange, keys: anyKey ? [] : shown },
    binding === undefined
      ? []
      : letterQueue(file, queue.vhost, exchange.slice(scopeOf(queue.vhost).length), binding),
  );
}

function* silentExpiry(
  file: CheckedFile,
  queue: Queue,
  { type, messageTtl, maxLength, maxBytes, overflow, source }: QueueRules,
  keep: (vhost: string) => Keeping,
): Iterable<Problem> {
  if (type === "stream") return;
  const drops = overflow === "drop-head";
  const key =
    messageTtl !== undefined
      ? "message-ttl"
      : drops && maxLength < Infinity
        ? "max-length"
        : drops && maxBytes < Infinity
          ? "max-length-bytes"
          : undefined;
  if (key === undefined) return;
  const [exchange, more] = keep(queue.vhost);
  const own = file.edits.set(
    ["rabbitmq", "queues", queue.name.text, "arguments", "x-dead-letter-exchange"],
    written(exchange),
  );
  yield problem(
    "silent-expiry",
    file.placeOfRule(queue, key, "key"),
    { queue: queue.name.text, setting: source(key) },
    more === undefined
      ? [{ title: `Send its dead letters to ${exchange}`, edits: own }]
      : more.map(({ title, edits }) => ({ title, edits: together([...own, ...edits]) })),
  );
}

/** An exchange for dead letters, by its name inside its virtual host, and what must be created for it. */
type Keeping = readonly [exchange: string, fixes?: Fix[]];

/** A fanout exchange of a virtual host that takes the dead letters of other queues, or a new one with what it needs. */
function letterExchange(file: CheckedFile, rabbitmq: RabbitMq, inside: string): Keeping {
  const scope = scopeOf(inside);
  const targetOf = (queue: string) => file.routing?.rulesOf(queue)?.deadLetters?.exchange;
  for (const { name, vhost } of rabbitmq.queues.values()) {
    const exchange = targetOf(name.text);
    if (exchange === undefined || vhost !== inside || rabbitmq.exchanges.get(exchange)?.type !== "fanout")
      continue;
    const targets = rabbitmq.bindings.filter(({ source }) => source.text === exchange);
    const final = targets.every(
      ({ destination, destinationType }) =>
        destinationType === "queue" && targetOf(destination.text) === undefined,
    );
    if (targets.length > 0 && final) return [exchange.slice(scope.length)];
  }
  let exchange = "dlx";
  while (rabbitmq.exchanges.has(scope + exchange)) exchange += "x";
  return [exchange, create(file, inside, exchange)];
}

/** A fanout exchange with a queue of its own, and a consumer where the file has any. */
function create(file: CheckedFile, vhost: string, exchange: string): Fix[] {
  const declared = file.edits.set([...placeOfHost(vhost), "exchanges", exchange], "{type: fanout}");
  return letterQueue(file, vhost, exchange, "").map(({ edits }) => ({
    title: `Create the exchange ${scopeOf(vhost)}${exchange} with a queue for dead letters`,
    edits: together([...declared, ...edits]),
  }));
}

/** `exchange` is a name inside the virtual host. */
function letterQueue(file: CheckedFile, vhost: string, exchange: string, key: string): Fix[] {
  const { rabbitmq, consumers } = file.topology;
  const scope = scopeOf(vhost);
  const host = placeOfHost(vhost);
  let queue = `${exchange}-letters`;
  while (rabbitmq!.queues.has(scope + queue) || consumers.has(queue)) queue += "-2";
  const edits = [
    ...file.edits.set([...host, "queues", queue], "{}"),
    ...file.edits.append(
      [...host, "bindings"],
      `{source: ${written(exchange)}, destination: ${written(queue)}${key}}`,
    ),
    ...(file.at("consumers")?.kind === "map"
      ? file.edits.set(
          ["consumers", queue],
          `{queue: ${written(scope + queue)}, prefetch: 10, processing: 5ms}`,
        )
      : []),
  ];
  return [{ title: `Bind the queue ${scope}${queue} to ${scope}${exchange}`, edits: together(edits) }];
}
