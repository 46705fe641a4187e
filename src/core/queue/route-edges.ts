import type { GraphEdge } from "../stats/result.ts";
import type { CountedSteps } from "./counted-steps.ts";
import type { BindingRule, DestinationHandle } from "./exchange.ts";
import type { RouteTable } from "./route-table.ts";
import type { VirtualHost } from "./virtual-host.ts";

/** One edge for each pair of an exchange and what it leads to, however many bindings there are between them. */
export function bindingEdges(
  host: VirtualHost,
  tables: readonly RouteTable[],
  deaths: CountedSteps,
): GraphEdge[] {
  const edges = new Map<string, { from: string; to: string; labels: Set<string>; messages: number }>();
  const edge = (from: number, to: DestinationHandle) => {
    const key = `${from} ${to}`;
    let found = edges.get(key);
    if (found === undefined) {
      found = { from: exchangeId(host, from), to: destinationId(host, to), labels: new Set(), messages: 0 };
      edges.set(key, found);
    }
    return found;
  };
  for (const { handle, bindings, alternate: name } of host.exchanges) {
    for (const rule of bindings) edge(handle, rule.destination).labels.add(labelOf(rule));
    const alternate = name === undefined ? undefined : host.exchange(name);
    if (alternate !== undefined) edge(handle, -1 - alternate.handle).labels.add("alternate");
  }
  for (const table of tables)
    if (!table.straight)
      for (const { steps, messages } of table.counted())
        for (const { from, to } of steps) edge(from, to).messages += messages;
  for (const [from, to, messages] of deaths.all()) edge(from, to).messages += messages;
  return [...edges.values()].map(({ from, to, labels, messages }) => ({
    from,
    to,
    label: [...labels].filter((label) => label !== "").join(", "),
    messages,
  }));
}

/** Dead letters of a queue, by where they went first. */
export function* deathEdges(
  host: VirtualHost,
  queue: string,
  passedOn: ReadonlyMap<DestinationHandle, number>,
): Iterable<GraphEdge> {
  for (const [to, messages] of passedOn)
    yield { from: `queue:${queue}`, to: destinationId(host, to), label: "dead letters", messages };
}

function labelOf({ routingKey, arguments: args }: BindingRule): string {
  if (args.size === 0) return routingKey;
  return Array.from(args, ([name, value]) => `${name}=${value}`).join(" ");
}

function exchangeId(host: VirtualHost, handle: number): string {
  return `exchange:${host.exchanges[handle]!.settings.name}`;
}

function destinationId(host: VirtualHost, destination: DestinationHandle): string {
  return destination >= 0 ? `queue:${host.queues[destination]!.name}` : exchangeId(host, -1 - destination);
}
