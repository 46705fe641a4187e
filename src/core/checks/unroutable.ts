import { matchedAs } from "../queue/exchange.ts";
import { scopeOf, type Queue } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { nearest } from "../text/nearest.ts";
import { shortened } from "../parse/tree.ts";
import type { CheckedFile } from "./checked-file.ts";
import type { Published } from "./routed-messages.ts";
import { placeOfHost, written } from "./tree-edits.ts";

/** Each nearest key costs a comparison with every key of the exchange. */
const nearestMax = 100;
/** Queues that a binding is offered for. */
const offeredMax = 3;

/** `unroutable`: each routing key that leads to no queue, found with the engine's own routing. */
export function* unroutable(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  const { routing } = file;
  yield* toInternal(file);
  if (rabbitmq === undefined || routing === undefined || !file.tells("rabbitmq")) return;
  let compared = 0;
  const nowhere = routing.published.filter(
    ({ flow: { flow }, queues }) =>
      queues.length === 0 && flow.to.kind === "exchange" && !isInternal(file, flow.to.name.text),
  );
  for (const lost of byPlace(nowhere)) {
    const [first] = lost;
    if (first === undefined) continue;
    const { flow, written: name } = first;
    const exchange = flow.flow.to.name.text;
    const settings = routing.host.exchange(exchange)!.settings;
    const type = matchedAs(settings);
    const keys = [...new Set(lost.map(({ keys: [key = ""] }) => shortened(key)))];
    const byKey = type === "direct" || type === "topic";
    const fixes: Fix[] = [];
    if (byKey && keys.length === 1 && name.span !== flow.flow.to.name.span && compared++ < nearestMax)
      fixes.push(...correct(file, first, exchange));
    const known = [...rabbitmq.queues.values()].filter(({ vhost }) => scopeOf(vhost) === settings.scope);
    if (byKey && known.length <= offeredMax && keys.length === 1)
      for (const queue of known) fixes.push(...bind(file, exchange, queue, first.keys[0] ?? ""));
    yield problem(
      "unroutable",
      name.span,
      {
        producer: flow.name.text,
        exchange,
        keys,
        by: type === "headers" ? "headers" : "key",
        mandatory: flow.flow.rabbitmq.mandatory,
      },
      fixes,
    );
  }
}

/** What the broker refuses to anyone but its own exchanges. */
function* toInternal(file: CheckedFile): Iterable<Problem> {
  for (const { flow, name } of file.flows) {
    const { kind, name: exchange } = flow.to;
    if (kind !== "exchange" || file.topology.rabbitmq?.exchanges.get(exchange.text)?.internal !== true)
      continue;
    yield problem("unroutable", exchange.span, {
      producer: name.text,
      exchange: exchange.text,
      keys: [],
      by: "internal",
      mandatory: flow.rabbitmq.mandatory,
    });
  }
}

function isInternal({ topology }: CheckedFile, exchange: string): boolean {
  return topology.rabbitmq?.exchanges.get(exchange)?.internal === true;
}

/** A template makes many keys at one place. */
function byPlace(published: readonly Published[]): Iterable<readonly Published[]> {
  const places = new Map<string, Published[]>();
  for (const one of published) {
    const place = `${one.written.span.start} ${one.flow.owner.name.text} ${one.flow.name.text}`;
    const known = places.get(place);
    if (known === undefined) places.set(place, [one]);
    else known.push(one);
  }
  return places.values();
}

/** The nearest key that a binding of the exchange asks for. */
function correct(file: CheckedFile, { flow, written: name, keys }: Published, exchange: string): Fix[] {
  if (flow.flow.rabbitmq.routingKey.kind === "template") return [];
  const bound = file.topology.rabbitmq!.bindings.filter(({ source }) => source.text === exchange);
  const near = nearest(
    keys[0] ?? "",
    bound.map(({ routingKey }) => routingKey.text).filter((key) => key !== "" && !/[*#]/u.test(key)),
  );
  return near === undefined
    ? []
    : [{ title: `Change to ${near}`, edits: [{ span: name.span, text: written(near) }] }];
}

/** To an exchange of the same virtual host. */
function bind(file: CheckedFile, exchange: string, { name, vhost }: Queue, key: string): Fix[] {
  const own = (thing: string): string => written(thing.slice(scopeOf(vhost).length));
  const item = `{source: ${own(exchange)}, destination: ${own(name.text)}, routing_key: ${written(key)}}`;
  const edits = file.edits.append([...placeOfHost(vhost), "bindings"], item);
  return edits.length === 0 ? [] : [{ title: `Bind ${name.text} to ${exchange} by ${key}`, edits }];
}
