import { directReplyTo } from "../model/topology.ts";
import { Station } from "../stats/trace.ts";
import type { BrokerNode } from "./cluster.ts";
import type { Connection } from "./connection.ts";
import { CopyState } from "./copies.ts";
import { unheard } from "./loss-rules.ts";
import type { Server } from "./passage.ts";
import { deliveryOverhead, type QueueContext } from "./queue-context.ts";
import { ReplyEvent } from "./queue-event.ts";

/** How one flow of an instance gets its replies. */
export class Requester {
  readonly connection: Connection;
  /** The queue that they come by; undefined where they come straight from the channels that they are published on. */
  readonly queue: number | undefined;
  private readonly context: QueueContext;
  private readonly source: number;
  private readonly channel: Server;
  private readonly place: number;

  constructor(
    context: QueueContext,
    of: {
      readonly source: number;
      readonly connection: Connection;
      readonly channel: Server;
      readonly queue: number | undefined;
      readonly place: number;
    },
  ) {
    this.context = context;
    this.source = of.source;
    this.connection = of.connection;
    this.channel = of.channel;
    this.queue = of.queue;
    this.place = of.place;
  }

  /** A direct reply is for the channel that its request came by; false where that has gone. */
  isThere(reply: number): boolean {
    const { open, number } = this.connection;
    return open && this.context.copies.correlations!.connection[reply] === number;
  }

  /** A direct reply leaves the channel that it was published on, for that of the requester, on whatever node. */
  send(reply: number, from: BrokerNode): void {
    const { copies, cluster } = this.context;
    copies.move(reply, CopyState.replying);
    const bytes = copies.messages.bytes[reply]! + deliveryOverhead;
    const to = this.connection.node;
    if (!cluster.delays(from, to, bytes, ReplyEvent.forwarded, reply, this.source)) this.forwarded(reply);
  }

  /** It is at the requester's channel. */
  forwarded(reply: number): void {
    if (!this.isThere(reply)) this.abandon(reply);
    else {
      const cost = this.context.costs.channelPerMessage;
      if (!this.channel.delays(cost, ReplyEvent.parsed, reply, this.source)) this.parsed(reply);
    }
  }

  /** The channel has passed it on. */
  parsed(reply: number): void {
    if (!this.isThere(reply)) this.abandon(reply);
    else {
      const bytes = this.context.copies.messages.bytes[reply]! + deliveryOverhead;
      if (!this.connection.down.delays(bytes, ReplyEvent.received, reply, this.source)) this.received(reply);
    }
  }

  received(reply: number): void {
    if (!this.isThere(reply)) {
      this.abandon(reply);
      return;
    }
    const { copies, applications } = this.context;
    const request = copies.correlations!.request[reply]!;
    this.context.stamp(reply, Station.received, this.place, 0);
    this.context.stamp(reply, Station.finished, this.place, 0);
    copies.end(reply);
    applications.replied(this.source, request);
  }

  private abandon(reply: number): void {
    const { context } = this;
    const { places, keys } = context.world;
    // There is no such queue, and clients name it as one.
    const place = places.add("queue", directReplyTo, null);
    context.stamp(reply, Station.dropped, place, keys.idOf(unheard));
    context.copies.end(reply);
  }
}
