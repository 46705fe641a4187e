import type { Publishing, Requests } from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import { assert } from "../sim/invariant.ts";
import type { GraphEdge } from "../stats/result.ts";
import type { Broker } from "./broker.ts";
import { Correlations } from "./correlations.ts";
import type { PublisherParts } from "./publisher-parts.ts";
import type { Publisher } from "./publisher.ts";
import { ReplyEvent } from "./queue-event.ts";
import { ReplyConsumer } from "./reply-consumer.ts";
import { ReplyPublisher } from "./reply-publisher.ts";
import { Requester } from "./requester.ts";
import { Subscription } from "./rotation.ts";
import { RouteTable } from "./route-table.ts";

/** What the management pages of the broker call the exchange without a name. */
const defaultExchangeName = "(AMQP default)";

/** Requests and their replies: who asks, who answers, and the reply queues between them. */
export class Replies {
  readonly consumers: ReplyConsumer[] = [];
  private readonly broker: Broker;
  private readonly subscriptions: Subscription[];
  /** By source. */
  private readonly requesters: Requester[] = [];
  /** The names of those, by source. */
  private readonly names: string[] = [];
  private readonly publishers: { readonly consumer: string; readonly publisher: ReplyPublisher }[] = [];

  constructor(broker: Broker, subscriptions: Subscription[]) {
    this.broker = broker;
    this.subscriptions = subscriptions;
  }

  /** The messages of a source are requests. */
  expect(
    { connection, channel }: Publisher,
    { replyTo }: Requests,
    of: { readonly source: number; readonly place: number; readonly name: string },
  ): void {
    const { context, host, queues } = this.broker;
    const { source, place } = of;
    context.copies.correlations ??= new Correlations();
    const queue = replyTo === undefined ? undefined : host.queue(replyTo.text);
    this.requesters[source] = new Requester(context, { source, connection, channel, queue, place });
    this.names[source] = of.name;
    if (replyTo === undefined) return;
    assert(queue !== undefined, "a reply queue exists");
    if (this.consumers.some((one) => one.connection === connection && one.queue.number === queue)) return;
    this.consumers.push(
      new ReplyConsumer(context, {
        number: this.consumers.length,
        connection,
        queue: queues[queue]!,
        place,
        newSubscription: (receiver) => this.subscribe(receiver, queue),
        take: (copy) => this.take(copy, source),
      }),
    );
  }

  /** The way of replies: the default exchange, by the key that each request says. */
  routes(publishing: Publishing, name: Name): RouteTable {
    const { context, host } = this.broker;
    const place = context.world.places.add("exchange", defaultExchangeName, null);
    return new RouteTable(context.world, host, {
      exchange: host.exchange("")!.handle,
      straight: true,
      place,
      publishing: { ...publishing, routingKey: { kind: "weights", keys: [name], weights: [1] } },
    });
  }

  publisher(settings: PublisherParts, consumer: string): ReplyPublisher {
    const publisher = new ReplyPublisher(this.broker.context, settings, this.requesters);
    this.publishers.push({ consumer, publisher });
    return publisher;
  }

  handle(kind: number, a: number, b: number): void {
    switch (kind as ReplyEvent) {
      case ReplyEvent.forwarded:
        return this.requesters[b]!.forwarded(a);
      case ReplyEvent.parsed:
        return this.requesters[b]!.parsed(a);
      case ReplyEvent.received:
        return this.requesters[b]!.received(a);
      case ReplyEvent.queuedForwarded:
        return this.consumerOf(b).forwarded(a, b);
      case ReplyEvent.queuedReceived:
        return this.consumerOf(b).received(a, b);
      case ReplyEvent.recovers:
        return this.consumers[a]!.recover();
    }
  }

  /** From those who answer to those who ask, straight or by a queue, with the replies that were sent and those that came. */
  edges(): GraphEdge[] {
    const { queues, context } = this.broker;
    const label = "reply";
    const edges: GraphEdge[] = [];
    for (const { consumer, publisher } of this.publishers)
      publisher.sentTo.forEach((messages, asking) => {
        const { queue } = this.requesters[asking]!;
        const to = queue === undefined ? `producer:${this.names[asking]}` : `queue:${queues[queue]!.name}`;
        edges.push({ from: `consumer:${consumer}`, to, label, messages });
      });
    for (const { queue, place, came: messages } of this.consumers) {
      const to = `producer:${context.world.places.list[place]!.name}`;
      edges.push({ from: `queue:${queue.name}`, to, label, messages });
    }
    return edges;
  }

  private consumerOf(subscription: number): ReplyConsumer {
    return this.subscriptions[subscription]!.receiver as ReplyConsumer;
  }

  private subscribe(receiver: ReplyConsumer, queue: number): Subscription {
    const settings = { prefetch: Infinity, noAck: true };
    const subscription = new Subscription(this.subscriptions.length, queue, receiver, settings);
    this.subscriptions.push(subscription);
    this.broker.queues[queue]!.subscriptions.push(subscription);
    return subscription;
  }

  /** A message has come by a reply queue: to whoever asked for it, if it is a reply at all. */
  private take(copy: number, source: number): void {
    const { copies, publishers, applications } = this.broker.context;
    const { source: sources, routing } = copies.messages;
    const from = publishers[sources[copy]!];
    const asking = routing[copy]!;
    const isOurs =
      from instanceof ReplyPublisher &&
      this.requesters[asking]!.connection === this.requesters[source]!.connection;
    const request = isOurs ? from.requestOf(copy) : -1;
    copies.end(copy);
    applications.replied(isOurs ? asking : source, request);
  }
}
