import type { BrokerNode } from "./cluster.ts";
import { Lifeline, type Ends } from "./lifeline.ts";
import { Gate, type ChannelCredit } from "./flow-control.ts";
import { clientMachine, Server, Wire } from "./passage.ts";
import { recoveryInterval, type QueueContext } from "./queue-context.ts";
import { ClientEvent } from "./queue-event.ts";

/** A channel of a connection. */
interface Channeled {
  /** What it waits for never comes. */
  connectionLost(): void;
  /** It goes on, on another node perhaps. */
  connectionRecovered(): void;
  /** Another connection follows the one of this number. */
  renew(ended: number): void;
}

/** What the gate lets out, and what never leaves. */
interface Sending {
  readonly credit: ChannelCredit | undefined;
  goOut(message: number): void;
  cutOff(message: number, connection: number): void;
}

/** What the flows of one producer instance share: a client thread and a connection to a node. */
export class Connection implements Ends {
  /** Among those of all producers. */
  readonly index: number;
  /** Which connection it is, from 0: a client that has crashed, or lost it, opens another one. */
  number = 0;
  /** What its client begins takes so many times as long. */
  slowness = 1;
  /** False from the loss of one connection to the next one. */
  open = true;
  node: BrokerNode;
  thread: Server;
  readonly up: Wire;
  readonly down: Wire;
  readonly gate: Gate;
  readonly channels: Channeled[] = [];
  private readonly context: QueueContext;
  /** Of the instance that it belongs to. */
  readonly place: number;
  private readonly senderOf: (message: number) => Sending;
  /** Those that were lost with their node, by number. */
  private readonly lost = new Set<number>();
  private readonly line: Lifeline | undefined = undefined;
  private lastLost = -1;

  constructor(context: QueueContext, index: number, place: number, senderOf: (message: number) => Sending) {
    const { networkBandwidth, networkLatency } = context.costs;
    this.context = context;
    this.index = index;
    this.place = place;
    this.senderOf = senderOf;
    this.gate = new Gate(
      context.copies,
      (message) => senderOf(message).credit?.hasRoom !== false,
      (message) => senderOf(message).goOut(message),
    );
    this.node = context.cluster.nextNode();
    this.thread = new Server(context, clientMachine);
    this.up = new Wire(context, networkBandwidth, networkLatency);
    this.down = new Wire(context, networkBandwidth, networkLatency);
    const { lifelines } = context;
    const { node, up, down } = this;
    this.line = lifelines && new Lifeline(lifelines, { client: place, node, up, down, ends: this });
  }

  /** The process is gone, with what its thread had to do; what is in the socket still goes out. */
  crash(): void {
    const ended = this.number++;
    this.thread = new Server(this.context, clientMachine);
    for (const message of this.gate.reset()) this.senderOf(message).cutOff(message, ended);
    for (const channel of this.channels) channel.renew(ended);
  }

  /** Its node is gone, and with it all that was on the way in both directions. */
  lose(): void {
    if (!this.open) return;
    const { world } = this.context;
    this.open = false;
    this.lost.add(this.number);
    this.lastLost = this.number;
    this.crash();
    world.occurrences.add(world.kernel.now, "connectionLost", this.place, this.node.number + 1);
    for (const channel of this.channels) channel.connectionLost();
    this.line?.opened(this.node);
    this.tryAgain();
  }

  /** The client goes on as if it were there until it hears of it; what it has sent since is lost. */
  brokerGivesUp(): void {
    if (!this.open) return;
    const { world } = this.context;
    world.occurrences.add(
      world.kernel.now,
      "heartbeatsMissed",
      this.place,
      this.node.number + 1,
      "heartbeat",
    );
  }

  clientGivesUp(): void {
    this.lose();
  }

  /** The time to try again has come. */
  recover(): void {
    const { cluster, world } = this.context;
    const node = cluster.running(this.node, this.place);
    if (node === undefined) {
      this.tryAgain();
      return;
    }
    this.node = node;
    this.open = true;
    this.line?.opened(node);
    world.occurrences.add(world.kernel.now, "connectionRecovered", this.place, node.number + 1);
    for (const channel of this.channels) channel.connectionRecovered();
  }

  /** Whether the connection of this number was lost while its client went on. */
  wasLost(number: number): boolean {
    return this.lost.has(number);
  }

  /** Whether nothing arrives any more of what the client has sent by the connection of this number. */
  isSilent(number: number): boolean {
    return number <= this.lastLost;
  }

  private tryAgain(): void {
    const { world, base } = this.context;
    world.kernel.at(world.kernel.now + recoveryInterval, base | ClientEvent.reconnects, this.index, 0);
  }
}
