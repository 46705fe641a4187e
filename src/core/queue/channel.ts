import type { Broker } from "./broker.ts";
import type { ClassicQueue } from "./classic-queue.ts";
import type { BrokerNode } from "./cluster.ts";
import { Consumption, type ConsumeRequest } from "./consumption.ts";
import { carbonCopies, type Content } from "./content.ts";
import { CopyState } from "./copies.ts";
import { byConsumer, byQueue, type Held } from "./held.ts";
import { inMapOrder } from "./map-order.ts";
import { NotSimulated } from "./not-simulated.ts";
import { Outcome, unwatched } from "./publishes.ts";
import type { Publishing } from "./queue-context.ts";
import { Verdict } from "./queue-event.ts";
import { QuorumQueue } from "./quorum-queue.ts";
import {
  internalError,
  notAllowed,
  notImplemented,
  preconditionFailed,
  resourceLocked,
  type Refusal,
} from "./refusal.ts";
import { ChannelLimit, Subscription } from "./rotation.ts";
import { StreamQueue } from "./stream-queue.ts";

/** What the broker tells a client on a channel. */
export interface ChannelListener {
  delivered(consumer: string, tag: number, copy: number): void;
  returned(content: Content): void;
  /** `nack` where a queue has refused its copy. */
  confirmed(number: number, result: "ack" | "nack"): void;
  cancelled(consumer: string): void;
}

type Delivery = Omit<Held, "since">;

/** Tells queues, by their numbers, that a channel has ended. */
type Tell = (queues: ReadonlySet<number>, lose: (queue: number) => void) => void;

const tellAtOnce: Tell = (queues, lose) => {
  for (const queue of queues) lose(queue);
};

const expirationMax = 4_294_967_295;

/** One AMQP channel at the broker: its consumers, what they hold, and its publishes. */
export class Channel implements Publishing {
  readonly persistent = false;
  readonly confirms = true;
  readonly uniqueKeys = true;
  readonly credit = undefined;
  readonly priority = undefined;
  readonly lifetime = Infinity;
  readonly node: BrokerNode;
  readonly number: number;
  readonly connection: string;
  open = true;
  private readonly broker: Broker;
  private readonly listener: ChannelListener;
  private readonly subscriptions: Subscription[];
  private readonly consumptions = new Map<string, Consumption>();
  private takers = 0;
  /** Of `basic.get`, one for each queue. */
  private readonly getters = new Map<number, Subscription>();
  private readonly limit = new ChannelLimit();
  /** By delivery tag, ascending. */
  private readonly unacked = new Map<number, Held>();
  /** Publishes that are not confirmed, by handle. */
  private readonly numbers = new Map<number, number>();
  private prefetch = 0;
  private tags = 0;

  /** `number`: the source of its messages; `subscriptions`: all of the broker. */
  constructor(
    broker: Broker,
    of: {
      readonly number: number;
      readonly connection: string;
      readonly subscriptions: Subscription[];
      readonly listener: ChannelListener;
    },
  ) {
    this.broker = broker;
    this.node = broker.context.cluster.nodes[0]!;
    this.number = of.number;
    this.connection = of.connection;
    this.subscriptions = of.subscriptions;
    this.listener = of.listener;
  }

  awaits(): boolean {
    return false;
  }

  contentOf(): Content {
    throw new RangeError("each message of a channel has a content of its own");
  }

  /** `number`: what the client calls the publish; `bytes` of the body. */
  publish(number: number, content: Content, bytes: number, mandatory: boolean): Refusal | undefined {
    const { broker } = this;
    const { context, host } = broker;
    const refusal = host.publishRefusal(content.exchange) ?? contentRefusal(content);
    if (refusal !== undefined) {
      context.rules?.count(content.expiration === undefined ? "R6" : "X6");
      return refusal;
    }
    if (content.deaths.length > 0 || content.headers.has("x-death")) context.rules?.count("X5");
    const { copies, publishes } = context;
    const { messages } = copies;
    const message = messages.allocate();
    messages.bytes[message] = bytes;
    messages.source[message] = this.number;
    messages.id[message] = number;
    copies.enter(message, CopyState.publishing);
    const sent = {
      ...content,
      routingKeys: [...content.routingKeys, ...carbonCopies(content.headers)],
      headers: new Map([...content.headers].filter(([name]) => name !== "BCC")),
    };
    copies.contents.set(message, sent);
    broker.take(message, sent, (queues) => {
      if (queues === 0) {
        if (mandatory) this.listener.returned(sent);
        this.listener.confirmed(number, "ack");
        return unwatched;
      }
      const publish = publishes.allocate(this.number, number, queues, Outcome.stored, 0);
      this.numbers.set(publish, number);
      return publish;
    });
    return undefined;
  }

  stored(publish: number): void {
    const { publishes } = this.broker.context;
    const result = publishes.outcome[publish] === Outcome.refused ? "nack" : "ack";
    const number = this.numbers.get(publish)!;
    this.numbers.delete(publish);
    publishes.release(publish);
    if (this.open) this.listener.confirmed(number, result);
  }

  /** A prefetch for each consumer takes away the one of the whole channel. */
  qos(prefetch: number, global: boolean): Refusal | undefined {
    if (global && this.broker.host.release.refusesGlobalQos) return notImplemented;
    if (!global) this.prefetch = prefetch;
    else if (prefetch > 0 && this.hasQuorumConsumers)
      throw new NotSimulated(
        "a limit for a whole channel after its consumers of quorum queues is not simulated: RabbitMQ 3.10 does not limit those, and counts their acks for the others",
      );
    const { limit } = this;
    const wasFull = limit.full;
    limit.limit = !global || prefetch === 0 ? Infinity : prefetch;
    if (wasFull && !limit.full) this.broker.resume(limit.subscriptions);
    return undefined;
  }

  consume(consumer: string, queueName: string, request: ConsumeRequest): Refusal | undefined {
    const { broker } = this;
    const refusal = this.consumptions.has(consumer)
      ? notAllowed
      : broker.host.queueRefusal(queueName, this.connection);
    if (refusal === notAllowed || refusal === resourceLocked) broker.context.rules?.count("D3");
    if (refusal !== undefined) return refusal;
    const queue = broker.queue(queueName)!;
    const consumption = new Consumption(request, this.prefetch, this.limit.limit < Infinity, broker.context);
    const refused = consumption.refusalBy(queue);
    if (refused !== undefined) return refused;
    const held = [...this.unacked.values()].filter(({ by }) => by.tag === consumer);
    if (queue instanceof QuorumQueue && held.length > 0)
      throw new NotSimulated(
        "a consumer of a quorum queue with the tag of a cancelled one, while that holds messages, is not simulated: RabbitMQ 3.10 ends the connection at the next delivery",
      );
    this.consumptions.set(consumer, consumption);
    const by = { tag: consumer, number: ++this.takers };
    let delivered = 0;
    const deliver = (copy: number): void =>
      this.deliver({ copy, by, nth: delivered++, subscription: consumption.subscription! });
    const subscription = new Subscription(
      this.subscriptions.length,
      queue.number,
      { deliver },
      {
        prefetch: this.prefetch === 0 || request.noAck ? Infinity : this.prefetch,
        noAck: request.noAck,
        priority: consumption.priority,
        filter: consumption.filter,
        channel: this.limit,
      },
    );
    this.subscriptions.push(subscription);
    queue.subscriptions.push(subscription);
    for (const one of held)
      if (one.subscription.queue === queue.number) one.subscription.successor = subscription;
    consumption.begin(queue, subscription);
    return undefined;
  }

  /** What it holds stays with the channel. */
  cancel(consumer: string): void {
    const subscription = this.consumptions.get(consumer)?.subscription;
    this.consumptions.delete(consumer);
    if (subscription !== undefined) this.broker.queues[subscription.queue]!.cancel(subscription);
  }

  /** The head of a queue; undefined when it is empty. */
  get(
    queueName: string,
    noAck: boolean,
  ): Refusal | { readonly tag: number; readonly copy: number } | undefined {
    const { broker } = this;
    const refusal = broker.host.queueRefusal(queueName, this.connection);
    if (refusal !== undefined) return refusal;
    const queue = broker.queue(queueName)!;
    if (queue instanceof StreamQueue) return notImplemented;
    if (queue instanceof QuorumQueue && queue.rules.singleActiveConsumer) return resourceLocked;
    const holder = this.getter(queue, noAck);
    const copy = queue.fetch(holder);
    if (copy < 0) return undefined;
    const tag = ++this.tags;
    const by = { tag: undefined, number: ++this.takers };
    if (!noAck) this.hold(tag, { copy, by, nth: 0, subscription: holder });
    return { tag, copy };
  }

  /** What was delivered to be settled by its delivery alone, once it has been looked at. */
  forget(copy: number): void {
    const { context, queues } = this.broker;
    const { copies, subscriptions } = context;
    const queue = queues[subscriptions[copies.at[copy]!]!.queue]!;
    queue.finish(copy);
    copies.end(copy);
  }

  /** An unknown delivery tag closes the channel, as does anything but an ack the connection on a stream. */
  settle(tag: number, multiple: boolean, verdict: Verdict): Refusal | undefined {
    const tags = multiple
      ? [...this.unacked.keys()].filter((one) => tag === 0 || one <= tag)
      : this.unacked.has(tag)
        ? [tag]
        : [];
    if (tags.length === 0 && !(multiple && tag === 0)) {
      this.broker.context.rules?.count("D3");
      return preconditionFailed;
    }
    return this.settleAll(tags, verdict);
  }

  /** `basic.recover` with requeue. What a stream does not do ends the channel's process, and the connection with it. */
  recover(): Refusal | undefined {
    const refusal = this.settleAll([...this.unacked.keys()], Verdict.requeue);
    return refusal === undefined ? undefined : internalError;
  }

  /** Whether the oldest of its deliveries waits for its ack for longer than this, ns. (`evaluate_consumer_timeout`) */
  isOverdue(timeout: number): boolean {
    const [oldest] = this.unacked.values();
    return oldest !== undefined && this.broker.context.world.kernel.now - oldest.since > timeout;
  }

  /** What its consumers hold returns to the queues, which hear of its end one after the other: `tell` says in which order, and when. */
  close(tell = tellAtOnce): void {
    if (!this.open) return;
    this.open = false;
    const consumers = [...this.consumptions.values()].map(({ subscription }) => subscription!);
    this.consumptions.clear();
    const holding = this.inOrderOfReturn().map(({ subscription }) => subscription);
    tell(new Set([...consumers, ...holding].map(({ queue }) => queue)), (number) => {
      const held = this.inOrderOfReturn().filter(({ subscription }) => subscription.queue === number);
      for (const { tag } of held) this.unacked.delete(tag);
      this.broker.queues[number]!.lose(
        consumers.filter(({ queue }) => queue === number),
        held.map(({ copy }) => copy),
      );
    });
  }

  /** Its queue has gone. */
  cancelled(subscription: Subscription): void {
    for (const [consumer, one] of this.consumptions)
      if (one.subscription === subscription) {
        this.consumptions.delete(consumer);
        this.listener.cancelled(consumer);
      }
  }

  private get hasQuorumConsumers(): boolean {
    const { queues } = this.broker;
    return this.limit.subscriptions.some(({ queue }) => queues[queue] instanceof QuorumQueue);
  }

  private settleAll(tags: readonly number[], verdict: Verdict): Refusal | undefined {
    const { queues } = this.broker;
    const held = tags.map((tag) => this.unacked.get(tag)!);
    for (const { subscription } of held) {
      const queue = queues[subscription.queue];
      if (queue instanceof StreamQueue && !queue.deleted && verdict !== Verdict.ack) return notImplemented;
    }
    for (const tag of tags) this.unacked.delete(tag);
    for (const some of byConsumer(held))
      for (const [number, together] of byQueue(some)) {
        const queue = queues[number]!;
        const areMap = verdict === Verdict.requeue && queue instanceof QuorumQueue && queue.takesBackMaps;
        const inOrder = areMap ? inMapOrder(together, ({ nth }) => nth) : together;
        queue.settledTogether(
          inOrder.map(({ copy }) => copy),
          verdict,
        );
      }
    return undefined;
  }

  /** A quorum queue takes back what one consumer holds after the other; `basic.get` has its delivery tag for a name. (`rabbit_fifo:handle_down`) */
  private inOrderOfReturn(): (Held & { readonly tag: number })[] {
    const { consumersByTag } = this.broker.context.release;
    const places = [...this.unacked].map(([tag, held]) => ({
      held: { ...held, tag },
      place: consumersByTag ? (held.by.tag ?? String(tag)) : held.by.number,
    }));
    places.sort((a, b) => Number(a.place > b.place) - Number(a.place < b.place));
    return places.map(({ held }) => held);
  }

  private deliver(delivery: Delivery & { readonly by: { readonly tag: string } }): void {
    const { copy, by, subscription } = delivery;
    const tag = ++this.tags;
    if (!subscription.noAck) this.hold(tag, delivery);
    if (this.open) this.listener.delivered(by.tag, tag, copy);
    this.countDelivery(subscription);
    if (subscription.noAck) this.forget(copy);
  }

  private hold(tag: number, delivery: Delivery): void {
    this.unacked.set(tag, { ...delivery, since: this.broker.context.world.kernel.now });
  }

  private countDelivery(subscription: Subscription): void {
    const { rules } = this.broker.context;
    if (rules === undefined) return;
    const queue = this.broker.queues[subscription.queue]!;
    if (queue.consumers > 1) rules.count("D1");
    if (subscription.prefetch < Infinity || this.limit.limit < Infinity) rules.count("D2");
    if (queue.rules.singleActiveConsumer) rules.count("D5");
    if (queue.rules.maxPriority > 0) rules.count("Q6");
    if (queue instanceof QuorumQueue && queue.prioritizes) rules.count("Q7");
    if (queue instanceof StreamQueue) rules.count("S2");
  }

  private getter(queue: ClassicQueue, noAck: boolean): Subscription {
    const known = this.getters.get(queue.number);
    if (known !== undefined && known.noAck === noAck) return known;
    const holder = new Subscription(
      this.subscriptions.length,
      queue.number,
      { deliver: () => undefined },
      { prefetch: Infinity, noAck },
    );
    this.subscriptions.push(holder);
    queue.subscriptions.push(holder);
    this.getters.set(queue.number, holder);
    return holder;
  }
}

/** A publish with an `expiration` that is no number, or with keys that are no list, closes the channel. */
function contentRefusal({ expiration, headers }: Content): Refusal | undefined {
  if (expiration !== undefined && !(/^\d+$/.test(expiration) && Number(expiration) <= expirationMax))
    return preconditionFailed;
  for (const name of ["CC", "BCC"])
    if (headers.has(name) && !Array.isArray(headers.get(name))) return preconditionFailed;
  return undefined;
}
