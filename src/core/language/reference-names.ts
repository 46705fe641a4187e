import { scopeOf } from "../model/topology.ts";
import { predeclared } from "../model/predeclared.ts";
import type { Names } from "../parse/names.ts";
import { at, textOf, type Tree } from "../parse/tree.ts";
import type { Path } from "../text/path.ts";

/** More numbers than anybody chooses from. */
const numbersMax = 20;

/** The names as they are written at a place: inside a virtual host its own things have plain names. */
export function namesAt(names: Names, path: Path): Names {
  const [section, key, vhost] = path;
  if (section !== "rabbitmq" || key !== "vhosts" || vhost === undefined) return names;
  const scope = scopeOf(String(vhost));
  const own = (all: ReadonlySet<string>): Set<string> =>
    new Set([...all].flatMap((name) => (name.startsWith(scope) ? [name.slice(scope.length)] : [])));
  return { ...names, exchanges: own(names.exchanges), queues: own(names.queues) };
}

/** What a reference of this kind may say, by the names of the file. `holder` is the map that it stands in. */
export function referenceNames(kind: string, names: Names, holder: Tree | undefined): string[] {
  const { topics, exchanges, queues, producers, consumers, groups } = names;
  switch (kind) {
    case "topic":
      return [...topics];
    case "exchange":
      return [...exchanges, ...predeclared.keys()];
    case "queue":
    case "reply-queue":
      return [...queues];
    case "binding-destination":
      return textOf(at(holder, "destination_type")) === "exchange" ? [...exchanges] : [...queues];
    case "group":
      return [...groups];
    case "producer":
      return [...producers];
    case "consumer":
      return [...consumers];
    case "application":
      return [...producers, ...consumers];
    case "topic-or-queue":
      return [...topics, ...queues];
    case "broker":
      return numbers(names.brokers);
    case "node":
      return numbers(names.nodes);
    case "controller":
      return numbers(names.controllers);
    default:
      return [];
  }
}

function numbers(count: number): string[] {
  return Array.from({ length: Math.min(count, numbersMax) }, (_, at) => String(at + 1));
}

/**
 * Routing keys that make sense where one is asked for: for a producer those that its exchange is bound by, for a binding
 * those that are sent to its source.
 */
export function routingKeys(names: Names, holder: Tree | undefined): string[] {
  const found = new Set<string>();
  const { root } = names;
  const exchange = textOf(at(holder, "exchange"));
  const source = textOf(at(holder, "source"));
  const bindings = at(root, "rabbitmq", "bindings");
  if (exchange !== undefined && bindings?.kind === "list")
    for (const binding of bindings.items)
      if (textOf(at(binding, "source")) === exchange) add(found, at(binding, "routing_key"));
  const producers = at(root, "producers");
  if (source !== undefined && producers?.kind === "map")
    for (const { value } of producers.entries.values()) {
      const flows = at(value, "flows");
      const all = [
        value,
        ...(flows?.kind === "map" ? [...flows.entries.values()].map((flow) => flow.value) : []),
      ];
      for (const flow of all)
        if (textOf(at(flow, "exchange")) === source) add(found, at(flow, "routing_key"));
    }
  found.delete("");
  return [...found];
}

function add(keys: Set<string>, tree: Tree | undefined): void {
  if (tree?.kind === "map") for (const key of tree.entries.keys()) keys.add(key);
  else keys.add(textOf(tree) ?? "");
}
