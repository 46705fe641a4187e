import { noProperties, type Content, type HeaderTable, type MessageProperties } from "./content.ts";
import type { DestinationHandle } from "./exchange.ts";
import type { VirtualHost } from "./virtual-host.ts";

/** A step of a message's way: from an exchange to a queue or another exchange. */
export interface RouteStep {
  readonly from: number;
  readonly to: DestinationHandle;
  /** By the alternate exchange instead of a binding. */
  readonly alternate: boolean;
}

export interface Route {
  /** Handles, each once, in the order in which they were found. */
  readonly queues: readonly number[];
  readonly steps: readonly RouteStep[];
  /** That the message came through, in that order. */
  readonly exchanges: Iterable<number>;
}

/**
 * Each queue that a message reaches receives one copy, however many of its keys (those of CC and BCC count as well), bindings or ways lead there. Exchanges are looked
 * at breadth-first, each once, so cycles are harmless; the routing key never changes. An exchange's alternate is used
 * when that exchange matched no binding at all: a match that leads to another exchange counts, even if that leads
 * nowhere. A missing alternate is ignored. (Recorded from RabbitMQ 3.10)
 */
export function route(
  host: VirtualHost,
  exchange: number,
  routingKeys: readonly string[],
  headers: HeaderTable,
  properties: MessageProperties = noProperties,
): Route {
  const first = stepsFrom(host, exchange, routingKeys, headers, properties);
  if (first.every(({ to }) => to >= 0))
    return { queues: first.map(({ to }) => to), steps: first, exchanges: [exchange] };
  const queues = new Set<number>();
  const steps: RouteStep[] = [];
  const visited = new Set([exchange]);
  for (const from of visited) {
    for (const step of from === exchange ? first : stepsFrom(host, from, routingKeys, headers, properties)) {
      steps.push(step);
      if (step.to >= 0) queues.add(step.to);
      else visited.add(-1 - step.to);
    }
  }
  return { queues: [...queues], steps, exchanges: visited };
}

/** By all that the message carries. */
export function routeContent(host: VirtualHost, exchange: number, content: Content): Route {
  return route(host, exchange, content.routingKeys, content.headers, content.properties);
}

function stepsFrom(
  host: VirtualHost,
  from: number,
  routingKeys: readonly string[],
  headers: HeaderTable,
  properties: MessageProperties,
): readonly RouteStep[] {
  const exchange = host.exchanges[from]!;
  if (exchange.isDefault) {
    const only = routingKeys.length === 1 ? host.queue(exchange.scope + routingKeys[0]!) : undefined;
    if (only !== undefined) return [{ from, to: only, alternate: false }];
    const named = new Set(routingKeys.map((key) => host.queue(exchange.scope + key)));
    named.delete(undefined);
    return Array.from(named as Set<number>, (to) => ({ from, to, alternate: false }));
  }
  const found = exchange.destinations(routingKeys, headers, properties);
  const matched = found instanceof Set ? (found as ReadonlySet<number>) : new Set(found);
  if (matched.size > 0) return Array.from(matched, (to) => ({ from, to, alternate: false }));
  const { alternate } = exchange;
  const other = alternate === undefined ? undefined : host.exchange(alternate);
  return other === undefined ? [] : [{ from, to: -1 - other.handle, alternate: true }];
}
