import type { Broker } from "./broker.ts";
import { CopyState } from "./copies.ts";
import { countRoute } from "./coverage.ts";
import { afterDeath, isCycle, type DeadLetterTarget, type DeathReason } from "./death.ts";
import type { DestinationHandle } from "./exchange.ts";
import { knownQueues } from "./known-queues.ts";
import { routeContent } from "./routing.ts";

/** What dies where and why, where it goes, and the publish that is told what becomes of it. */
interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly target: DeadLetterTarget;
  readonly publish: number;
}

/** What became of a death that was published. */
export interface PublishedDeath {
  /** Queues that get a copy of it. */
  readonly copies: number;
  /** Where that leads first: the dead-letter exchange, or queues where it is the default one, which nobody sees. */
  readonly ways: readonly DestinationHandle[];
  /** Whether the queue where it has died gets one. */
  readonly returns: boolean;
}

const nowhere: PublishedDeath = { copies: 0, ways: [], returns: false };

/**
 * A death is published by the queue's process: to each queue behind the exchange a copy of its own, none to one that the
 * message comes round to by an automatic cycle. A missing exchange, like one that leads nowhere, takes none.
 */
export function publishDeath(
  broker: Broker,
  copy: number,
  { queue, reason, target, publish }: Death,
): PublishedDeath {
  const { context, host } = broker;
  const { copies, rules, cluster } = context;
  const exchange = host.exchange(target.exchange);
  rules?.count("X1");
  if (exchange === undefined) {
    rules?.count("X4");
    return nowhere;
  }
  const content = afterDeath(context.contentOf(copy), queue, reason, target, host.release);
  if (content.deaths.length > 1) rules?.count("X2");
  const found = routeContent(host, exchange.handle, content);
  if (rules !== undefined) countRoute(rules, host, content, found);
  const from = broker.queue(queue)?.node ?? cluster.nodes[0]!;
  const queues = knownQueues(broker, found.queues, from);
  const goesOn = queues.filter(
    (handle) => reason === "rejected" || !isCycle(content.deaths, host.queues[handle]!.name),
  );
  if (goesOn.length < queues.length) rules?.count("X3");
  const reached = goesOn.filter((handle) => broker.takesFromBroker(handle));
  if (queues.length === 0) rules?.count("X4");
  if (context.world.kernel.now >= context.world.window.from)
    for (const step of found.steps)
      // The default exchange on the way is not seen.
      if (!host.exchanges[step.from]!.isDefault && (step.to < 0 || reached.includes(step.to)))
        broker.deathSteps.add(step.from, step.to);
  for (const handle of reached) {
    const other = copies.cloneAs(copy, CopyState.arriving);
    copies.contents.set(other, content);
    copies.at[other] = handle;
    copies.messages.next[other] = publish;
    broker.send(other, from, broker.hop?.(queue, handle) ?? 0);
  }
  if (reached.length > 0)
    return {
      copies: reached.length,
      ways: exchange.isDefault ? reached : [-1 - exchange.handle],
      returns: reached.includes(host.queue(queue) ?? -1),
    };
  return nowhere;
}
