import type { BrokerNode } from "./cluster.ts";
import type { QueueRules } from "./queue-arguments.ts";
import type { QueueModel } from "./queue-model.ts";

const quorumDefault = 3;

/**
 * On which nodes each queue is: first its process, or the leader of its replicas. A queue is declared by the first consumer
 * that reads it, on the node that this one is connected to (`client-local`), or on the first node where nobody reads it;
 * `balanced` takes the node that leads the fewest. The other replicas are on the nodes after it, in turn. A quorum queue
 * has three replicas, a stream one on every node, unless its arguments or a policy say how many.
 */
export function placeQueues(model: QueueModel): void {
  const { queues, fleet, replies, host, reconciliation } = model;
  const { cluster } = model.context;
  const { nodes } = cluster;
  if (cluster.single) return;
  const leads = nodes.map(() => 0);
  for (const queue of queues) {
    const { arguments: args } = host.queues[queue.number]!;
    const requester = replies.consumers.find((consumer) => consumer.queue === queue)?.connection;
    const reader = fleet.connections.find(({ queueNumbers }) => queueNumbers.includes(queue.number))?.link;
    const declarer = requester ?? reader;
    const first = queue.rules.balanced
      ? leads.indexOf(Math.min(...leads))
      : (declarer?.node ?? nodes[0]!).number;
    leads[first]!++;
    const count = Math.min(replicas(queue.rules, args, nodes.length), nodes.length);
    queue.putOn(fromOn(nodes, first, count), reconciliation?.grows(queue, count) === true);
  }
}

function replicas(
  { type, clusterSize }: QueueRules,
  args: ReadonlyMap<string, unknown>,
  nodes: number,
): number {
  if (type === "classic") return 1;
  const wanted = type === "quorum" ? args.get("x-quorum-initial-group-size") : clusterSize;
  return typeof wanted === "number" && wanted > 0 ? wanted : type === "quorum" ? quorumDefault : nodes;
}

function fromOn(nodes: readonly BrokerNode[], first: number, count: number): BrokerNode[] {
  return Array.from({ length: count }, (_, i) => nodes[(first + i) % nodes.length]!);
}
