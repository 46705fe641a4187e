import type { Consumer, Flow, Topology } from "../model/topology.ts";
import { meanOf } from "../sim/sampler.ts";

/**
 * How much longer than its work a handler of a queue's consumer keeps a message at least, ns on average: until all that it has
 * sent on is confirmed. 0 where nothing is asked for, or the file does not tell.
 */
export function confirmTime(topology: Topology, consumer: Consumer, handlersEach: number): number {
  const { from, sends, window, join, failures } = consumer;
  if (from.kind === "log" || window !== undefined || join !== undefined) return 0;
  let most = 0;
  for (const { flow, ratio, when } of sends)
    if (when === "success")
      most = Math.max(most, Math.min(ratio, 1) * wayBack(topology, flow, handlersEach * Math.max(ratio, 1)));
  return (1 - failures.share) * most;
}

/** From the end of the work to the confirm; `atOnce`: messages that a client has on the way at most. */
function wayBack(topology: Topology, { to, kafka, rabbitmq, size }: Flow, atOnce: number): number {
  const { networkLatency, channelPerMessage, queuePublish } = topology.run.calibration.costs;
  if (to.kind !== "topic") {
    const { confirmWindow, transactionSize } = rabbitmq;
    const waits = confirmWindow > 0 && transactionSize === 0;
    return waits ? 2 * networkLatency + channelPerMessage + queuePublish : 0;
  }
  const { acks, linger, batchSize, batchMessages, transactions } = kafka;
  if (acks === 0) return 0;
  const { replicas = 1 } = topology.kafka?.topics.get(to.name.text) ?? {};
  // A follower has a record when it asks for the next one.
  const turns = acks === "all" && replicas > 1 ? 2 : 1;
  const fills = atOnce * meanOf(size) >= batchSize || atOnce >= batchMessages || transactions !== undefined;
  return turns * 2 * networkLatency + (fills ? 0 : linger);
}
