import type { DeliveryEnd } from "../sim/world.ts";
import { Station } from "../stats/trace.ts";
import type { Content } from "./content.ts";
import { knownQueues } from "./known-queues.ts";
import { Outcome } from "./publishes.ts";
import type { PublisherParts } from "./publisher-parts.ts";
import { Publisher } from "./publisher.ts";
import { deliveryOverhead, type QueueContext } from "./queue-context.ts";
import type { Requester } from "./requester.ts";

/** The channel that a consumer answers requests on: each goes where its request says. */
export class ReplyPublisher extends Publisher {
  /** Replies inside the window, by the source that asked; holes where it has had none. */
  readonly sentTo: number[] = [];
  /** By source. */
  private readonly requesters: readonly Requester[];

  constructor(context: QueueContext, of: PublisherParts, requesters: readonly Requester[]) {
    super(context, of);
    this.requesters = requesters;
  }

  reply(message: number, { connection, id }: DeliveryEnd): void {
    this.copies.correlations!.set(message, connection, id);
    this.count(this.copies.messages.routing[message]!);
    this.send(message);
  }

  /** The request that a message answers, in the run. */
  requestOf(message: number): number {
    return this.copies.correlations!.request[message]!;
  }

  override contentOf(message: number): Content {
    const requester = this.requesterOf(message);
    const content = super.contentOf(message);
    if (requester.queue === undefined) return content;
    const { name, scope } = this.broker.host.queues[requester.queue]!;
    return { ...content, exchange: scope, routingKeys: [name.slice(scope.length)] };
  }

  /** The default exchange leads to the reply queue; a direct reply goes from channel to channel, and is confirmed then. */
  protected override route(message: number, connection: number): void {
    const { source, id } = this.copies.messages;
    const requester = this.requesterOf(message);
    const { queue } = requester;
    const direct = queue === undefined;
    const reached = direct ? requester.isThere(message) : this.finds(queue);
    this.context.stamp(message, Station.routed, this.routes.place, reached ? 1 : 0);
    if (!reached) {
      this.unroutable(message, connection);
      return;
    }
    const publish = this.context.publishes.allocate(
      source[message]!,
      id[message]!,
      direct ? 0 : 1,
      Outcome.stored,
      connection,
    );
    if (!direct) {
      const of = this.broker.queues[queue]!;
      of.network.add(this.context.world.kernel.now, this.copies.messages.bytes[message]! + deliveryOverhead);
      this.broker.spread(message, [queue], publish, this.node);
    } else {
      requester.send(message, this.node);
      this.stored(publish);
    }
  }

  /** Whether the default exchange leads to the reply queue. */
  private finds(queue: number): boolean {
    return !this.broker.queues[queue]!.deleted && knownQueues(this.broker, [queue], this.node).length > 0;
  }

  private count(asking: number): void {
    const { kernel, window } = this.context.world;
    if (kernel.now >= window.from) this.sentTo[asking] = (this.sentTo[asking] ?? 0) + 1;
  }

  private requesterOf(message: number): Requester {
    return this.requesters[this.copies.messages.routing[message]!]!;
  }
}
