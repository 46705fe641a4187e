import type { QueueConsumerSettings } from "../model/topology.ts";
import type { LossRule } from "../stats/losses.ts";

const notDurable: LossRule = {
  says: "its process ended, and the queue is not durable (durable: false)",
  setBy: "place",
};
const transient: LossRule = {
  says: "its process ended, and the message was in memory alone: it was transient (delivery_mode: 1)",
  setBy: "sender",
};
const unwritten: LossRule = {
  says: "its process ended before the message was written to disk",
  setBy: "place",
};

/** Why a classic queue's copy does not outlive the queue's process. `persistent`: it would be on disk in time. */
export function goneWithProcess(durable: boolean, persistent: boolean): LossRule {
  if (!durable) return notDurable;
  return persistent ? unwritten : transient;
}

/** Why a quorum queue does not have what came while it had no leader. */
export const untracked: LossRule = {
  says: "the queue had no leader, and what the broker itself passes on, a dead letter say, is sent once (at-most-once)",
  setBy: "place",
};

/** Why the broker does not have a message any more that its consumer has not finished. */
export const settledEarly: Readonly<Record<Exclude<QueueConsumerSettings["ack"], "manual">, LossRule>> = {
  auto: { says: "the broker forgot it as it sent it out (ack: auto)", setBy: "place" },
  early: { says: "it had been acknowledged before it was processed (ack: early)", setBy: "place" },
};

/** Why a reply that has been sent out reaches nobody. */
export const unheard = "its requester was gone";

/** Why a queue does not take a message. */
export const refusals = {
  full: "it was full, and took nothing more (x-overflow: reject-publish)",
  absent: "its process did not run, or could not be reached",
  deleted: "it had been deleted",
} as const;
