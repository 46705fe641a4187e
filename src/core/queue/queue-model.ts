import type { Costs } from "../model/calibration.ts";
import type { Consumer, Flow, RabbitMq, Source } from "../model/topology.ts";
import { assert } from "../sim/invariant.ts";
import type { Process } from "../sim/kernel.ts";
import type { Applications, Onward, Work, World } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import type { EntityKind, GraphEdge, Series } from "../stats/result.ts";
import { Broker, type BrokerQueue } from "./broker.ts";
import { ClusterFaults } from "./cluster-faults.ts";
import { ConsumerFleet } from "./consumer-fleet.ts";
import { Connection } from "./connection.ts";
import { Publisher } from "./publisher.ts";
import type { Publishing, QueueContext } from "./queue-context.ts";
import { ClientEvent, ReplyEvent, subscriptionOf } from "./queue-event.ts";
import {
  auditQueues,
  finishQueues,
  queueSeries,
  summarizeQueues,
  type QueueSummaries,
} from "./queue-report.ts";
import { bindingEdges, deathEdges } from "./route-edges.ts";
import { MembershipReconciliation } from "./membership-reconciliation.ts";
import { Preloaded, type PreloadDraw } from "./preloaded.ts";
import { placeQueues } from "./queue-placement.ts";
import { Replies } from "./replies.ts";
import type { ReplyConsumer } from "./reply-consumer.ts";
import { RouteTable } from "./route-table.ts";
import type { Subscription } from "./rotation.ts";
import { TransactionalPublisher } from "./transactional-publisher.ts";
import { settingsOf, virtualHost, type VirtualHost } from "./virtual-host.ts";

export type QueueConsumer = Consumer & { readonly from: Extract<Source, { kind: "queue" }> };

interface Sender {
  readonly name: string;
  readonly stats: ProducerStats;
  readonly connections: Connection[];
}

/** RabbitMQ in one run: exchanges, queues, channels, consumers. It owns every message from `send()` to its end. */
export class QueueModel implements Process {
  readonly host: VirtualHost;
  readonly broker: Broker;
  readonly queues: readonly BrokerQueue[];
  readonly routes: RouteTable[] = [];
  readonly context: QueueContext;
  readonly fleet: ConsumerFleet;
  /** By source. */
  private readonly publishers: Publishing[] = [];
  private readonly preloads: { readonly queue: BrokerQueue; readonly draw: PreloadDraw }[] = [];
  private readonly senders: Sender[] = [];
  /** How often each is in force, by node and resource. */
  private readonly alarms = new Map<string, number>();
  private readonly senderNumbers = new Map<string, number>();
  /** Of all producers, and of consumers that send on. */
  readonly connections: Connection[] = [];
  readonly replies: Replies;
  readonly faults: ClusterFaults;
  /** Where somebody adds replicas to quorum queues. */
  readonly reconciliation: MembershipReconciliation | undefined = undefined;
  private readonly rabbit: RabbitMq;

  /** `faulty`: whether connections, queues or nodes may fail. */
  constructor(
    world: World,
    rabbit: RabbitMq,
    of: { readonly costs: Costs; readonly applications: Applications; readonly faulty: boolean },
  ) {
    this.rabbit = rabbit;
    const base = world.kernel.register(this);
    const subscriptions: Subscription[] = [];
    const { publishers } = this;
    this.host = virtualHost(rabbit, world.kernel);
    const { nodes, heartbeat, reconciliation } = rabbit;
    this.broker = new Broker(world, this.host, {
      ...of,
      faulty: of.faulty || crashesAlone(this.host),
      base,
      publishers,
      subscriptions,
      nodes,
      heartbeat,
    });
    this.context = this.broker.context;
    this.queues = this.broker.queues;
    this.broker.onCancel = (subscription) => {
      const holder = this.fleet.holders[subscription.number];
      if (holder === undefined) (subscription.receiver as ReplyConsumer).cancelled();
      else holder.cancelled(subscription);
    };
    this.replies = new Replies(this.broker, subscriptions);
    // A queue that has gone keeps its number.
    const numbers = new Map(this.host.queues.map(({ name }, number) => [name, number]));
    this.fleet = new ConsumerFleet(this.context, subscriptions, this.queues, (name) => numbers.get(name));
    this.faults = new ClusterFaults(this, rabbit);
    if (reconciliation !== undefined && nodes > 1 && this.host.release.addsReplicas)
      this.reconciliation = new MembershipReconciliation(this, reconciliation);
  }

  /** The number of the application that sends under this name, the same one however often it is asked for. */
  sender(kind: "producer" | "consumer", name: string, stats: ProducerStats): number {
    const key = `${kind} ${name}`;
    let number = this.senderNumbers.get(key);
    if (number === undefined) {
      number = this.senders.push({ name, stats, connections: [] }) - 1;
      this.senderNumbers.set(key, number);
    }
    return number;
  }

  /** The way of an instance (from 0) into its exchange; `source` is what its messages carry, `place` who sends them. */
  outlet(sender: number, instance: number, flow: Flow, source: number, place: number): Publisher {
    const { stats, connections } = this.senders[sender]!;
    const connection = (connections[instance] ??= this.connect(place));
    const { broker, replies } = this;
    if (flow.to.kind === "reply") {
      const routes = replies.routes(flow.rabbitmq, flow.to.name);
      const settings = { connection, broker, routes, flow, stats, place, source };
      const publisher = replies.publisher(settings, this.senders[sender]!.name);
      this.publishers[source] = publisher;
      return publisher;
    }
    const routes = this.routeTable(flow);
    this.routes.push(routes);
    const Type = flow.rabbitmq.transactionSize > 0 ? TransactionalPublisher : Publisher;
    const publisher = new Type(this.context, { connection, broker, routes, flow, stats, place, source });
    this.publishers[source] = publisher;
    if (flow.requests !== undefined)
      replies.expect(publisher, flow.requests, { source, place, name: this.senders[sender]!.name });
    return publisher;
  }

  /** Its instances compete for the messages of its queues; `works` has an entry for each that there may be. */
  consumer(
    consumer: QueueConsumer,
    stats: ConsumerStats,
    works: readonly Work[],
    onward: readonly Onward[] = [],
  ): void {
    this.fleet.add(consumer, stats, works, onward);
  }

  start(): void {
    placeQueues(this);
    this.reconciliation?.trigger();
    this.broker.exclusives.withhold(this.rabbit.bindings.map(settingsOf));
    this.fill();
    this.fleet.begin();
    for (const consumer of this.replies.consumers) consumer.start();
  }

  /** What a queue holds when the run starts. */
  preload(name: string, draw: PreloadDraw): void {
    const queue = this.broker.queue(name);
    assert(queue !== undefined, "a queue that holds something exists");
    this.preloads.push({ queue, draw });
  }

  private fill(): void {
    let filled = 0;
    for (const { queue, draw } of this.preloads) {
      const scope = this.host.scopeOfQueue(queue.name);
      const preloaded = new Preloaded(queue, scope, queue.name.slice(scope.length));
      this.publishers[preloaded.source] = preloaded;
      preloaded.fill(draw, this.context, filled);
      filled += draw.messages;
    }
  }

  /** An instance that sends is gone, with all that it had not sent. `instance` from 0. */
  crashSender(kind: "producer" | "consumer", name: string, instance: number): void {
    const number = this.senderNumbers.get(`${kind} ${name}`);
    if (number === undefined) return;
    const connection = this.senders[number]!.connections[instance];
    if (connection === undefined) return;
    connection.crash();
    // The list has no entries for sources that send to the other broker.
    this.publishers.forEach((publisher) => {
      if (publisher instanceof Publisher && publisher.connection === connection) publisher.crash();
    });
    for (const consumer of this.replies.consumers) if (consumer.connection === connection) consumer.crash();
  }

  /** A producer's process is there again. */
  startProducer(name: string, instance: number): void {
    const connection = this.connectionOf(name, instance);
    for (const consumer of this.replies.consumers) if (consumer.connection === connection) consumer.start();
  }

  /** While a node is short of anything, the broker reads nothing from connections that publish. */
  alarm(node: number, resource: string, raised: boolean): void {
    const about = `${node} ${resource}`;
    const count = (this.alarms.get(about) ?? 0) + (raised ? 1 : -1);
    if (count > 0) this.alarms.set(about, count);
    else this.alarms.delete(about);
    for (const { gate } of this.connections)
      if (this.alarms.size > 0) gate.close("alarm");
      else gate.open("alarm");
  }

  /** Takes what is ready out of a queue; what consumers hold stays with them. (Q5) */
  purge(name: string): void {
    const queue = this.host.queue(name);
    if (queue === undefined) return;
    const { kernel, occurrences } = this.context.world;
    const place = this.place("queue", name, null);
    occurrences.add(kernel.now, "purged", place, this.queues[queue]!.purge(), "timeline");
  }

  slowProducer(name: string, instance: number, factor: number): void {
    const connection = this.connectionOf(name, instance);
    if (connection !== undefined) connection.slowness = factor;
  }

  handle(kind: number, a: number, b: number): void {
    const { context, fleet } = this;
    const { publishes } = context;
    switch (kind as ClientEvent) {
      case ClientEvent.clientDone:
        return this.publisherOf(a).clientDone(a, b);
      case ClientEvent.published:
        return this.publisherOf(a).published(a, b);
      case ClientEvent.parsed:
        return this.publisherOf(a).parsed(a, b);
      case ClientEvent.answered:
        return this.publisherAt(publishes.source[a]!).answered(a);
      case ClientEvent.forwarded:
        return fleet.holders[b]!.link.forwarded(a, b);
      case ClientEvent.received:
        return fleet.holders[b]!.received(a, b);
      case ClientEvent.worked:
        if (context.handlers.generation[a] === b) fleet.connections[context.handlers.consumer[a]!]!.worked(a);
        return undefined;
      case ClientEvent.retries:
        if (context.handlers.generation[a] === b)
          fleet.connections[context.handlers.consumer[a]!]!.retried(a);
        return undefined;
      case ClientEvent.settling:
        return fleet.holders[subscriptionOf(b)]!.link.settling(a, b);
      case ClientEvent.settlingParsed:
        return fleet.holders[subscriptionOf(b)]!.link.settlingParsed(a, b);
      case ClientEvent.reconnects:
        return this.connections[a]!.recover();
      case ClientEvent.recovers:
        return fleet.connections[a]!.recover();
      case ClientEvent.nodeStarts:
        return this.faults.startNode(a);
      case ClientEvent.commitArrives:
        return this.transactional(a).commitArrived(b);
      case ClientEvent.commitParsed:
        return this.transactional(a).commitParsed(b);
      case ClientEvent.committed:
        return this.transactional(a).committed(b);
      case ClientEvent.starts:
        return fleet.start(a);
      case ClientEvent.stops:
        return fleet.stop(a);
      default:
        return kind >= ReplyEvent.forwarded
          ? this.replies.handle(kind, a, b)
          : this.broker.handle(kind, a, b);
    }
  }

  /** Counts again by walking the structures what is counted at every move. */
  audit(): void {
    auditQueues(this);
  }

  /** Books what is under way when the run ends. */
  finish(now: number): void {
    finishQueues(this, now);
  }

  summary(): QueueSummaries {
    return summarizeQueues(this);
  }

  series(): Series[] {
    return queueSeries(this);
  }

  /** What exchanges lead to and how replies go, with the messages that went there inside the window. */
  edges(): GraphEdge[] {
    return [...bindingEdges(this.host, this.routes, this.broker.deathSteps), ...this.replies.edges()];
  }

  /** What left queues inside the window: for consumers, or as dead letters. */
  *departed(): Iterable<GraphEdge> {
    for (const { name, departures } of this.queues) yield* deathEdges(this.host, name, departures.passedOn);
    const { holders, subscriptions } = this.fleet;
    for (const { number, queue, delivered: messages } of subscriptions) {
      const holder = holders[number];
      if (holder === undefined) continue;
      const to = `consumer:${this.context.world.places.list[holder.place]!.name}`;
      yield { from: `queue:${this.queues[queue]!.name}`, to, label: "", messages };
    }
  }

  private connectionOf(producer: string, instance: number): Connection | undefined {
    const number = this.senderNumbers.get(`producer ${producer}`);
    return number === undefined ? undefined : this.senders[number]!.connections[instance];
  }

  private connect(producer: number): Connection {
    const connection = new Connection(this.context, this.connections.length, producer, (message) =>
      this.publisherOf(message),
    );
    this.connections.push(connection);
    return connection;
  }

  private publisherOf(message: number): Publisher {
    return this.publisherAt(this.context.copies.messages.source[message]!);
  }

  private publisherAt(source: number): Publisher {
    return this.publishers[source] as Publisher;
  }

  private transactional(source: number): TransactionalPublisher {
    return this.publishers[source] as TransactionalPublisher;
  }

  private routeTable({ to, rabbitmq }: Flow): RouteTable {
    const { world } = this.context;
    assert(
      to.kind === "exchange" || to.kind === "queue",
      "a flow of this model goes to an exchange or a queue",
    );
    if (to.kind === "queue") {
      const place = this.place("queue", to.name.text, null);
      const scope = this.host.scopeOfQueue(to.name.text);
      const key = { ...to.name, text: to.name.text.slice(scope.length) };
      const routingKey = { kind: "weights", keys: [key], weights: [1] } as const;
      const publishing = { ...rabbitmq, routingKey };
      return new RouteTable(world, this.host, {
        exchange: this.host.exchange(scope)!.handle,
        straight: true,
        place,
        publishing,
      });
    }
    const exchange = this.host.exchange(to.name.text);
    assert(exchange !== undefined, "a producer's exchange exists");
    const place = this.place("exchange", to.name.text, null);
    const { handle } = exchange;
    return new RouteTable(world, this.host, {
      exchange: handle,
      straight: false,
      place,
      publishing: rabbitmq,
    });
  }

  private place(kind: EntityKind, name: string, number: number | null): number {
    return this.context.world.places.add(kind, name, number);
  }
}

/** Whether a queue may end by a fault of the broker's own. */
function crashesAlone({ release, queues }: VirtualHost): boolean {
  const single = queues.some(({ arguments: args }) => args.get("x-single-active-consumer") === true);
  return single && !release.successorStartsAtOnce;
}
