import type { Broker, BrokerQueue } from "./broker.ts";
import { ClassicQueue } from "./classic-queue.ts";
import type { BrokerNode } from "./cluster.ts";
import type { Subscription } from "./rotation.ts";
import type { BindingSettings } from "./virtual-host.ts";

/**
 * Exclusive queues of a run. A client that has opened a connection declares the queues that it reads, and their bindings:
 * the first to do so owns the queue, which is on the node of its connection and goes with that; others are refused as long
 * as it is there (405). (`rabbit_amqqueue` of 3.10: `declare` with an owner, `check_exclusive_access`)
 */
export class ExclusiveQueues {
  private readonly broker: Broker;
  private bindings: readonly BindingSettings[] = [];

  constructor(broker: Broker) {
    this.broker = broker;
  }

  /** The run has not begun: nobody has declared any. `bindings`: of all queues. */
  withhold(bindings: readonly BindingSettings[]): void {
    this.bindings = bindings;
    for (const queue of this.broker.queues)
      if (isExclusive(queue)) {
        this.broker.host.withhold(queue.number);
        queue.deleted = true;
      }
  }

  /**
   * Whether the consumer may have the queue, which is there then. `anew`: its connection has just been opened, so that its
   * client declares the queue; otherwise the connection may have it already, by a consumer that has ended.
   */
  declare(queue: BrokerQueue, consumer: Subscription, node: BrokerNode, anew: boolean): boolean {
    if (!isExclusive(queue)) return true;
    const { owner } = queue;
    if (owner !== undefined) {
      if (anew || owner.receiver !== consumer.receiver) return false;
      queue.owner = consumer;
    } else if (anew) {
      this.broker.host.declareAgain(queue.number);
      queue.moveTo(node);
      queue.declaredAgain(consumer);
      for (const binding of this.bindings)
        if (binding.destinationType === "queue" && binding.destination === queue.name)
          this.broker.bind(binding);
    }
    return true;
  }
}

function isExclusive(queue: BrokerQueue): queue is ClassicQueue {
  return queue instanceof ClassicQueue && queue.isExclusive;
}

/** Whether the queue belongs to the connection of this consumer. */
export function isOwned(queue: BrokerQueue, consumer: Subscription): queue is ClassicQueue {
  return isExclusive(queue) && queue.owner === consumer;
}
