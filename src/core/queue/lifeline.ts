import { nodeDefaults } from "../model/rabbitmq-nodes.ts";
import type { Kernel, Process } from "../sim/kernel.ts";
import type { BrokerNode } from "./cluster.ts";
import type { Wire } from "./passage.ts";
import type { Subscription } from "./rotation.ts";

/** The broker looks once in a heartbeat, and gives up at the second look in turn that finds nothing new. */
const looks = 3;
/** Heartbeats: Java's client reads for a quarter of one at a time, and gives up when more than eight found nothing. */
const clientPatience = 9 / 4;

const Side = { broker: 0, client: 1 } as const;

/** What the two sides of a connection do when they have missed too many heartbeats of the other. */
export interface Ends {
  /** The broker closes the connection, whether the client has given it up already or does not know. */
  brokerGivesUp(line: Lifeline): void;
  clientGivesUp(line: Lifeline): void;
}

/** The connections whose network may be cut, and the heartbeats that are missed then. */
export class Lifelines implements Process {
  readonly kernel: Kernel;
  /** The time-out that both sides agreed on, ns. */
  readonly heartbeat: number;
  private readonly base: number;
  private readonly lines: Lifeline[] = [];

  constructor(kernel: Kernel, heartbeat = nodeDefaults.heartbeat) {
    this.kernel = kernel;
    this.heartbeat = heartbeat;
    this.base = kernel.register(this);
  }

  *[Symbol.iterator](): Iterable<Lifeline> & Iterator<Lifeline> {
    yield* this.lines;
  }

  add(line: Lifeline): number {
    return this.lines.push(line) - 1;
  }

  /** `cut`: which one of the line's. */
  expect(line: number, side: number, cut: number, time: number): void {
    this.kernel.at(time, this.base | side, line, cut);
  }

  handle(side: number, line: number, cut: number): void {
    this.lines[line]!.missed(side, cut);
  }
}

/**
 * One connection's network. While it is cut, what either side sends waits in its socket, and goes on when the network is
 * mended, unless one of them has missed too many heartbeats meanwhile. (`rabbit_heartbeat` of 3.10, `AMQConnection` of
 * Java's client)
 */
export class Lifeline {
  /** The place of the client's instance. */
  readonly client: number;
  node: BrokerNode;
  /** Consumers on it. */
  readonly subscriptions: Subscription[] = [];
  readonly up: Wire;
  readonly down: Wire;
  private readonly lines: Lifelines;
  private readonly number: number;
  private readonly ends: Ends;
  private openedAt: number;
  private isCut = false;
  /** Which cut it is. */
  private cuts = 0;
  private brokerKnows = false;
  private clientKnows = false;

  constructor(
    lines: Lifelines,
    of: {
      readonly client: number;
      readonly node: BrokerNode;
      readonly up: Wire;
      readonly down: Wire;
      readonly ends: Ends;
    },
  ) {
    this.lines = lines;
    this.client = of.client;
    this.node = of.node;
    this.up = of.up;
    this.down = of.down;
    this.ends = of.ends;
    this.openedAt = lines.kernel.now;
    this.number = lines.add(this);
  }

  /** Another connection takes its place, perhaps to another node: nothing holds up what is sent. */
  opened(node: BrokerNode): void {
    this.node = node;
    this.openedAt = this.lines.kernel.now;
    this.reset();
  }

  /** Whether its two sides reach each other now. */
  see(reachable: boolean): void {
    if (reachable !== this.isCut) return;
    if (reachable) this.mend();
    else this.cut();
  }

  /** The time of one side is over, unless the network was mended before. */
  missed(side: number, cut: number): void {
    if (cut !== this.cuts || !this.isCut) return;
    if (side === Side.broker) {
      this.brokerKnows = true;
      this.ends.brokerGivesUp(this);
    } else {
      this.clientKnows = true;
      this.ends.clientGivesUp(this);
    }
  }

  /** Its node has gone. */
  nodeLost(): void {
    if (this.isCut && this.clientKnows && !this.brokerKnows) this.ends.brokerGivesUp(this);
    this.reset();
  }

  private cut(): void {
    this.isCut = true;
    this.cuts++;
    this.up.hold();
    this.down.hold();
    const {
      heartbeat,
      kernel: { now },
    } = this.lines;
    const passed = Math.floor((now - this.openedAt) / heartbeat);
    const broker = this.openedAt + (passed + looks) * heartbeat;
    this.lines.expect(this.number, Side.broker, this.cuts, broker);
    this.lines.expect(this.number, Side.client, this.cuts, now + clientPatience * heartbeat);
  }

  /** A client that did not notice hears of the end at once: its node does not know the connection any more. */
  private mend(): void {
    if (this.brokerKnows && !this.clientKnows) this.ends.clientGivesUp(this);
    this.reset();
  }

  private reset(): void {
    this.isCut = this.brokerKnows = this.clientKnows = false;
    this.up.goOn();
    this.down.goOn();
  }
}
