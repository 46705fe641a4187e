import { Link, SerialServer } from "../sim/station.ts";
import { Station } from "../stats/trace.ts";
import { RequestState } from "./batches.ts";
import type { Connection } from "./connection.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { ProducerClient } from "./producer-client.ts";

/** The thread of a producer's client that closes batches, which is when they are compressed, and sends requests. (Sender) */
export class RequestSender {
  private readonly context: LogContext;
  private readonly client: ProducerClient;
  private readonly thread = new SerialServer();
  private readonly packedLane: number;
  private readonly up: Link;
  private readonly upLane: number;

  constructor(context: LogContext, client: ProducerClient) {
    const { kernel, costs } = context;
    this.context = context;
    this.client = client;
    this.packedLane = kernel.lane();
    this.up = new Link(costs.networkBandwidth, costs.networkLatency);
    this.upLane = kernel.lane();
  }

  send(first: number, connection: Connection): void {
    const { context, client } = this;
    const { batches, kernel } = context;
    const work = client.compression?.close(first) ?? 0;
    batches.connection[first] = connection.number;
    batches.state[first] = RequestState.underWay;
    batches.failed[first] = 0;
    if (client.awaitsAnswer) {
      batches.sentAt[first] = kernel.now;
      connection.requests.push(first);
      if (!connection.guarded) client.recovery.guard(connection, kernel.now);
    }
    for (let batch = first; batch >= 0; batch = batches.next[batch]!)
      client.stamp(batch, Station.batchClosed);
    const packed = this.thread.serve(kernel.now, work * client.slowness);
    connection.drainedAt = kernel.now;
    connection.packing++;
    if (!context.defers(packed, this.packedLane, LogEvent.requestPacked, first, client.number))
      this.leaves(first, connection);
  }

  /** What it carries is compressed. */
  packed(first: number): void {
    const { context, client } = this;
    const connection = context.connections[context.batches.connection[first]!]!;
    this.leaves(first, connection);
    // librdkafka makes no more requests while some are not sent.
    if (client.settings.librdkafka !== undefined && !client.dead) client.drain(connection);
  }

  private leaves(first: number, connection: Connection): void {
    const { context, client } = this;
    const { batches, kernel } = context;
    connection.packing--;
    if (batches.state[first] === RequestState.given) {
      batches.release(first);
      return;
    }
    if (client.dead) {
      if (client.awaitsAnswer) connection.answered(first);
      client.recovery.abandon(first);
      return;
    }
    let bytes = 0;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      bytes += batches.bytes[batch]!;
      client.stamp(batch, Station.requestSent);
    }
    const arrival = this.up.send(kernel.now, bytes);
    if (!client.awaitsAnswer) client.accept(first);
    if (!context.defers(arrival, this.upLane, LogEvent.produceArrives, first)) context.requests.arrive(first);
  }
}
