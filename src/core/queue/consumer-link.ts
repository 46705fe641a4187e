import type { AckTimeout } from "./ack-timeout.ts";
import type { BrokerQueue } from "./broker.ts";
import type { BrokerNode } from "./cluster.ts";
import { Lifeline, type Ends } from "./lifeline.ts";
import { Server, Wire } from "./passage.ts";
import { deliveryOverhead, settlementBytes, type QueueContext } from "./queue-context.ts";
import { ClientEvent, QueueEvent, settlement, subscriptionOf, type Verdict } from "./queue-event.ts";

interface Client extends Ends {
  readonly place: number;
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
  /** Where its network may be cut. */
  line: Lifeline | undefined = undefined;
  private down: Wire;
  private up: Wire;
  private readonly channel: Server;

  constructor(context: QueueContext, queues: readonly BrokerQueue[], client: Client) {
    this.context = context;
    this.queues = queues;
    this.client = client;
    this.node = context.cluster.nextNode();
    this.open = this.node.up;
    this.down = this.wire();
    this.up = this.wire();
    this.channel = new Server(context, this.node);
    this.line = this.newLine();
  }

  /** The same node, or the next one that runs and can be reached; false when none does. */
  reopen(): boolean {
    const node = this.context.cluster.running(this.node, this.client.place);
    if (node === undefined) return false;
    this.node = node;
    this.channel.moveTo(node);
    this.open = true;
    this.down = this.wire();
    this.up = this.wire();
    this.line = this.newLine();
    return true;
  }

  /** Its node runs, and is reached. */
  get reachable(): boolean {
    return this.context.cluster.running(this.node, this.client.place) === this.node;
  }

  private wire(): Wire {
    const { networkBandwidth, networkLatency } = this.context.costs;
    return new Wire(this.context, networkBandwidth, networkLatency);
  }

  private newLine(): Lifeline | undefined {
    const { lifelines } = this.context;
    const { up, down, node, client } = this;
    return lifelines && new Lifeline(lifelines, { client: client.place, node, up, down, ends: client });
  }

  /** The queue's process has sent it, to the channel on whatever node. */
  deliver(copy: number): void {
    const { cluster, copies, subscriptions, world } = this.context;
    const bytes = copies.messages.bytes[copy]! + deliveryOverhead;
    const subscription = copies.at[copy]!;
    const { node: from, network } = this.queues[subscriptions[subscription]!.queue]!;
    network.add(world.kernel.now, from === this.node ? bytes : 2 * bytes);
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
