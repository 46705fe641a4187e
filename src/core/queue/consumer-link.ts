import type { AckTimeout } from "./ack-timeout.ts";
import type { BrokerQueue } from "./broker.ts";
import type { BrokerNode } from "./cluster.ts";
import { Server, Wire } from "./passage.ts";
import {
  ClientEvent,
  deliveryOverhead,
  QueueEvent,
  settlement,
  settlementBytes,
  subscriptionOf,
  type QueueContext,
  type Verdict,
} from "./queue-context.ts";

interface Client {
  received(copy: number, subscription: number): void;
}

/** The way between a consumer's client and its queues: its connection to a node, the channel there, and hops to other nodes. */
export class ConsumerLink {
  node: BrokerNode;
  /** False from the loss of one connection to the next one. */
  open: boolean;
  /** Where the broker may lose its patience with what is not acknowledged. */
  timeout: AckTimeout | undefined = undefined;
  private readonly context: QueueContext;
  private readonly queues: readonly BrokerQueue[];
  private readonly client: Client;
  private readonly down: Wire;
  private readonly up: Wire;
  private readonly channel: Server;

  constructor(context: QueueContext, queues: readonly BrokerQueue[], client: Client) {
    const { networkBandwidth, networkLatency } = context.costs;
    this.context = context;
    this.queues = queues;
    this.client = client;
    this.node = context.cluster.nextNode();
    this.open = this.node.up;
    this.down = new Wire(context, networkBandwidth, networkLatency);
    this.up = new Wire(context, networkBandwidth, networkLatency);
    this.channel = new Server(context, this.node);
  }

  /** The same node, or the next one that runs; false when none does. */
  reopen(): boolean {
    const node = this.context.cluster.running(this.node);
    if (node === undefined) return false;
    this.node = node;
    this.channel.moveTo(node);
    this.open = true;
    return true;
  }

  /** The queue's process has sent it, to the channel on whatever node. */
  deliver(copy: number): void {
    const { cluster, copies, subscriptions } = this.context;
    const bytes = copies.messages.bytes[copy]! + deliveryOverhead;
    const subscription = copies.at[copy]!;
    const from = cluster.single ? this.node : this.queues[subscriptions[subscription]!.queue]!.node;
    if (!cluster.delays(from, this.node, bytes, ClientEvent.forwarded, copy, subscription))
      this.forwarded(copy, subscription);
  }

  /** It is at the channel's node. */
  forwarded(copy: number, subscription: number): void {
    const { copies, subscriptions } = this.context;
    const bytes = copies.messages.bytes[copy]! + deliveryOverhead;
    this.timeout?.delivered(copy, subscriptions[subscription]!);
    if (!this.down.delays(bytes, ClientEvent.received, copy, subscription))
      this.client.received(copy, subscription);
  }

  say(copy: number, verdict: Verdict, subscription = this.context.copies.at[copy]!): void {
    const told = settlement(verdict, subscription);
    if (!this.up.delays(settlementBytes, ClientEvent.settling, copy, told)) this.settling(copy, told);
  }

  /** What the client says has come to its channel. */
  settling(copy: number, told: number): void {
    const cost = this.context.costs.channelPerMessage;
    if (!this.channel.delays(cost, ClientEvent.settlingParsed, copy, told)) this.settlingParsed(copy, told);
  }

  settlingParsed(copy: number, told: number): void {
    const { cluster, subscriptions } = this.context;
    const subscription = subscriptions[subscriptionOf(told)]!;
    const queue = this.queues[subscription.queue]!;
    this.timeout?.settled(copy, subscription);
    if (!cluster.delays(this.node, queue.node, settlementBytes, QueueEvent.settling, copy, told))
      queue.settle(copy, told);
  }
}
