import type { Target, TimelineAction } from "../model/timeline.ts";
import type { BrokerNode } from "./cluster.ts";
import type { RabbitMq } from "../model/topology.ts";
import { NodeNetwork } from "./node-network.ts";
import { PartitionHandling } from "./partition-handling.ts";
import { ClientEvent } from "./queue-event.ts";
import type { QueueModel } from "./queue-model.ts";

type Isolation = Extract<TimelineAction, { kind: "isolate" }>;

/** ns from the stop to the start of a node that is restarted. */
const restartTime = 5e9;

/** What a timeline does to nodes and queues. */
export class ClusterFaults {
  private readonly model: QueueModel;
  private readonly rabbit: RabbitMq;
  private network: NodeNetwork | undefined = undefined;
  private readonly handling: PartitionHandling | undefined = undefined;

  constructor(model: QueueModel, rabbit: RabbitMq) {
    this.model = model;
    this.rabbit = rabbit;
    const { partitionHandling } = rabbit;
    if (partitionHandling !== "ignore" && model.context.faulty)
      this.handling = new PartitionHandling(model, this, partitionHandling);
  }

  /** A node is gone, `clean` or not. Number from 1. */
  stopNode(number: number, clean: boolean): void {
    const node = this.node(number);
    const paused = this.handling?.forget(node) === true;
    if (!node.up && !paused) return;
    this.halt(node, clean);
    this.handling?.lost();
  }

  /** What runs on a node stops: its queues' processes and its connections. */
  halt(node: BrokerNode, clean: boolean): void {
    if (!node.up) return;
    const { queues, connections, fleet, broker, context } = this.model;
    node.up = context.cluster.whole = false;
    for (const queue of queues) if (!queue.deleted) queue.nodeLost(node, clean);
    for (const connection of connections) if (connection.node === node) connection.lose();
    for (const line of context.lifelines ?? []) if (line.node === node) line.nodeLost();
    for (const instance of fleet.connections) if (instance.link.node === node) instance.disconnect();
    if (context.cluster.nodes.every(({ up }) => !up)) broker.forgetTransient();
    this.model.reconciliation?.trigger();
  }

  startNode(number: number): void {
    const node = this.node(number);
    if (node.up || this.handling?.isPaused(node) === true) return;
    this.run(node);
  }

  /** It starts with what is on its disk, and the metadata of those that run. */
  run(node: BrokerNode): void {
    node.up = true;
    for (const pair of this.model.context.cluster.pairs)
      if (pair.one === node || pair.other === node) pair.parted = false;
    for (const queue of this.model.queues) if (!queue.deleted) queue.nodeFound(node);
    this.handling?.found();
    this.model.reconciliation?.trigger();
  }

  restartNode(number: number): void {
    if (!this.node(number).up) return;
    this.stopNode(number, true);
    this.startLater(number);
  }

  /** A node that has stopped to be started again. */
  startLater(number: number): void {
    const { world, base } = this.model.context;
    world.kernel.at(world.kernel.now + restartTime, base | ClientEvent.nodeStarts, number, 0);
  }

  slowNode(number: number, factor: number): void {
    this.node(number).slowness = factor;
  }

  /** The network between these and others is cut. */
  cut(isolation: Isolation): void {
    const { targets, from } = isolation;
    const places = (of: readonly Target[]): Set<number> => new Set(of.flatMap((one) => this.placesOf(one)));
    const { cluster } = this.model.context;
    cluster.partitions.cut(isolation, places(targets), from && places(from));
    this.seeNetwork();
  }

  mend(isolation: Isolation): void {
    this.model.context.cluster.partitions.mend(isolation);
    this.seeNetwork();
  }

  /** Who reaches whom may have changed. */
  private seeNetwork(): void {
    const { lifelines, cluster } = this.model.context;
    if (!cluster.single)
      (this.network ??= new NodeNetwork(this.model, this.handling, this.rabbit.netTickTime)).see();
    for (const line of lifelines!) line.see(cluster.partitions.reaches(line.client, line.node.place));
  }

  /** Numbers of the places of all instances of an application, or of a node; none of what is Kafka's. */
  private placesOf(target: Target): number[] {
    const { cluster, world } = this.model.context;
    if (target.kind === "node")
      return cluster.nodes.filter((_, index) => index + 1 === target.number).map(({ place }) => place);
    if (target.kind !== "consumer" && target.kind !== "producer") return [];
    return world.places.list.flatMap(({ kind, name }, place) =>
      kind === target.kind && name === target.name.text ? [place] : [],
    );
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
