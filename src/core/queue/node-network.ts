import type { Process } from "../sim/kernel.ts";
import { ClassicQueue } from "./classic-queue.ts";
import type { BrokerNode, Cluster, NodePair } from "./cluster.ts";
import type { PartitionHandling } from "./partition-handling.ts";
import { Outcome } from "./publishes.ts";
import type { Waiting } from "./passage.ts";
import { tell } from "./queue-context.ts";
import { QueueEvent } from "./queue-event.ts";
import type { QueueModel } from "./queue-model.ts";

/** ns between two looks of the failure detector of Raft's members: `raft.adaptive_failure_detector.poll_interval`. */
const suspectedAfter = 5e9;

const Step = { suspected: 0, down: 1 } as const;

/**
 * The network between nodes. What one sends to another waits while it is cut; after a while the members of quorum queues
 * and streams suspect those that they do not hear, and vote; then the nodes take each other for down, and what waits for a
 * classic queue is given up. They talk again when the network is mended.
 */
export class NodeNetwork implements Process {
  private readonly model: QueueModel;
  private readonly base: number;
  private readonly handling: PartitionHandling | undefined;
  /** ns without a tick until a node counts as down. */
  private readonly downAfter: number;
  /** Cuts that there were. */
  private cuts = 0;

  constructor(model: QueueModel, handling: PartitionHandling | undefined, netTickTime: number) {
    this.model = model;
    this.handling = handling;
    this.downAfter = netTickTime;
    this.base = model.context.world.kernel.register(this);
  }

  private get cluster(): Cluster {
    return this.model.context.cluster;
  }

  /** Who reaches whom may have changed. */
  see(): void {
    const { cluster } = this;
    let mended = false;
    for (const [number, pair] of cluster.pairs.entries()) {
      const reaches = cluster.partitions.reaches(pair.one.place, pair.other.place);
      if (reaches !== pair.cut > 0) continue;
      if (reaches) {
        mended = true;
        if (pair.down && pair.one.up && pair.other.up) pair.parted = true;
        pair.cut = 0;
        pair.suspected = pair.down = false;
        for (const link of cluster.linksOf(pair)) link.goOn();
      } else this.cut(number, pair);
    }
    if (!mended) return;
    this.seeReplicas();
    this.handling?.found();
    this.model.reconciliation?.trigger();
  }

  handle(step: number, number: number, cut: number): void {
    const pair = this.cluster.pairs[number]!;
    if (pair.cut !== cut) return;
    if (step === Step.suspected) {
      pair.suspected = true;
      this.seeReplicas();
    } else {
      pair.down = true;
      this.part(pair.one, pair.other);
      this.part(pair.other, pair.one);
      this.handling?.lost();
      this.model.reconciliation?.trigger();
    }
  }

  private cut(number: number, pair: NodePair): void {
    const { kernel } = this.model.context.world;
    pair.cut = ++this.cuts;
    this.cluster.whole = false;
    for (const link of this.cluster.linksOf(pair)) link.hold();
    kernel.at(kernel.now + suspectedAfter, this.base | Step.suspected, number, pair.cut);
    kernel.at(kernel.now + this.downAfter, this.base | Step.down, number, pair.cut);
  }

  private seeReplicas(): void {
    for (const queue of this.model.queues) if (!queue.deleted) queue.replicas?.seeNetwork();
  }

  /** Clients whose node is taken for down lose their consumers; what is on its way to or from a classic queue is given up. */
  private part(node: BrokerNode, clients: BrokerNode): void {
    const { fleet, replies, queues, context } = this.model;
    const { copies, publishes } = context;
    for (const instance of fleet.connections) if (instance.link.node === clients) instance.cutOff(node);
    for (const consumer of replies.consumers)
      if (consumer.connection.node === clients && consumer.queue.node === node) consumer.cutOff();
    const classic = (number: number): ClassicQueue | undefined => {
      const queue = queues[number]!;
      return queue instanceof ClassicQueue && queue.rules.type === "classic" ? queue : undefined;
    };
    const publish = ({ kind, a }: Waiting): boolean =>
      kind === QueueEvent.forwarded && classic(copies.at[a]!) !== undefined;
    for (const { a } of this.cluster.link(clients, node).dropIf(publish)) classic(copies.at[a]!)!.turnAway(a);
    const answer = ({ kind, b }: Waiting): boolean => kind === QueueEvent.told && classic(b) !== undefined;
    for (const { a } of this.cluster.link(node, clients).dropIf(answer)) {
      publishes.outcome[a] = Outcome.refused;
      tell(context, a);
    }
  }
}
