import { Station } from "../stats/trace.ts";
import type { Accumulator } from "./accumulator.ts";
import { appendWork, storedBytes } from "./batch-compression.ts";
import { Outcome, RequestState } from "./batches.ts";
import type { Broker } from "./broker.ts";
import type { Connection } from "./connection.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { ProducerClient } from "./producer-client.ts";
import type { ProducerIds } from "./producer-ids.ts";
import type { ReplicaSet } from "./replication/replica-set.ts";

/** The brokers' side of producing. A request is a list of batches of different partitions, named by its first. */
export class ProduceRequests {
  private readonly context: LogContext;
  /** Undefined where none is forgotten before the end of the run. */
  private readonly producerIds: ProducerIds | undefined;
  /** Emptied lists of replica sets, to be filled again. */
  private readonly lists: ReplicaSet[][] = [];

  constructor(context: LogContext, producerIds: ProducerIds | undefined) {
    this.context = context;
    this.producerIds = producerIds;
  }

  /** A core handles the request; appends to a partition, and requests of a connection, follow one another. */
  arrive(first: number): void {
    const { batches, costs, kernel } = this.context;
    const connection = this.connectionOf(first);
    const { client } = connection;
    if (connection.cut && this.isHeldUp(first, connection)) return;
    let cost = costs.kafkaPerRequest;
    let earliest = Math.max(kernel.now, connection.handledUntil);
    if (client.transactions !== undefined) {
      const wait = client.transactions.enlist(first, connection.broker);
      if (wait === undefined) return;
      earliest = Math.max(earliest, kernel.now + wait);
    }
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      const { partition } = this.accumulatorOf(batch);
      cost += costs.kafkaPerBatch + batches.bytes[batch]! * costs.brokerPerByte;
      partition.network.add(kernel.now, batches.bytes[batch]!);
      if (client.compression !== undefined || partition.compression !== undefined)
        cost +=
          costs.codecWork * appendWork(batches, batch, client.settings.compression, partition.compression);
      earliest = Math.max(earliest, partition.appendedUntil);
      client.stamp(batch, Station.brokerReceived);
    }
    let done = connection.broker.work(earliest, cost);
    if (this.context.flushes) done += this.flushTime(first, connection.broker);
    connection.threadTime += cost * connection.broker.slowness;
    connection.handledUntil = done;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!)
      this.accumulatorOf(batch).partition.appendedUntil = done;
    if (!this.context.defers(done, connection.doneLane, LogEvent.produceDone, first)) this.finish(first);
  }

  /** All batches are appended; then the fetches that waited for them are answered, then the producer. */
  finish(first: number): void {
    const { batches, replication } = this.context;
    const connection = this.connectionOf(first);
    const { broker, client } = connection;
    if (!broker.alive || batches.state[first] === RequestState.given) {
      this.drop(first);
      return;
    }
    if (connection.limited && connection.mutedUntil > this.context.kernel.now) {
      this.context.timer(connection.mutedUntil, LogEvent.produceDone, first, 0);
      return;
    }
    const waits = client.settings.acks === "all";
    let sets: ReplicaSet[] | undefined;
    batches.awaiting[first] = batches.failed[first] = 0;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      const accumulator = this.accumulatorOf(batch);
      const { replicas } = accumulator.partition;
      if (client.transactions?.fencedAt(accumulator.partition) === true) {
        batches.outcome[batch] = Outcome.invalidProducerEpoch;
        batches.failed[first]!++;
        continue;
      }
      if (this.isTooLarge(batch, accumulator)) {
        batches.outcome[batch] = Outcome.messageTooLarge;
        batches.failed[first]!++;
        continue;
      }
      if (replicas === undefined) {
        batches.outcome[batch] = Outcome.ok;
        this.append(batch, accumulator);
        continue;
      }
      if (this.refusal(batch, replicas, broker) === Outcome.ok) this.appendReplicated(batch, replicas);
      if (batches.outcome[batch] !== Outcome.ok) batches.failed[first]!++;
      else if (batches.refused[batch] === 0) {
        sets ??= this.lists.pop() ?? [];
        sets.push(replicas);
        if (waits) this.await(first, batch, replicas);
      }
    }
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      const { unbound, replicas, transactions } = this.accumulatorOf(batch).partition;
      if (replicas !== undefined) continue;
      for (const of of unbound) of.wake();
      transactions?.advance();
    }
    if (batches.awaiting[first] === 0) this.answer(first, connection);
    else batches.state[first] = RequestState.waits;
    if (sets === undefined) return;
    for (const set of sets) set.appended();
    while (sets.length > 0) sets.pop();
    this.lists.push(sets);
    replication.wake();
  }

  /** Appends return when their logs are flushed, where `flush.messages` asks for that. */
  private flushTime(first: number, { slowness }: Broker): number {
    const { batches, costs } = this.context;
    let time = 0;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!)
      if (this.accumulatorOf(batch).partition.flushes(batches.count[batch]!))
        time += costs.diskFlush * slowness;
    return time;
  }

  /** As it came, or as it would be stored. */
  private isTooLarge(batch: number, { partition, client }: Accumulator): boolean {
    const { maxMessageBytes, compression } = partition;
    const { batches } = this.context;
    if (batches.bytes[batch]! > maxMessageBytes) return true;
    if (compression === undefined) return false;
    return storedBytes(batches, batch, client.settings.compression, compression) > maxMessageBytes;
  }

  /** All replicas in sync have the batch. */
  replicated(batch: number): void {
    this.decided(batch, Outcome.ok);
  }

  /** The leader that let it wait leads no more; if it runs, it says so. */
  leaderLost(batch: number): void {
    if (this.connectionOf(this.context.batches.request[batch]!).broker.alive)
      this.decided(batch, Outcome.notLeaderOrFollower);
  }

  /** The network is mended: what was on its way arrives. */
  resume(connection: Connection): void {
    for (const first of connection.heldRequests.splice(0)) this.arrive(first);
    for (const first of connection.heldAnswers.splice(0)) this.sendAnswer(first, connection.client);
  }

  private decided(batch: number, outcome: Outcome): void {
    const { batches } = this.context;
    const first = batches.request[batch]!;
    batches.outcome[batch] = outcome;
    if (outcome !== Outcome.ok) batches.failed[first]!++;
    if (--batches.awaiting[first]! === 0) this.answer(first, this.connectionOf(first));
  }

  private answer(first: number, connection: Connection): void {
    const { batches } = this.context;
    const { client } = connection;
    if (connection.limited) this.throttle(first, connection);
    if (!client.awaitsAnswer) {
      if (batches.failed[first]! > 0) this.loseUnanswered(first);
      client.settle(first);
      return;
    }
    batches.state[first] = RequestState.answered;
    if (connection.cut) connection.heldAnswers.push(first);
    else this.sendAnswer(first, client);
  }

  /** The answer goes at once; the broker reads nothing more from the connection for the throttle time. */
  private throttle(first: number, connection: Connection): void {
    const { batches, kernel } = this.context;
    let bytes = 0;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) bytes += batches.bytes[batch]!;
    const wait = Math.max(
      connection.quota?.take(kernel.now, bytes) ?? 0,
      connection.requestQuota?.take(kernel.now, connection.threadTime) ?? 0,
    );
    connection.threadTime = 0;
    if (wait <= 0) return;
    connection.mutedUntil = Math.max(connection.mutedUntil, kernel.now + wait);
    // Without answers the client is held by what the broker does not read.
    if (!connection.client.awaitsAnswer) connection.client.recovery.mute(connection);
  }

  private sendAnswer(first: number, client: ProducerClient): void {
    if (!this.context.defersHop(LogEvent.produceAnswered, first)) client.answered(first);
  }

  /** Why a leader does not take a batch; what a restarted attempt has in the log already is not appended again. */
  private refusal(batch: number, replicas: ReplicaSet, broker: { readonly number: number }): Outcome {
    const { batches } = this.context;
    const accumulator = this.accumulatorOf(batch);
    const { settings } = accumulator.client;
    batches.outcome[batch] = Outcome.ok;
    if (replicas.leader === undefined || replicas.leader.broker !== broker)
      return (batches.outcome[batch] = Outcome.notLeaderOrFollower);
    if (settings.acks === "all" && replicas.inSync < replicas.minInSync)
      return (batches.outcome[batch] = Outcome.notEnoughReplicas);
    if (settings.idempotence && this.refusesSequence(batch, accumulator, replicas))
      return (batches.outcome[batch] = Outcome.outOfOrderSequence);
    return Outcome.ok;
  }

  private refusesSequence(batch: number, { client, memory }: Accumulator, replicas: ReplicaSet): boolean {
    const { batches, kernel } = this.context;
    // While a transaction is open, who writes in it is not forgotten.
    if (this.producerIds !== undefined && client.transactions === undefined)
      memory.forgetsBy(this.producerIds, kernel.now);
    if (!memory.refuses(batches.sequence[batch]!)) return false;
    return batches.placed[batch]! < 0 || !replicas.has(batch);
  }

  private appendReplicated(batch: number, replicas: ReplicaSet): void {
    const { batches, messages, replication } = this.context;
    const accumulator = this.accumulatorOf(batch);
    const { settings } = accumulator.client;
    if (batches.placed[batch]! >= 0 && replicas.has(batch)) {
      // A duplicate is answered with its old offset. (ProducerAppendInfo)
      if (settings.idempotence && accumulator.memory.remembers) return;
      let offset = batches.placed[batch]!;
      for (let m = batches.head[batch]!; m >= 0; m = messages.next[m]!)
        replication.lost.copied(messages.id[m]!, accumulator.partition, offset++);
    }
    this.append(batch, accumulator);
    batches.placedEnd[batch] = accumulator.partition.log.batchEnd;
    batches.placedCuts[batch] = replicas.cuts.length;
  }

  private await(first: number, batch: number, replicas: ReplicaSet): void {
    const { batches } = this.context;
    batches.request[batch] = first;
    if (batches.placedEnd[batch]! <= this.accumulatorOf(batch).partition.log.readableBatches) return;
    batches.awaiting[first]!++;
    replicas.await(batch);
  }

  private append(batch: number, accumulator: Accumulator): void {
    const { batches, messages, kernel } = this.context;
    const { partition } = accumulator;
    const count = batches.count[batch]!;
    const bytes = storedBytes(batches, batch, accumulator.client.settings.compression, partition.compression);
    if (partition.storage?.refuses(messages, batches.head[batch]!) === true) {
      batches.refused[batch] = 1;
      accumulator.held -= count;
      return;
    }
    const base = partition.append(
      messages,
      batches.head[batch]!,
      count,
      bytes,
      kernel.now,
      accumulator.client,
    );
    if (batches.placed[batch]! < 0) accumulator.held -= count;
    batches.placed[batch] = base;
    accumulator.memory.follows(batches.sequence[batch]!, count);
    if (this.producerIds !== undefined)
      accumulator.memory.writes(messages.sentAt[batches.tail[batch]!]!, kernel.now);
    this.stamp(batch, partition.place, base);
    if (partition.replicas !== undefined) return;
    if (partition.readers === 0) partition.forget();
    for (const of of partition.unbound) of.group.appended(of, count, bytes);
  }

  /** The way to the broker is cut: whether the request is lost there, or waits for the network. */
  private isHeldUp(first: number, connection: Connection): boolean {
    const { batches, cluster } = this.context;
    if (batches.state[first] === RequestState.given || !connection.broker.alive) this.drop(first);
    else if (cluster.network.reaches(connection.client, connection.broker)) return false;
    else connection.heldRequests.push(first);
    return true;
  }

  /** Nobody handles it. */
  private drop(first: number): void {
    const { batches } = this.context;
    const { client } = this.accumulatorOf(first);
    if (batches.state[first] === RequestState.given) batches.release(first);
    else if (client.awaitsAnswer) batches.state[first] = RequestState.dropped;
    else {
      for (let batch = first; batch >= 0; batch = batches.next[batch]!)
        batches.outcome[batch] = Outcome.networkException;
      this.loseUnanswered(first);
      client.settle(first);
    }
  }

  /** Under `acks: 0` nobody hears that a broker did not take it. */
  private loseUnanswered(first: number): void {
    const { batches, replication } = this.context;
    const { broker, client } = this.connectionOf(first);
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      if (batches.outcome[batch] === Outcome.ok) continue;
      this.accumulatorOf(batch).held -= batches.count[batch]!;
      replication.lost.unheard(batch, broker, client);
    }
  }

  private stamp(batch: number, place: number, base: number): void {
    const { trace, messages, batches } = this.context;
    let offset = base;
    for (let m = batches.head[batch]!; m >= 0 && trace.wants(messages.id[m]!); m = messages.next[m]!)
      trace.add(messages.id[m]!, Station.appended, place, offset++);
  }

  private accumulatorOf(batch: number): Accumulator {
    return this.context.accumulators[this.context.batches.accumulator[batch]!]!;
  }

  private connectionOf(first: number): Connection {
    return this.context.connections[this.context.batches.connection[first]!]!;
  }
}
