import type { NodeSettings } from "../model/rabbitmq-nodes.ts";
import type { Process } from "../sim/kernel.ts";
import type { ClusterFaults } from "./cluster-faults.ts";
import type { BrokerNode, NodePair } from "./cluster.ts";
import { QueueEvent } from "./queue-event.ts";
import type { QueueModel } from "./queue-model.ts";

/** ns between two looks of a paused node at who is there. */
const lookInterval = 1e9;

const Step = { decide: 0, look: 1, heal: 2 } as const;

interface Pause {
  /** ns */
  readonly since: number;
  /** It saw one down whom another node still saw: it waits for all of them. */
  readonly forAll: boolean;
}

/**
 * What nodes do about others that they take for down. `pause_minority`: a node that sees no strict majority of the cluster
 * stops all that it runs, and looks once in a second whether it sees one again; its machine, which others see, stays.
 * `autoheal`: when all see each other again, the side with the most clients stays as it is, and the nodes of the others are
 * restarted together. (`rabbit_node_monitor` of 3.10, `rabbit_autoheal` of 4.1)
 */
export class PartitionHandling implements Process {
  private readonly model: QueueModel;
  private readonly faults: ClusterFaults;
  private readonly mode: Exclude<NodeSettings["partitionHandling"], "ignore">;
  private readonly base: number;
  private readonly paused = new Map<BrokerNode, Pause>();

  constructor(model: QueueModel, faults: ClusterFaults, mode: PartitionHandling["mode"]) {
    this.model = model;
    this.faults = faults;
    this.mode = mode;
    this.base = model.context.world.kernel.register(this);
  }

  isPaused(node: BrokerNode): boolean {
    return this.paused.has(node);
  }

  /** Its machine has gone; answers whether it was paused. */
  forget(node: BrokerNode): boolean {
    return this.paused.delete(node);
  }

  /** Some nodes take others for down, with the others of this moment. */
  lost(): void {
    if (this.mode === "pause_minority") this.at(0, Step.decide, 0);
  }

  /** Some nodes see each other again. */
  found(): void {
    if (this.mode === "autoheal") {
      this.at(0, Step.heal, 0);
      return;
    }
    const { now } = this.model.context.world.kernel;
    for (const [node, { since }] of this.paused) {
      const looks = Math.ceil((now - since) / lookInterval);
      this.at(since + looks * lookInterval - now, Step.look, node.number);
    }
  }

  handle(step: number, number: number): void {
    if (step === Step.decide) this.decide();
    else if (step === Step.heal) this.heal();
    else this.look(this.nodes[number]!);
  }

  private get nodes(): readonly BrokerNode[] {
    return this.model.context.cluster.nodes;
  }

  private at(after: number, step: number, number: number): void {
    const { kernel } = this.model.context.world;
    kernel.at(kernel.now + after, this.base | step, number, 0);
  }

  private decide(): void {
    const pausing = this.nodes.filter((node) => node.up && (!this.isMajority(node) || this.isHalfSeen(node)));
    for (const node of pausing) this.pause(node, this.isMajority(node));
  }

  private pause(node: BrokerNode, forAll: boolean): void {
    const { kernel, occurrences } = this.model.context.world;
    this.paused.set(node, { since: kernel.now, forAll });
    occurrences.add(kernel.now, "nodePaused", node.place, this.seenBy(node) - 1, "pause_minority");
    this.faults.halt(node, true);
    this.giveUpPublishes(node);
  }

  /** What its channels had sent to queues beyond the cut is gone with them. */
  private giveUpPublishes(node: BrokerNode): void {
    const { queues, context } = this.model;
    const { cluster, copies } = context;
    for (const other of this.nodes)
      if (this.areDown(node, other))
        for (const { a } of cluster.link(node, other).dropIf(({ kind }) => kind === QueueEvent.forwarded))
          queues[copies.at[a]!]!.missed(a);
  }

  private look(node: BrokerNode): void {
    const pause = this.paused.get(node);
    if (pause === undefined) return;
    if (pause.forAll ? this.seenBy(node) < this.nodes.length : !this.isMajority(node)) return;
    this.paused.delete(node);
    const { kernel, occurrences } = this.model.context.world;
    occurrences.add(kernel.now, "nodeResumed", node.place, 0, "pause_minority");
    this.faults.run(node);
  }

  private isMajority(node: BrokerNode): boolean {
    return this.seenBy(node) * 2 > this.nodes.length;
  }

  /** Nodes whose machine runs and that it sees, itself among them. */
  private seenBy(node: BrokerNode): number {
    return this.nodes.filter((other) => this.isThere(other) && !this.areDown(node, other)).length;
  }

  /** It takes one for down that another one, whom it sees, still sees. */
  private isHalfSeen(node: BrokerNode): boolean {
    const sees = (one: BrokerNode, other: BrokerNode): boolean =>
      this.isThere(other) && this.pairOf(one, other)?.cut === 0;
    return this.nodes.some(
      (other) =>
        this.isThere(other) &&
        this.areDown(node, other) &&
        this.nodes.some((between) => sees(node, between) && sees(other, between)),
    );
  }

  private isThere(node: BrokerNode): boolean {
    return node.up || this.paused.has(node);
  }

  private areDown(one: BrokerNode, other: BrokerNode): boolean {
    return this.pairOf(one, other)?.down === true;
  }

  /** Not before all of them run and see each other. */
  private heal(): void {
    const { pairs } = this.model.context.cluster;
    if (!pairs.some(({ parted }) => parted)) return;
    if (this.nodes.some(({ up }) => !up) || pairs.some(({ down }) => down)) return;
    const [winners, ...losers] = this.sides().toSorted(
      (one, other) =>
        this.clientsOf(other) - this.clientsOf(one) ||
        other.length - one.length ||
        // Of equals RabbitMQ takes one that it does not specify: the one of the greatest names.
        other[0]!.number - one[0]!.number,
    );
    const { kernel, occurrences } = this.model.context.world;
    for (const node of losers.flat()) {
      occurrences.add(kernel.now, "nodeLost", node.place, winners![0]!.number + 1, "autoheal");
      this.faults.halt(node, true);
      this.faults.startLater(node.number + 1);
    }
  }

  /** Who was apart from whom, as each of them tells. (`all_partitions`) */
  private sides(): (readonly BrokerNode[])[] {
    let sides: (readonly BrokerNode[])[] = [this.nodes];
    for (const node of this.nodes) {
      const own = sides.find((side) => side.includes(node))!;
      const apart = own.filter((other) => this.pairOf(node, other)?.parted === true);
      if (apart.length > 0)
        sides = [own.filter((one) => !apart.includes(one)), apart, ...sides.filter((side) => side !== own)];
    }
    return sides;
  }

  private pairOf(one: BrokerNode, other: BrokerNode): NodePair | undefined {
    return this.model.context.cluster.pairOf(one, other);
  }

  /** Connections to these nodes. */
  private clientsOf(side: readonly BrokerNode[]): number {
    const { connections, fleet } = this.model;
    const has = (node: BrokerNode): boolean => side.includes(node);
    return (
      connections.filter(({ open, node }) => open && has(node)).length +
      fleet.connections.filter(({ connected, link }) => connected && has(link.node)).length
    );
  }
}
