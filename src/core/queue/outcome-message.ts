import { clientDeaths, type Death } from "./death.ts";
import type { Broker } from "./broker.ts";
import { ClassicQueue } from "./classic-queue.ts";
import type { HeaderValue } from "./content.ts";
import { QuorumQueue } from "./quorum-queue.ts";
import type { OutcomeMessage } from "./scenario.ts";
import { StreamQueue } from "./stream-queue.ts";

/** A delivered copy as its client sees it. `counted`: `basic.get` tells the delivery count of a quorum queue even when it is 0. */
export function outcomeMessage(broker: Broker, copy: number, counted: boolean): OutcomeMessage {
  const { context } = broker;
  const { copies, release, subscriptions } = context;
  const content = context.contentOf(copy);
  const queue = broker.queues[subscriptions[copies.at[copy]!]!.queue]!;
  const headers = new Map<string, HeaderValue>(content.headers);
  const tells = !(queue instanceof ClassicQueue) || queue.lostSequence?.tellsRedelivered(copy) !== false;
  const redelivered = copies.redelivered[copy] === 1 && tells;
  if (queue instanceof QuorumQueue && (counted || redelivered))
    headers.set("x-delivery-count", queue.deliveryCount(copy));
  const kept = !(queue instanceof StreamQueue && release.streamsDropLists);
  if (!kept) for (const [name, value] of headers) if (Array.isArray(value)) headers.delete(name);
  if (queue instanceof StreamQueue) headers.set("x-stream-offset", queue.offsetOf(copy)!);
  const died = content.deaths.length > 0 ? content.deaths : clientDeaths(content.headers);
  const deaths = kept ? died : undefined;
  headers.delete("x-death");
  return {
    id: content.id,
    exchange: content.exchange,
    key: content.routingKeys[0]!,
    ...(redelivered && { redelivered }),
    ...(content.expiration !== undefined && { expiration: content.expiration }),
    ...(headers.size > 0 && { headers: sorted(headers) }),
    ...(deaths !== undefined && deaths.length > 0 && { deaths: deaths.map(shown) }),
  };
}

function sorted(headers: ReadonlyMap<string, HeaderValue>): Record<string, HeaderValue> {
  return Object.fromEntries([...headers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shown({ queue, reason, count, exchange, keys, originalExpiration }: Death): Death {
  return {
    queue,
    reason,
    count,
    exchange,
    keys,
    ...(originalExpiration !== undefined && { originalExpiration }),
  };
}
