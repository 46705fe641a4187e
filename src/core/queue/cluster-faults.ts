import type { BrokerNode } from "./cluster.ts";
import { ClientEvent } from "./queue-context.ts";
import type { QueueModel } from "./queue-model.ts";

/** ns from the stop to the start of a node that is restarted. */
const restartTime = 5e9;

/** What a timeline does to nodes and queues. */
export class ClusterFaults {
  private readonly model: QueueModel;

  constructor(model: QueueModel) {
    this.model = model;
  }

  /** A node stops, `clean` or not, with its queues' processes and its connections. Number from 1. */
  stopNode(number: number, clean: boolean): void {
    const node = this.node(number);
    if (!node.up) return;
    const { queues, connections, fleet, broker, context } = this.model;
    node.up = false;
    for (const queue of queues) if (!queue.deleted) queue.nodeLost(node, clean);
    for (const connection of connections) if (connection.node === node) connection.lose();
    for (const instance of fleet.connections) if (instance.link.node === node) instance.disconnect();
    if (context.cluster.nodes.every(({ up }) => !up)) broker.forgetTransient();
  }

  startNode(number: number): void {
    const node = this.node(number);
    if (node.up) return;
    node.up = true;
    for (const queue of this.model.queues) if (!queue.deleted) queue.nodeFound(node);
  }

  restartNode(number: number): void {
    if (!this.node(number).up) return;
    this.stopNode(number, true);
    const { world, base } = this.model.context;
    world.kernel.at(world.kernel.now + restartTime, base | ClientEvent.nodeStarts, number, 0);
  }

  slowNode(number: number, factor: number): void {
    this.node(number).slowness = factor;
  }

  stopQueue(name: string, clean: boolean): void {
    this.model.broker.queue(name)?.crash(clean);
  }

  startQueue(name: string): void {
    this.model.broker.queue(name)?.start();
  }

  slowQueue(name: string, factor: number): void {
    this.model.broker.queue(name)?.slow(factor);
  }

  private node(number: number): BrokerNode {
    return this.model.context.cluster.nodes[number - 1]!;
  }
}
