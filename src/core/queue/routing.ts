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
  const queues = new Set<number>();
  const steps: RouteStep[] = [];
  const visited = new Set([exchange]);
  for (const from of visited) {
    for (const step of stepsFrom(host, from, routingKeys, headers, properties)) {
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
    const named = new Set(routingKeys.map((key) => host.queue(exchange.scope + key)));
    named.delete(undefined);
    return Array.from(named as Set<number>, (to) => ({ from, to, alternate: false }));
  }
  const matched = new Set(exchange.destinations(routingKeys, headers, properties));
  if (matched.size > 0) return Array.from(matched, (to) => ({ from, to, alternate: false }));
  const { alternate } = exchange;
  const found = alternate === undefined ? undefined : host.exchange(alternate);
  return found === undefined ? [] : [{ from, to: -1 - found.handle, alternate: true }];
}
