import type { Flow } from "../model/topology.ts";
import type { Kernel } from "../sim/kernel.ts";
import { CorePool } from "../sim/station.ts";
import type { Outlet } from "../sim/world.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import { Station } from "../stats/trace.ts";
import type { Broker } from "./broker.ts";
import type { Content } from "./content.ts";
import { CopyState, none, type Copies } from "./copies.ts";
import { Server, Wire } from "./passage.ts";
import {
  deliveryOverhead,
  ClientEvent,
  settlementBytes,
  type Publishing,
  type QueueContext,
} from "./queue-context.ts";
import { Outcome } from "./publishes.ts";
import type { RouteTable } from "./route-table.ts";

/** What the flows of one producer instance share: a client thread and a connection. */
export class Connection {
  /** Which connection it is, from 0: a client that has crashed opens another one. */
  number = 0;
  /** What its client begins takes so many times as long. */
  slowness = 1;
  thread: Server;
  readonly up: Wire;
  readonly down: Wire;
  private readonly context: QueueContext;

  constructor(context: QueueContext) {
    const { networkBandwidth, networkLatency } = context.costs;
    this.context = context;
    this.thread = new Server(context, new CorePool(Infinity));
    this.up = new Wire(context, networkBandwidth, networkLatency);
    this.down = new Wire(context, networkBandwidth, networkLatency);
  }

  /** The process is gone, with what its thread had to do; what is in the socket still goes out. */
  crash(): void {
    this.number++;
    this.thread = new Server(this.context, new CorePool(Infinity));
  }
}

/** One flow instance's channel: messages go out in order, as many unconfirmed at a time as its window allows. */
export class Publisher implements Outlet, Publishing {
  readonly persistent: boolean;
  readonly confirms: boolean;
  readonly uniqueKeys: boolean;
  readonly priority: number | undefined;
  readonly lifetime: number;
  private readonly context: QueueContext;
  private readonly kernel: Kernel;
  private readonly copies: Copies;
  readonly connection: Connection;
  private readonly broker: Broker;
  private readonly routes: RouteTable;
  private readonly stats: ProducerStats;
  private readonly place: number;
  private readonly mandatory: boolean;
  /** ns in an `x-delayed-message` exchange. */
  private readonly delay: number;
  private readonly window: number;
  private readonly channel: Server;
  private unconfirmed = 0;
  /** Messages that wait for a place in the window, linked by `next`. */
  private firstBlocked = none;
  private lastBlocked = none;

  constructor(
    context: QueueContext,
    of: {
      readonly connection: Connection;
      readonly broker: Broker;
      readonly routes: RouteTable;
      readonly flow: Flow;
      readonly stats: ProducerStats;
      readonly place: number;
    },
  ) {
    const { rabbitmq, key } = of.flow;
    this.context = context;
    this.kernel = context.world.kernel;
    this.copies = context.copies;
    this.connection = of.connection;
    this.broker = of.broker;
    this.routes = of.routes;
    this.stats = of.stats;
    this.place = of.place;
    this.persistent = rabbitmq.persistent;
    this.priority = rabbitmq.priority;
    this.lifetime = rabbitmq.lifetime;
    if (this.lifetime < Infinity) this.broker.expectExpirations();
    this.delay = of.routes.delay;
    this.mandatory = rabbitmq.mandatory;
    this.confirms = rabbitmq.confirmWindow > 0;
    this.window = this.confirms ? rabbitmq.confirmWindow : Infinity;
    this.uniqueKeys = key.kind === "unique";
    this.channel = new Server(context, context.cores);
  }

  send(message: number): void {
    const { copies } = this;
    if (this.unconfirmed < this.window) {
      copies.enter(message, CopyState.publishing);
      this.handOver(message);
      return;
    }
    copies.enter(message, CopyState.blocked);
    copies.messages.next[message] = none;
    if (this.firstBlocked < 0) this.firstBlocked = message;
    else copies.messages.next[this.lastBlocked] = message;
    this.lastBlocked = message;
  }

  routingNumber(routingKey: string): number {
    return this.routes.numberOf(routingKey);
  }

  clientDone(message: number, connection: number): void {
    const { context } = this;
    const { messages } = this.copies;
    if (connection !== this.connection.number) {
      this.abandon(message);
      return;
    }
    context.stamp(message, Station.clientDone, this.place, 0);
    if (!this.confirms) context.applications.settled(messages.source[message]!, messages.id[message]!, true);
    const bytes = messages.bytes[message]! + deliveryOverhead;
    if (!this.connection.up.delays(bytes, ClientEvent.published, message, connection))
      this.published(message, connection);
  }

  /** It is at the broker: the channel parses it. */
  published(message: number, connection: number): void {
    const { context } = this;
    const { costs } = context;
    const { messages } = this.copies;
    const routingKey = this.routes.textOf(messages.routing[message]!);
    context.stamp(message, Station.brokerReceived, this.routes.place, routingKey);
    const cost = costs.channelPerMessage + costs.brokerPerByte * messages.bytes[message]!;
    if (!this.channel.delays(cost, ClientEvent.parsed, message, connection)) this.parsed(message, connection);
  }

  /** The channel routes it: each queue gets a copy of its own, the last one the message itself. */
  parsed(message: number, connection: number): void {
    const { context } = this;
    const { publishes } = context;
    const { messages } = this.copies;
    if (this.routes.refused) {
      this.refuse(message, connection);
      return;
    }
    if (this.delay > 0) {
      this.holdBack(message, connection);
      return;
    }
    const { queues } = this.routes.lookup(messages.routing[message]!, messages.key[message]!);
    const count = queues.length;
    context.stamp(message, Station.routed, this.routes.place, count);
    if (count === 0) {
      this.unroutable(message, connection);
      return;
    }
    const publish = publishes.allocate(
      messages.source[message]!,
      messages.id[message]!,
      count,
      Outcome.stored,
      connection,
    );
    this.broker.spread(message, queues, publish);
  }

  /** The exchange takes it, and says so, long before it is routed. */
  private holdBack(message: number, connection: number): void {
    const { publishes } = this.context;
    const { source, id } = this.copies.messages;
    const publish = publishes.allocate(source[message]!, id[message]!, 0, Outcome.stored, connection);
    this.broker.delay(message, this.delay);
    this.stored(publish);
  }

  /** What its messages carry: they differ in their routing keys alone. */
  contentOf(message: number): Content {
    const { routing, key } = this.copies.messages;
    return this.routes.contentOf(routing[message]!, key[message]!);
  }

  stored(publish: number): void {
    if (this.confirms && !this.outlived(publish)) this.answer(publish, settlementBytes);
    else this.answered(publish);
  }

  /** Nothing more leaves the client, and nobody waits for answers: what waited in it is given up. */
  crash(): void {
    const { messages } = this.copies;
    this.unconfirmed = 0;
    for (let message = this.firstBlocked; message >= 0;) {
      const next = messages.next[message]!;
      this.abandon(message);
      message = next;
    }
    this.firstBlocked = none;
  }

  /** The client knows the outcome; without confirms the statistics alone do. */
  answered(publish: number): void {
    const { publishes, applications } = this.context;
    const { now } = this.kernel;
    const source = publishes.source[publish]!;
    const id = publishes.id[publish]!;
    const outcome = publishes.outcome[publish]! as Outcome;
    if (this.confirms && this.outlived(publish)) {
      this.stats.giveUp(now);
      publishes.release(publish);
      return;
    }
    if (outcome === Outcome.stored) this.stats.accept(now, 1);
    else if (outcome === Outcome.refused) this.stats.refuse(now);
    else {
      if (this.mandatory) this.stamp(publish, Station.returned);
      this.stats.noRoute(now, this.mandatory);
    }
    if (this.confirms) this.stamp(publish, Station.acknowledged);
    publishes.release(publish);
    if (!this.confirms) return;
    this.unconfirmed--;
    applications.settled(
      source,
      id,
      outcome === Outcome.stored || (outcome === Outcome.unroutable && !this.mandatory),
    );
    this.unblock();
  }

  private handOver(message: number): void {
    if (this.confirms) this.unconfirmed++;
    const { thread, slowness, number } = this.connection;
    const cost = this.context.costs.amqpClientPerMessage * slowness;
    if (!thread.delays(cost, ClientEvent.clientDone, message, number)) this.clientDone(message, number);
  }

  private abandon(message: number): void {
    this.stats.giveUp(this.kernel.now);
    this.copies.end(message, CopyState.abandoned);
  }

  /** The client that waited for its outcome has crashed since. */
  private outlived(publish: number): boolean {
    return this.context.publishes.connection[publish] !== this.connection.number;
  }

  /** A mandatory message comes back before its confirm, and an unroutable one is confirmed like any other. */
  private unroutable(message: number, connection: number): void {
    const bytes = this.copies.messages.bytes[message]! + deliveryOverhead;
    this.context.stamp(message, Station.unroutable, this.routes.place, 0);
    const publish = this.fail(message, connection, Outcome.unroutable, CopyState.unroutable);
    const returned = this.mandatory ? bytes : 0;
    if (this.mandatory || this.confirms)
      this.answer(publish, returned + (this.confirms ? settlementBytes : 0));
    else this.answered(publish);
  }

  /** The broker closes the channel; the application opens another one for its next message. */
  private refuse(message: number, connection: number): void {
    this.answer(this.fail(message, connection, Outcome.refused, CopyState.refused), settlementBytes);
  }

  private fail(message: number, connection: number, outcome: Outcome, final: CopyState): number {
    const { messages } = this.copies;
    const publish = this.context.publishes.allocate(
      messages.source[message]!,
      messages.id[message]!,
      0,
      outcome,
      connection,
    );
    this.copies.end(message, final);
    return publish;
  }

  private answer(publish: number, bytes: number): void {
    if (!this.connection.down.delays(bytes, ClientEvent.answered, publish, 0)) this.answered(publish);
  }

  private unblock(): void {
    const message = this.firstBlocked;
    if (message < 0 || this.unconfirmed >= this.window) return;
    const { copies } = this;
    this.firstBlocked = copies.messages.next[message]!;
    copies.move(message, CopyState.publishing);
    this.handOver(message);
  }

  private stamp(publish: number, station: Station): void {
    const { publishes, world } = this.context;
    const id = publishes.id[publish]!;
    if (world.trace.wants(id)) world.trace.add(world.kernel.now, id, station, this.place, 0);
  }
}
