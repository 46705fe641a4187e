import type { Consumer, Flow, Topology } from "../model/topology.ts";
import { meanOf } from "../sim/sampler.ts";
import type { RateFlow } from "./streams.ts";

/**
 * How much longer than its work a handler of a queue's consumer keeps a message at least, ns on average: until all that it has
 * sent on is confirmed. 0 where nothing is asked for, or the file does not tell. `handlersEach`: of one instance, which share its client.
 */
export function confirmTime(
  topology: Topology,
  rates: RateFlow,
  consumer: Consumer,
  handlersEach: number,
): number {
  const { from, sends, window, join, failures } = consumer;
  if (from.kind === "log" || window !== undefined || join !== undefined) return 0;
  let most = 0;
  for (const { flow, ratio, when } of sends)
    if (when === "success")
      most = Math.max(
        most,
        Math.min(ratio, 1) * wayBack(topology, rates, flow, handlersEach * Math.max(ratio, 1)),
      );
  return (1 - failures.share) * most;
}

/** From the end of the work to the confirm; `atOnce`: messages that a client has on the way at most. */
function wayBack(topology: Topology, rates: RateFlow, flow: Flow, atOnce: number): number {
  const { to, kafka, rabbitmq, size } = flow;
  const { networkLatency, channelPerMessage, queuePublish, diskFlush } = topology.run.calibration.costs;
  if (to.kind !== "topic") {
    const { confirmWindow, transactionSize } = rabbitmq;
    if (confirmWindow === 0 || transactionSize > 0) return 0;
    const { nodes = 1 } = topology.rabbitmq ?? {};
    const queues = rates.queuesOf(to);
    const types = queues.map((queue) => rates.rulesOf(queue)?.type ?? "classic");
    const replicates = types.length > 0 && !types.includes("classic");
    // To the node of the queue, which the client is connected to by chance; and from there to its replicas.
    const turns = 1 + (queues.length > 0 ? 1 - 1 / nodes : 0) + (replicates && nodes > 1 ? 1 : 0);
    return turns * 2 * networkLatency + channelPerMessage + queuePublish + (replicates ? diskFlush : 0);
  }
  const { acks, linger, batchSize, batchMessages, transactions } = kafka;
  if (acks === 0) return 0;
  const { replicas = 1 } = topology.kafka?.topics.get(to.name.text) ?? {};
  // A follower has a record when it asks for the next one.
  const turns = acks === "all" && replicas > 1 ? 2 : 1;
  const fills = atOnce * meanOf(size) >= batchSize || atOnce >= batchMessages || transactions !== undefined;
  return turns * 2 * networkLatency + (fills ? 0 : linger);
}
