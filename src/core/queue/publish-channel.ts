import type { BrokerNode } from "./cluster.ts";
import { settlementBytes, tell, type Publishing, type QueueContext } from "./queue-context.ts";
import { QueueEvent } from "./queue-event.ts";

/** The channel that a publish came by; undefined for a dead letter's, which its queue sends and waits for. */
export function channelOf({ publishes, publishers }: QueueContext, publish: number): Publishing | undefined {
  const source = publishes.source[publish]!;
  return source < 0 ? undefined : publishers[source];
}

/** What has become of a copy in a queue, which is at `from`, goes to whoever published it, on whatever node that is. */
export function tellPublisher(context: QueueContext, publish: number, queue: number, from: BrokerNode): void {
  const { publishes, cluster, broker } = context;
  const channel = channelOf(context, publish);
  const to = channel === undefined ? broker.queues[-1 - publishes.source[publish]!]!.node : channel.node;
  const waits = channel?.confirms !== false;
  if (waits && cluster.delays(from, to, settlementBytes, QueueEvent.told, publish, queue)) return;
  tell(context, publish);
}
