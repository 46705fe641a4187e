import type { Kernel } from "../sim/kernel.ts";
import type { Outlet } from "../sim/world.ts";
import type { Tally } from "../stats/occurrences.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import { Station } from "../stats/trace.ts";
import type { Broker, BrokerQueue } from "./broker.ts";
import type { BrokerNode } from "./cluster.ts";
import type { Connection } from "./connection.ts";
import type { Content } from "./content.ts";
import { CopyState, none, type Copies } from "./copies.ts";
import { ChannelCredit } from "./flow-control.ts";
import { knownQueues } from "./known-queues.ts";
import { Server } from "./passage.ts";
import type { PublisherParts } from "./publisher-parts.ts";
import { deliveryOverhead, settlementBytes, type Publishing, type QueueContext } from "./queue-context.ts";
import { ClientEvent } from "./queue-event.ts";
import { Outcome } from "./publishes.ts";
import type { RouteTable } from "./route-table.ts";
import { Unconfirmed } from "./unconfirmed.ts";

/** One flow instance's channel: messages go out in order, as many unconfirmed at a time as its window allows. */
export class Publisher implements Outlet, Publishing {
  readonly persistent: boolean;
  readonly confirms: boolean;
  readonly uniqueKeys: boolean;
  readonly priority: number | undefined;
  readonly lifetime: number;
  protected readonly context: QueueContext;
  private readonly kernel: Kernel;
  protected readonly copies: Copies;
  readonly connection: Connection;
  protected readonly broker: Broker;
  readonly routes: RouteTable;
  private readonly stats: ProducerStats;
  private readonly place: number;
  private readonly mandatory: boolean;
  /** ns in an `x-delayed-message` exchange. */
  private readonly delay: number;
  private readonly window: number;
  /** Its messages are requests: each knows the connection that it went out by. */
  protected readonly asks: boolean;
  readonly channel: Server;
  credit: ChannelCredit | undefined = undefined;
  private heldBack: Tally | undefined = undefined;
  private unconfirmed = 0;
  /** Where its connection may be lost. */
  private readonly kept: Unconfirmed | undefined;
  /** Messages that wait for a place in the window, linked by `next`. */
  private firstBlocked = none;
  private unblocking = false;
  private lastBlocked = none;

  constructor(context: QueueContext, of: PublisherParts) {
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
    this.confirms = rabbitmq.confirmWindow > 0 || rabbitmq.transactionSize > 0;
    this.window = rabbitmq.confirmWindow > 0 ? rabbitmq.confirmWindow : Infinity;
    this.uniqueKeys = key.kind === "unique";
    this.asks = of.flow.requests !== undefined;
    this.channel = new Server(context, this.connection.node);
    this.connection.channels.push(this);
    this.credit = this.freshCredit();
    this.kept = context.faulty && this.confirms ? new Unconfirmed(context.copies) : undefined;
  }

  get node(): BrokerNode {
    return this.connection.node;
  }

  send(message: number): void {
    const { copies } = this;
    if (this.hasRoom) {
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
    const { gate, number } = this.connection;
    if (connection !== number) this.cutOff(message, connection);
    else if (gate.closed) this.wait(message);
    else this.goOut(message);
  }

  /** It has not left the client in time. */
  cutOff(message: number, connection: number): void {
    const { source, id } = this.copies.messages;
    const [from, number] = [source[message]!, id[message]!];
    this.breakOff(message, connection);
    if (!this.confirms && this.connection.wasLost(connection))
      this.context.applications.settled(from, number, false);
  }

  renew(_ended: number): void {
    const before = this.credit;
    this.credit = this.freshCredit();
    if (before !== undefined) this.connection.gate.open(before);
  }

  /** Into the socket. */
  goOut(message: number): void {
    const { context } = this;
    const { messages } = this.copies;
    this.credit?.wentOut();
    const { number: connection } = this.connection;
    context.stamp(message, Station.clientDone, this.place, 0);
    if (!this.confirms) context.applications.settled(messages.source[message]!, messages.id[message]!, true);
    const bytes = messages.bytes[message]! + deliveryOverhead;
    if (!this.connection.up.delays(bytes, ClientEvent.published, message, connection))
      this.published(message, connection);
  }

  /** It is at the broker: the channel parses it. */
  published(message: number, connection: number): void {
    const { context } = this;
    if (this.connection.isSilent(connection)) {
      this.breakOff(message, connection);
      return;
    }
    const { costs } = context;
    const { messages } = this.copies;
    if (connection === this.connection.number && this.credit?.read() === true) this.tellHeldBack();
    const routingKey = this.routes.textOf(messages.routing[message]!);
    context.stamp(message, Station.brokerReceived, this.routes.place, routingKey);
    const cost = costs.channelPerMessage + costs.brokerPerByte * messages.bytes[message]!;
    if (!this.channel.delays(cost, ClientEvent.parsed, message, connection)) this.parsed(message, connection);
  }

  /** The channel knows what it is to do. */
  parsed(message: number, connection: number): void {
    if (this.connection.isSilent(connection)) {
      this.breakOff(message, connection);
      return;
    }
    if (connection === this.connection.number) this.credit?.dealtWith();
    this.atChannel(message, connection);
  }

  protected atChannel(message: number, connection: number): void {
    this.route(message, connection);
  }

  /** Each queue gets a copy of its own, the last one the message itself. */
  protected route(message: number, connection: number): void {
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
    const queues = knownQueues(this.broker, this.routes.lookup(message).queues, this.node);
    const count = queues.length;
    context.stamp(message, Station.routed, this.routes.place, count);
    if (count === 0) {
      this.unroutable(message, connection);
      return;
    }
    const { source, id, bytes } = messages;
    const publish = publishes.allocate(source[message]!, id[message]!, count, Outcome.stored, connection);
    for (let i = 0; i < count; i++) this.sendsTo(this.broker.queues[queues[i]!]!, bytes[message]!);
    this.broker.spread(message, queues, publish, this.node);
  }

  /** Each queue is taken to have caused the way of the message to its node. */
  private sendsTo(queue: BrokerQueue, bytes: number): void {
    queue.network.add(this.kernel.now, bytes + deliveryOverhead);
    this.credit?.sent(queue.number, queue.rules.type === "quorum");
  }

  /** What keeps the client's thread is told once for each time. */
  private wait(message: number): void {
    const { gate } = this.connection;
    const { world } = this.context;
    if (gate.byAlarm && gate.waiting === 0)
      world.occurrences.add(this.kernel.now, "connectionBlocked", this.place, 0, "resource alarm");
    gate.hold(message);
  }

  private tellHeldBack(): void {
    const { occurrences } = this.context.world;
    this.heldBack ??= occurrences.tally("flowControlled", this.place, "credit flow");
    this.heldBack.happened(this.kernel.now);
  }

  /** A channel has some where processes take time. */
  private freshCredit(): ChannelCredit | undefined {
    const { queuePublish } = this.context.costs;
    return queuePublish === 0 ? undefined : new ChannelCredit(this.connection.gate);
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
    return this.routes.contentOf(message);
  }

  stored(publish: number): void {
    if (this.confirms && !this.outlived(publish)) this.answer(publish, settlementBytes);
    else this.answered(publish);
  }

  /** Nothing more leaves the client, and nobody waits for answers: what waited in it is given up. */
  crash(): void {
    const { messages } = this.copies;
    this.unconfirmed = 0;
    this.kept?.clear();
    for (let message = this.firstBlocked; message >= 0;) {
      const next = messages.next[message]!;
      this.abandon(message);
      message = next;
    }
    this.firstBlocked = none;
  }

  /** The client knows the outcome; without confirms the statistics alone do. */
  answered(publish: number): void {
    const { publishes } = this.context;
    const { now } = this.kernel;
    const source = publishes.source[publish]!;
    const id = publishes.id[publish]!;
    const outcome = publishes.outcome[publish]! as Outcome;
    if (this.confirms && this.outlived(publish)) {
      // What was lost with its node has been sent again.
      if (!this.connection.wasLost(publishes.connection[publish]!)) this.stats.giveUp(now);
      publishes.release(publish);
      return;
    }
    if (outcome === Outcome.stored) this.stats.accept(now, 1);
    else if (outcome === Outcome.refused) this.stats.refuse(now);
    else {
      if (this.mandatory) this.stamp(publish, Station.returned);
      this.stats.noRoute(now, this.mandatory);
    }
    if (this.confirms && outcome !== Outcome.refused) this.stamp(publish, Station.acknowledged);
    this.kept?.forget(id);
    publishes.release(publish);
    if (!this.confirms) return;
    const taken = outcome === Outcome.stored || (outcome === Outcome.unroutable && !this.mandatory);
    this.confirmed(source, id, taken);
  }

  /** The application hears of one message. */
  protected confirmed(source: number, id: number, taken: boolean): void {
    this.unconfirmed--;
    this.context.applications.settled(source, id, taken);
    this.unblock();
  }

  awaits(id: number): boolean {
    return this.kept?.has(id) === true;
  }

  /** What was not confirmed goes out again, before what waits, by the next connection. */
  connectionLost(): void {
    const { kept, context } = this;
    if (kept === undefined) return;
    this.unconfirmed = 0;
    const { first, last } = kept.sendAgain((id) => context.doubles.add(id));
    if (last < 0) return;
    const waiting = this.firstBlocked;
    this.firstBlocked = first;
    this.copies.messages.next[last] = waiting;
    if (waiting < 0) this.lastBlocked = last;
  }

  connectionRecovered(): void {
    this.channel.moveTo(this.connection.node);
    this.unblock();
  }

  /** It gets no further than this; the client sends it again where it knows that. */
  protected breakOff(message: number, connection: number): void {
    if (!this.confirms || !this.connection.wasLost(connection)) this.stats.giveUp(this.kernel.now);
    this.copies.end(message);
  }

  /** Answers whether the message was sent before. */
  protected handOver(message: number): boolean {
    const again = this.kept?.keep(message) === true;
    if (this.confirms) this.unconfirmed++;
    const { thread, slowness, number } = this.connection;
    if (this.asks) this.copies.correlations!.set(message, number, 0);
    const cost = this.context.costs.amqpClientPerMessage * slowness;
    if (!thread.delays(cost, ClientEvent.clientDone, message, number)) this.clientDone(message, number);
    return again;
  }

  abandon(message: number): void {
    this.stats.giveUp(this.kernel.now);
    this.copies.end(message);
  }

  /** The client that waited for its outcome has crashed since. */
  protected outlived(publish: number): boolean {
    return this.context.publishes.connection[publish] !== this.connection.number;
  }

  /** A mandatory message comes back before its confirm, and an unroutable one is confirmed like any other. */
  protected unroutable(message: number, connection: number): void {
    const bytes = this.copies.messages.bytes[message]! + deliveryOverhead;
    this.context.stamp(message, Station.unroutable, this.routes.place, 0);
    const publish = this.fail(message, connection, Outcome.unroutable);
    const returned = this.mandatory ? bytes : 0;
    if (this.mandatory || this.confirms)
      this.answer(publish, returned + (this.confirms ? settlementBytes : 0));
    else this.answered(publish);
  }

  /** The broker closes the channel; the application opens another one for its next message. */
  private refuse(message: number, connection: number): void {
    this.answer(this.fail(message, connection, Outcome.refused), settlementBytes);
  }

  private fail(message: number, connection: number, outcome: Outcome): number {
    const { messages } = this.copies;
    const publish = this.context.publishes.allocate(
      messages.source[message]!,
      messages.id[message]!,
      0,
      outcome,
      connection,
    );
    this.copies.end(message);
    return publish;
  }

  protected answer(publish: number, bytes: number): void {
    if (!this.connection.down.delays(bytes, ClientEvent.answered, publish, 0)) this.answered(publish);
  }

  protected get hasRoom(): boolean {
    return this.unconfirmed < this.window && this.connection.open;
  }

  /** Whether messages wait for room. */
  protected get hasBlocked(): boolean {
    return this.firstBlocked >= 0;
  }

  /** Without costs a message is confirmed while it is handed over: the next one follows here, not within that. */
  protected unblock(): void {
    if (this.unblocking) return;
    this.unblocking = true;
    for (let message; (message = this.firstBlocked) >= 0 && this.hasRoom; this.handOver(message)) {
      this.firstBlocked = this.copies.messages.next[message]!;
      this.copies.move(message, CopyState.publishing);
    }
    this.unblocking = false;
  }

  private stamp(publish: number, station: Station): void {
    const { publishes, world } = this.context;
    const id = publishes.id[publish]!;
    if (world.trace.wants(id)) world.trace.add(id, station, this.place, 0);
  }
}
