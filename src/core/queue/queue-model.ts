import type { Costs } from "../model/calibration.ts";
import type { Consumer, Flow, RabbitMq, Source } from "../model/topology.ts";
import { assert, assertNever } from "../sim/invariant.ts";
import type { Process } from "../sim/kernel.ts";
import { LimitReached } from "../sim/limit.ts";
import { CorePool } from "../sim/station.ts";
import type { Applications, Outlet, Work, World } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import type { EntityKind, GraphEdge, Series } from "../stats/result.ts";
import { ClassicQueue } from "./classic-queue.ts";
import { ConsumerInstance } from "./consumer-instance.ts";
import { Copies } from "./copies.ts";
import { Handlers } from "./handlers.ts";
import { Wire } from "./passage.ts";
import { Publisher, Connection } from "./publisher.ts";
import { Publishes } from "./publishes.ts";
import { QueueEvent, settledBy, type QueueContext, type Verdict } from "./queue-context.ts";
import {
  auditQueues,
  finishQueues,
  queueSeries,
  summarizeQueues,
  type QueueSummaries,
} from "./queue-report.ts";
import { bindingEdges } from "./route-edges.ts";
import { RouteTable } from "./route-table.ts";
import { Subscription } from "./rotation.ts";
import { defaultExchange, virtualHost, type VirtualHost } from "./virtual-host.ts";

export type QueueConsumer = Consumer & { readonly from: Extract<Source, { kind: "queue" }> };

/** A copy holds the number of its queue or subscription in 16 bits. */
const numbersMax = 65_536;

interface ProducerEntry {
  readonly stats: ProducerStats;
  readonly place: number;
  readonly connections: Connection[];
}

/** RabbitMQ in one run: exchanges, queues, channels, consumers. It owns every message from `send()` to its final state. */
export class QueueModel implements Process {
  readonly host: VirtualHost;
  readonly queues: readonly ClassicQueue[];
  readonly consumers: ConsumerInstance[] = [];
  readonly routes: RouteTable[] = [];
  readonly context: QueueContext;
  private readonly publishers: Publisher[] = [];
  private readonly subscriptions: Subscription[] = [];
  /** The instance of each subscription. */
  private readonly holders: ConsumerInstance[] = [];
  private readonly producers: ProducerEntry[] = [];
  private readonly producerNumbers = new Map<string, number>();
  private readonly times: { readonly startsAt: number; readonly stopsAt: number }[] = [];

  constructor(world: World, rabbit: RabbitMq, costs: Costs, applications: Applications) {
    const { kernel, trace, messages } = world;
    const base = kernel.register(this);
    const copies = new Copies(messages);
    this.host = virtualHost(rabbit);
    this.context = {
      world,
      costs,
      applications,
      copies,
      publishes: new Publishes(),
      handlers: new Handlers(),
      publishers: this.publishers,
      subscriptions: this.subscriptions,
      cores: new CorePool(costs.brokerCores),
      disk: new Wire({ world, base }, costs.diskBandwidth, 0),
      base,
      stamp: (copy, station, place, detail) => {
        const id = messages.id[copy]!;
        if (trace.wants(id)) trace.add(kernel.now, id, station, place, detail);
      },
    };
    this.queues = this.host.queues.map(
      ({ name, durable }, number) => new ClassicQueue(this.context, number, name, durable),
    );
  }

  /** The number of the producer of this name, the same one however often it is asked for. */
  producer(name: string, stats: ProducerStats): number {
    let number = this.producerNumbers.get(name);
    if (number === undefined) {
      number = this.producers.push({ stats, place: this.place("producer", name, null), connections: [] }) - 1;
      this.producerNumbers.set(name, number);
    }
    return number;
  }

  /** The way of a flow instance into its exchange; `source` is what its messages carry. */
  outlet(producer: number, instance: number, flow: Flow, source: number): Outlet {
    const { stats, place, connections } = this.producers[producer]!;
    const connection = (connections[instance] ??= new Connection(this.context));
    const routes = this.routeTable(flow);
    this.routes.push(routes);
    const { queues } = this;
    const publisher = new Publisher(this.context, { connection, queues, routes, flow, stats, place });
    this.publishers[source] = publisher;
    return publisher;
  }

  /** Its instances compete for the messages of its queues; `works` has an entry for each. */
  consumer(consumer: QueueConsumer, stats: ConsumerStats, works: readonly Work[]): void {
    const { settings, queues } = consumer.from;
    const subscriptions = this.subscriptions.length + consumer.instances * queues.length;
    if (subscriptions > numbersMax || this.queues.length > numbersMax)
      throw new LimitReached(
        "consumers",
        `A run can have ${numbersMax} queues, and as many consumers on them; use fewer instances.`,
      );
    for (let instance = 0; instance < consumer.instances; instance++) {
      const member = new ConsumerInstance(this.context, this.queues, {
        number: this.consumers.length,
        instance,
        settings,
        concurrency: consumer.concurrency,
        stats,
        work: works[instance]!,
        place: this.place("consumer", consumer.name.text, instance + 1),
      });
      this.consumers.push(member);
      this.times.push(consumer);
      const noAck = settings.ack === "auto";
      for (const { text } of queues) {
        const queue = this.host.queue(text);
        assert(queue !== undefined, "a consumer's queue exists");
        const prefetch = noAck ? Infinity : settings.prefetch;
        const subscription = new Subscription(this.subscriptions.length, queue, member, prefetch, noAck);
        this.subscriptions.push(subscription);
        this.holders.push(member);
        member.subscriptions.push(subscription);
        this.queues[queue]!.subscriptions.push(subscription);
      }
    }
  }

  /** Consumers that start at 0 have subscribed before the run begins. */
  start(): void {
    const { kernel } = this.context.world;
    for (const [number, { startsAt, stopsAt }] of this.times.entries()) {
      if (startsAt <= 0) this.consumers[number]!.start();
      else if (startsAt < Infinity) kernel.at(startsAt, this.context.base | QueueEvent.starts, number, 0);
      if (stopsAt < Infinity) kernel.at(stopsAt, this.context.base | QueueEvent.stops, number, 0);
    }
  }

  handle(kind: number, a: number, b: number): void {
    const { context, queues, publishers } = this;
    const { copies, publishes } = context;
    const event = kind as QueueEvent;
    switch (event) {
      case QueueEvent.clientDone:
        return this.publisherOf(a).clientDone(a);
      case QueueEvent.published:
        return this.publisherOf(a).published(a);
      case QueueEvent.parsed:
        return this.publisherOf(a).parsed(a);
      case QueueEvent.enqueued:
        return queues[copies.at[a]!]!.enqueued(a);
      case QueueEvent.written:
        if (--publishes.left[a]! === 0) publishers[publishes.source[a]!]!.stored(a);
        return undefined;
      case QueueEvent.answered:
        return publishers[publishes.source[a]!]!.answered(a);
      case QueueEvent.dispatched: {
        const subscription = this.subscriptions[copies.at[a]!]!;
        return queues[subscription.queue]!.dispatched(a, subscription);
      }
      case QueueEvent.received:
        return this.holders[copies.at[a]!]!.received(a);
      case QueueEvent.worked:
        return this.consumers[context.handlers.consumer[a]!]!.worked(a);
      case QueueEvent.settling:
        return this.holders[settledBy(context, a, b as Verdict).number]!.settling(a, b as Verdict);
      case QueueEvent.settlingParsed:
        return this.holders[settledBy(context, a, b as Verdict).number]!.settlingParsed(a, b as Verdict);
      case QueueEvent.settled:
        return queues[settledBy(context, a, b as Verdict).queue]!.settled(a, b as Verdict);
      case QueueEvent.starts:
        return this.consumers[a]!.start();
      case QueueEvent.stops:
        return this.consumers[a]!.stop();
      default:
        return assertNever(event);
    }
  }

  /** Copies without a final state. */
  get inFlight(): number {
    return this.context.copies.unfinished;
  }

  /** Nothing is under way any more, acks and confirms included. */
  get drained(): boolean {
    return this.context.copies.alive === 0 && this.context.publishes.open === 0;
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

  /** What exchanges lead to, with the messages that went there inside the window. */
  edges(): GraphEdge[] {
    return bindingEdges(this.host, this.routes);
  }

  private publisherOf(message: number): Publisher {
    return this.publishers[this.context.copies.messages.source[message]!]!;
  }

  private routeTable({ to, rabbitmq }: Flow): RouteTable {
    const { world } = this.context;
    assert(to.kind !== "topic", "a flow of this model goes to an exchange or a queue");
    const { routingKey: choice, headers } = rabbitmq;
    if (to.kind === "queue") {
      const place = this.place("queue", to.name.text, null);
      const name = { kind: "weights", keys: [to.name], weights: [1] } as const;
      const straight = { exchange: defaultExchange, straight: true, place, choice: name, headers };
      return new RouteTable(world, this.host, straight);
    }
    const exchange = this.host.exchange(to.name.text);
    assert(exchange !== undefined, "a producer's exchange exists");
    const place = this.place("exchange", to.name.text, null);
    const named = { exchange: exchange.handle, straight: false, place, choice, headers };
    return new RouteTable(world, this.host, named);
  }

  private place(kind: EntityKind, name: string, number: number | null): number {
    return this.context.world.places.add(kind, name, number);
  }
}
