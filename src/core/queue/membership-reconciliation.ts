import { reconciliationSetting, type Reconciliation } from "../model/rabbitmq-nodes.ts";
import type { Kernel, Process } from "../sim/kernel.ts";
import type { BrokerQueue } from "./broker.ts";
import type { BrokerNode } from "./cluster.ts";
import type { QueueModel } from "./queue-model.ts";
import { replicasMax, type Replicas } from "./replicas.ts";

const settingName = reconciliationSetting("target_group_size");

/**
 * Each node looks now and then at the quorum queues that it leads, and gives those that have too few replicas another one, on a
 * node that is drawn, one in a look. (`rabbit_quorum_queue_periodic_membership_reconciliation` of 4.1)
 */
export class MembershipReconciliation implements Process {
  private readonly model: QueueModel;
  private readonly settings: Reconciliation;
  private readonly kernel: Kernel;
  private readonly base: number;
  /** Of each node, by number: which of its looks is the next one. */
  private readonly next: number[];

  constructor(model: QueueModel, settings: Reconciliation) {
    const { cluster, world } = model.context;
    this.model = model;
    this.settings = settings;
    this.kernel = world.kernel;
    this.base = world.kernel.registerBackground(this);
    this.next = cluster.nodes.map(() => 0);
  }

  /** Whether the queue is to have more replicas than these. */
  grows(queue: BrokerQueue, replicas: number): boolean {
    return queue.rules.type === "quorum" && replicas < this.targetOf(queue);
  }

  /** Queues were declared, or a node has come or gone: every node looks a while later, whatever it waited for. */
  trigger(): void {
    for (const { number } of this.nodes) this.lookIn(this.settings.triggerInterval, number);
  }

  handle(_kind: number, number: number, look: number): void {
    const node = this.nodes[number]!;
    if (look !== this.next[number] || !node.up) return;
    let found = false;
    for (const queue of this.model.queues) if (this.adds(queue, node)) found = true;
    const { interval, triggerInterval } = this.settings;
    this.lookIn(found ? triggerInterval : interval, number);
  }

  private get nodes(): readonly BrokerNode[] {
    return this.model.context.cluster.nodes;
  }

  private lookIn(after: number, number: number): void {
    this.kernel.inBackground(this.kernel.now + after, this.base, number, ++this.next[number]!);
  }

  /** Whether the node has added a replica to the queue, which it leads. */
  private adds(queue: BrokerQueue, node: BrokerNode): boolean {
    const { replicas } = queue;
    if (replicas === undefined || queue.deleted || !replicas.isLedBy(node)) return false;
    const members = replicas.nodes;
    if (!this.grows(queue, members.length)) return false;
    if (members.some((member) => !this.isRunning(member, node))) return false;
    const others = this.nodes.filter((one) => !members.includes(one) && this.isRunning(one, node));
    // It keeps to odd numbers where it can: two nodes at least for the step to an even one.
    const enough = members.length % 2 === 0 ? 1 : 2;
    if (others.length < enough) return false;
    this.add(queue, replicas, others);
    return true;
  }

  private add(queue: BrokerQueue, replicas: Replicas, others: readonly BrokerNode[]): void {
    const { occurrences } = this.model.context.world;
    const drawn = this.kernel.stream(`membership of ${queue.name}`).below(others.length);
    const node = others[drawn]!;
    const place = this.model.context.world.places.add("queue", queue.name, null);
    const { targetSize } = this.settings;
    const rule = targetSize > queue.rules.targetSize ? settingName : queue.rules.source("target-group-size");
    occurrences.add(this.kernel.now, "replicaAdded", place, node.number + 1, rule);
    replicas.grow(node, queue.depth.level + queue.unacked.level);
  }

  private targetOf({ rules }: BrokerQueue): number {
    return Math.min(Math.max(this.settings.targetSize, rules.targetSize), replicasMax);
  }

  /** As the other node sees it. */
  private isRunning(node: BrokerNode, from: BrokerNode): boolean {
    return node.up && this.model.context.cluster.pairOf(node, from)?.down !== true;
  }
}
