import type { Broker } from "./broker.ts";
import type { BrokerNode } from "./cluster.ts";
import type { QueueProcess } from "./queue-process.ts";
import type { QueueContext } from "./queue-context.ts";

/**
 * Of the queues that a message is for, those that the node where it is routed knows: without any the message is unroutable,
 * which its publisher hears as an acknowledgement.
 */
export function knownQueues<T extends ArrayLike<number>>(
  { queues, context }: Broker,
  found: T,
  from: BrokerNode,
): T | number[] {
  if (context.cluster.whole) return found;
  return Array.from(found).filter((number) => {
    const known = isKnown(queues[number]!, from, context);
    if (!known) queues[number]!.departures.notFound(context.world.kernel.now);
    return known;
  });
}

/** Whether a client that is connected to a node can ask for the queue: its process is reached from there, and known. */
export function isAtHand(queue: QueueProcess, from: BrokerNode, context: QueueContext): boolean {
  return context.cluster.partitions.reaches(from.place, queue.node.place) && isKnown(queue, from, context);
}

/**
 * In 3.10 a node forgets the classic queues of a node that is down, until that is there again, or, after a partition that
 * nobody healed, until one of the two is started again. (Recorded from 3.10; `delete_queues_on_node_down`, which spares durable
 * ones from 3.11 on)
 */
function isKnown({ rules, node }: QueueProcess, at: BrokerNode, { cluster, release }: QueueContext): boolean {
  return !release.forgetsDownQueues || rules.type !== "classic" || cluster.knows(at, node);
}
