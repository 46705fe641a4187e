import { Station } from "../stats/trace.ts";
import type { Accumulator } from "./accumulator.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";

/** The brokers' side of producing. A request is a list of batches of different partitions, named by its first. */
export class ProduceRequests {
  private readonly context: LogContext;

  constructor(context: LogContext) {
    this.context = context;
  }

  /** A core handles the request; appends to a partition, and requests of a connection, follow one another. */
  arrive(first: number): void {
    const { batches, costs, kernel } = this.context;
    const { connection, client } = this.accumulatorOf(first);
    let cost = costs.kafkaPerRequest;
    let earliest = Math.max(kernel.now, connection.handledUntil);
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      cost += costs.kafkaPerBatch + batches.bytes[batch]! * costs.brokerPerByte;
      earliest = Math.max(earliest, this.accumulatorOf(batch).partition.appendedUntil);
      client.stamp(batch, Station.brokerReceived);
    }
    const done = connection.broker.cores.serve(earliest, cost);
    connection.handledUntil = done;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!)
      this.accumulatorOf(batch).partition.appendedUntil = done;
    if (!this.context.defers(done, connection.doneLane, LogEvent.produceDone, first)) this.finish(first);
  }

  /** All batches are appended; then the fetches that waited for them are answered, then the producer. */
  finish(first: number): void {
    const { batches, replication } = this.context;
    const { client } = this.accumulatorOf(first);
    let awaiting = 0;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) this.append(batch);
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      const { groups, replicas } = this.accumulatorOf(batch).partition;
      if (replicas === undefined) for (const of of groups) of.session?.wake();
      else if (client.settings.acks === "all" && batches.refused[batch] === 0) {
        batches.request[batch] = first;
        awaiting++;
      }
    }
    batches.awaiting[first] = awaiting;
    if (awaiting === 0) this.answer(first);
    replication.wake();
  }

  /** All replicas in sync have the batch. */
  replicated(batch: number): void {
    const { batches } = this.context;
    const first = batches.request[batch]!;
    if (--batches.awaiting[first]! === 0) this.answer(first);
  }

  private answer(first: number): void {
    const { client } = this.accumulatorOf(first);
    if (!client.awaitsAnswer) client.settle(first);
    else if (!this.context.defersHop(LogEvent.produceAnswered, first)) client.answered(first);
  }

  private append(batch: number): void {
    const { batches, messages, kernel } = this.context;
    const accumulator = this.accumulatorOf(batch);
    const { partition } = accumulator;
    const count = batches.count[batch]!;
    const bytes = batches.bytes[batch]!;
    if (partition.storage?.refuses(messages, batches.head[batch]!) === true) {
      batches.refused[batch] = 1;
      accumulator.held -= count;
      return;
    }
    const base = partition.append(messages, batches.head[batch]!, count, bytes, kernel.now);
    accumulator.held -= count;
    this.stamp(batch, partition.place, base);
    const { replicas } = partition;
    if (replicas !== undefined) {
      if (accumulator.client.settings.acks === "all") replicas.await(batch);
      replicas.appended();
      return;
    }
    if (partition.readers === 0) partition.forget();
    for (const of of partition.groups) of.group.appended(of, count, bytes);
  }

  private stamp(batch: number, place: number, base: number): void {
    const { trace, messages, kernel, batches } = this.context;
    let offset = base;
    for (let m = batches.head[batch]!; m >= 0 && trace.wants(messages.id[m]!); m = messages.next[m]!)
      trace.add(kernel.now, messages.id[m]!, Station.appended, place, offset++);
  }

  private accumulatorOf(batch: number): Accumulator {
    return this.context.accumulators[this.context.batches.accumulator[batch]!]!;
  }
}
