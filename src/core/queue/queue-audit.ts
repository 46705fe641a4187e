import { assert } from "../sim/invariant.ts";
import { ClassicQueue } from "./classic-queue.ts";
import { CopyState, type Copies } from "./copies.ts";
import type { BrokerQueue } from "./broker.ts";
import { PriorityOrder } from "./priority-order.ts";
import { QuorumQueue } from "./quorum-queue.ts";
import type { Subscription } from "./rotation.ts";

/** Recounts what is ready in a queue; `unackedOf` tells what whoever knows all copies has counted of a consumer. */
export function auditQueue(
  queue: BrokerQueue,
  copies: Copies,
  unackedOf: (subscription: Subscription) => number,
): void {
  if (queue instanceof ClassicQueue) auditReady(queue, copies);
  let unacked = 0;
  for (const subscription of queue.subscriptions) {
    unacked += subscription.unacked;
    const whole = queue.rules.type === "stream";
    assert(
      whole || subscription.unacked <= subscription.prefetch + subscription.extraCredit,
      "a consumer never holds more than its prefetch",
    );
    assert(unackedOf(subscription) === subscription.unacked, "each unacked delivery is somewhere");
  }
  assert(unacked === queue.unacked.level, "the unacked of a queue are those of its consumers");
}

function auditReady(queue: ClassicQueue, copies: Copies): void {
  let count = 0;
  let sequence = -1;
  const ordered = !(queue instanceof QuorumQueue) && !(queue.ready instanceof PriorityOrder);
  for (const copy of queue.ready) {
    count++;
    assert(
      copies.state[copy] === CopyState.ready && copies.at[copy] === queue.number,
      "a ready copy is in its queue",
    );
    assert(!ordered || copies.sequence[copy]! > sequence, "ready copies are in the order of publishing");
    sequence = copies.sequence[copy]!;
  }
  assert(
    count === queue.ready.size && count === queue.depth.level,
    "the depth is the number of ready copies",
  );
}
