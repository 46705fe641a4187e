import type { KafkaProducerSettings } from "../model/topology.ts";
import { SerialServer } from "../sim/station.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import { Station } from "../stats/trace.ts";
import { Accumulator } from "./accumulator.ts";
import type { Broker } from "./broker.ts";
import { BatchCompression } from "./batch-compression.ts";
import { DeliveryTimeout } from "./delivery-timeout.ts";
import { doneWith } from "./batch-sequences.ts";
import { RequestState } from "./batches.ts";
import { BufferPool } from "./buffer-pool.ts";
import type { CompressionEstimate } from "./compression-estimate.ts";
import { ClientConnections } from "./client-connections.ts";
import type { Connection } from "./connection.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import { lacksKey } from "./loss-rules.ts";
import type { Partition } from "./partition.ts";
import { ProducerFlush } from "./producer-flush.ts";
import { ProducerRecovery } from "./producer-recovery.ts";
import { batchOverhead, recordBytes } from "./record-size.ts";
import { TransactionalProducer } from "./transactions/transactional-producer.ts";
import { unkeyedPartitioner, type TimedPartitioner } from "./partitioning.ts";
import { RequestSender } from "./request-sender.ts";
import type { StickyPartitioner } from "./sticky-partitioner.ts";
import type { Topic } from "./topic.ts";

/** Kafka's producer client of one instance: one thread, batches by partition, requests by broker. */
export class ProducerClient {
  readonly number: number;
  /** From 0. */
  readonly instance: number;
  /** Its process has crashed: it sends nothing more, and hears no answer. */
  dead = false;
  /** Its thread takes so many times as long. */
  slowness = 1;
  readonly settings: KafkaProducerSettings;
  /** Records in the thread: `send()` took them, no batch has them. */
  inThread = 0;
  /** Its application waits for outcomes: to send anew, or to commit what it has read. */
  closedLoop = false;
  readonly accumulators: Accumulator[] = [];
  /** Undefined where it sends records as they are. */
  readonly compression: BatchCompression | undefined;
  private readonly context: LogContext;
  /** Requests that may be made before they are sent. */
  private readonly packingMax: number;
  private readonly name: string;
  private readonly stats: ProducerStats;
  readonly place: number;
  readonly awaitsAnswer: boolean;
  private readonly thread = new SerialServer();
  private readonly threadLane: number;
  private readonly lingerLane: number;
  readonly sender: RequestSender;
  private readonly connections: ClientConnections;
  private readonly lines = new Map<Topic, readonly Accumulator[]>();
  private readonly sticky = new Map<Topic, StickyPartitioner | TimedPartitioner>();
  readonly recovery: ProducerRecovery;
  readonly deliveryTimeout: DeliveryTimeout;
  readonly flushing: ProducerFlush;
  readonly pool: BufferPool;
  /** Undefined where it sends outside transactions. */
  readonly transactions: TransactionalProducer | undefined;

  /** `name`: of its random streams. */
  constructor(
    context: LogContext,
    settings: KafkaProducerSettings,
    stats: ProducerStats,
    place: number,
    name: string,
    instance: number,
  ) {
    const { kernel } = context;
    this.context = context;
    this.name = name;
    this.instance = instance;
    this.number = context.clients.length;
    this.settings = settings;
    this.awaitsAnswer = settings.acks !== 0;
    this.packingMax = settings.librdkafka?.backpressure ?? Infinity;
    this.stats = stats;
    this.place = place;
    this.threadLane = kernel.lane();
    this.lingerLane = kernel.lane();
    this.recovery = new ProducerRecovery(context, this, name);
    this.deliveryTimeout = new DeliveryTimeout(context, this);
    this.flushing = new ProducerFlush(context, this);
    this.pool = new BufferPool(context, this);
    this.connections = new ClientConnections(context, this);
    this.sender = new RequestSender(context, this);
    if (settings.compression.codec !== "none") this.compression = new BatchCompression(context, settings);
    const { transactions } = settings;
    this.transactions =
      transactions === undefined ? undefined : new TransactionalProducer(context, this, transactions, stats);
  }

  get now(): number {
    return this.context.kernel.now;
  }

  /** The accumulators of a topic, one a partition. */
  accumulatorsOf(topic: Topic): readonly Accumulator[] {
    let line = this.lines.get(topic);
    if (line === undefined) {
      const estimate = this.compression?.estimate();
      line = topic.partitions.map((partition) => this.accumulatorOf(partition, estimate));
      this.lines.set(topic, line);
    }
    return line;
  }

  /** All flows of a client that send into a topic stick to the same partition. */
  stickyOf(topic: Topic, streamName: string): StickyPartitioner | TimedPartitioner {
    let sticky = this.sticky.get(topic);
    if (sticky === undefined) {
      const { kernel } = this.context;
      const stream = kernel.stream(streamName);
      const known = this.accumulatorsOf(topic).slice(0, topic.count);
      sticky = unkeyedPartitioner(kernel, stream, known, this.settings);
      this.sticky.set(topic, sticky);
    }
    return sticky;
  }

  /** The application calls `send()`; false when the thread is done with the record at once. */
  keeps(message: number): boolean {
    const { context } = this;
    this.inThread++;
    const cost = context.costs.kafkaClientPerMessage * this.slowness;
    const { now } = context.kernel;
    // It passes a free thread without leaving a trace there.
    if (cost === 0 && this.thread.busyUntil <= now) return false;
    const done = this.thread.serve(now, cost);
    return context.defers(done, this.threadLane, LogEvent.clientDone, message, this.number);
  }

  /** Bytes of the record as the next one of the batch being filled, if there is one. */
  bytesIn(accumulator: Accumulator, message: number): number {
    const batch = accumulator.last;
    return batch < 0 ? 0 : this.bytesOf(message, this.context.batches.count[batch]!);
  }

  /** Whether the batch being filled has room for so many bytes. */
  fits(accumulator: Accumulator, bytes: number): boolean {
    return !accumulator.full && accumulator.filled + bytes <= this.settings.batchSize;
  }

  /** The batch being filled takes no more. */
  close(accumulator: Accumulator): void {
    accumulator.lastFull = accumulator.lastReady = true;
    this.becomesReady(accumulator);
  }

  /** Puts a record into its partition's batch. False where a new batch needs memory that is not free. */
  join(accumulator: Accumulator, message: number): boolean {
    const bytes = this.bytesIn(accumulator, message);
    return this.append(accumulator, message, bytes, this.fits(accumulator, bytes));
  }

  /** As `join`, of a record that has so many bytes in the batch being filled, and fits there or opens another. */
  append(accumulator: Accumulator, message: number, bytesIn: number, fits: boolean): boolean {
    const { batches, messages, trace } = this.context;
    const { batchSize, batchMessages, linger } = this.settings;
    const memory = this.pool.memoryFor(message, !fits);
    if (!fits && memory === 0) return false;
    this.pool.take(memory);
    const id = messages.id[message]!;
    if (trace.wants(id)) trace.add(id, Station.clientDone, this.place, 0);
    this.inThread--;
    accumulator.held++;
    if (linger === 0 && accumulator.batches === 0 && this.sendsAtOnce(accumulator)) {
      this.sendAlone(accumulator, message, memory);
      return true;
    }
    const before = fits ? accumulator.filled : 0;
    const batch = fits ? accumulator.last : this.openBatch(accumulator);
    batches.memory[batch]! += memory;
    batches.add(batch, message, fits ? bytesIn : this.bytesOf(message, 0), messages);
    if (!fits) this.deliveryTimeout.watch(batch);
    const after = (accumulator.filled = batches.estimated(batch));
    accumulator.appendedBytes = after - before;
    accumulator.lastFull = after >= batchSize || batches.count[batch]! >= batchMessages;
    if (accumulator.lastFull || linger === 0) accumulator.lastReady = true;
    if (accumulator.ready) this.becomesReady(accumulator);
    return true;
  }

  /** Batches leave without lingering. */
  hurry(): void {
    for (const accumulator of this.accumulators)
      if (accumulator.batches > 0) {
        accumulator.lastReady = true;
        this.becomesReady(accumulator);
      }
  }

  /** Nothing waits for the same broker, and a slot in flight is free. */
  private sendsAtOnce({ connection, backsOff, unresolved }: Accumulator): boolean {
    if (backsOff || unresolved || connection.packing >= this.packingMax) return false;
    return connection.idle && connection.inFlight < this.settings.maxInFlight;
  }

  /** As a batch that is opened, becomes ready and is drained in this very instant. */
  private sendAlone(accumulator: Accumulator, message: number, memory: number): void {
    const { batches, messages, kernel } = this.context;
    const batch = batches.open(accumulator.number, batchOverhead, kernel.now, accumulator.estimate?.factor);
    batches.add(batch, message, this.bytesOf(message, 0), messages);
    accumulator.appendedBytes = batches.estimated(batch);
    batches.sequence[batch] = accumulator.sequence++;
    batches.memory[batch] = memory;
    this.sender.send(batch, accumulator.connection);
  }

  lingered(accumulator: Accumulator, generation: number): void {
    if (accumulator.generation !== generation || accumulator.batches === 0) return;
    accumulator.lastReady = true;
    this.becomesReady(accumulator);
  }

  /** The broker's answer is here: its slot in flight is free for what waited. */
  answered(first: number): void {
    const { batches, connections } = this.context;
    if (batches.state[first] === RequestState.given) {
      batches.release(first);
      return;
    }
    const connection = connections[batches.connection[first]!]!;
    connection.answered(first);
    if (this.dead) {
      this.recovery.abandon(first);
      return;
    }
    if (connection.limited) this.recovery.mute(connection);
    if (batches.failed[first]! > 0) this.recovery.answered(first);
    else this.settle(first);
    this.drain(connection);
    this.flushing.review();
  }

  /** Sends what it has at once, and calls back when all of it has an outcome. (KafkaProducer.flush) */
  flush(whenDone: () => void): void {
    this.flushing.begin(this.thread.serve(this.context.kernel.now, 0), whenDone);
  }

  /** Its process dies: what waits in it is gone, what it has sent arrives. Answers with the client that comes next. */
  crash(): ProducerClient {
    const { context, settings, stats, place, name, instance } = this;
    const next = new ProducerClient(context, settings, stats, place, name, instance);
    next.slowness = this.slowness;
    next.closedLoop = this.closedLoop;
    this.dead = true;
    this.closedLoop = false;
    this.pool.crash();
    this.recovery.abandonWaiting();
    this.transactions?.crash();
    return next;
  }

  /** The record was in its thread when it crashed. */
  forget(message: number): void {
    this.inThread--;
    this.gaveUp(1, false);
    this.context.messages.release(message);
  }

  /** The broker's process is gone. */
  disconnected(broker: Broker): void {
    const connection = this.connections.open.get(broker);
    if (connection === undefined) return;
    this.recovery.disconnected(connection);
    this.flushing.review();
  }

  /** Brokers or the network have changed. */
  reviewNetwork(): void {
    for (const connection of this.allConnections()) this.recovery.reviewNetwork(connection);
  }

  allConnections(): Iterable<Connection> {
    return this.connections.open.values();
  }

  /** The partition has another leader. */
  moveTo(accumulator: Accumulator, broker: Broker): void {
    if (accumulator.batches > 0) accumulator.connection.leave(accumulator);
    accumulator.connection = this.connections.to(broker);
    if (accumulator.batches === 0) return;
    accumulator.connection.enter(accumulator);
    this.becomesReady(accumulator);
  }

  /** The first batch that waits is given up. */
  takeOut(accumulator: Accumulator): void {
    const { connection } = accumulator;
    accumulator.takeFirst(this.context.batches);
    if (accumulator.batches === 0) connection.leave(accumulator);
    connection.review(accumulator);
  }

  gaveUp(records: number, refused: boolean): void {
    const { now } = this.context.kernel;
    if (refused) this.stats.refuse(now, records);
    else this.stats.giveUp(now, records);
  }

  /** Nothing more will be heard of these batches: their messages go. */
  settle(first: number): void {
    const { batches, messages, applications, world } = this.context;
    if (this.awaitsAnswer) this.accept(first);
    for (let batch = first; batch >= 0;) {
      if (batches.refused[batch]! > 0) this.stamp(batch, Station.dropped, world.keys.idOf(lacksKey));
      else if (this.awaitsAnswer) this.stamp(batch, Station.acknowledged);
      if (this.closedLoop)
        for (let m = batches.head[batch]!; m >= 0; m = messages.next[m]!)
          applications.settled(messages.source[m]!, messages.id[m]!, batches.refused[batch] === 0);
      messages.releaseList(batches.head[batch]!, batches.tail[batch]!, batches.count[batch]!);
      const following = batches.next[batch]!;
      doneWith(this.context, batch, false);
      this.pool.give(batches.memory[batch]!, batches.count[batch]!);
      batches.release(batch);
      batch = following;
    }
  }

  /** Stamps the batch's traced messages: ids grow along a batch, so an untraced head means none is. */
  stamp(batch: number, station: Station, detail?: number): void {
    const { trace, messages, batches } = this.context;
    for (let m = batches.head[batch]!; m >= 0 && trace.wants(messages.id[m]!); m = messages.next[m]!)
      trace.add(messages.id[m]!, station, this.place, detail ?? batches.count[batch]!);
  }

  /** Of the record as the one after `offsetDelta` others of its batch. */
  bytesOf(message: number, offsetDelta: number): number {
    const { messages, keyHash } = this.context;
    const key = messages.key[message]!;
    return recordBytes(key < 0 ? -1 : keyHash.bytes(key), messages.bytes[message]!, offsetDelta);
  }

  private accumulatorOf(partition: Partition, estimate: CompressionEstimate | undefined): Accumulator {
    const { accumulators } = this.context;
    const connection = this.connections.to(partition.broker);
    const accumulator = new Accumulator(accumulators.length, this, partition, connection, estimate);
    accumulators.push(accumulator);
    this.accumulators.push(accumulator);
    return accumulator;
  }

  private openBatch(accumulator: Accumulator): number {
    const { context } = this;
    const { linger } = this.settings;
    if (accumulator.batches === 0) accumulator.connection.enter(accumulator);
    const batch = accumulator.open(context.batches, batchOverhead, context.kernel.now);
    if (linger > 0) {
      const { number, generation } = accumulator;
      context.timerInLane(context.kernel.now + linger, this.lingerLane, LogEvent.linger, number, generation);
    }
    return batch;
  }

  becomesReady(accumulator: Accumulator): void {
    accumulator.connection.review(accumulator);
    this.drain(accumulator.connection);
  }

  /** Sends requests while there is a slot in flight and a batch that may leave. */
  drain(connection: Connection): void {
    const { librdkafka, maxRequestSize } = this.settings;
    // librdkafka's requests are of one partition each.
    const requestMax = librdkafka === undefined ? maxRequestSize : 0;
    while (connection.ready > 0 && connection.inFlight < this.settings.maxInFlight) {
      if (connection.packing >= this.packingMax) return;
      if (!connection.up) {
        if (!connection.muted) this.recovery.unreachable();
        return;
      }
      const first = connection.gather(this.context.batches, this.recovery, requestMax);
      if (first < 0) return;
      this.sender.send(first, connection);
    }
  }

  accept(first: number): void {
    const { batches, kernel } = this.context;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!)
      if (batches.refused[batch] === 0)
        (this.transactions ?? this.stats).accept(kernel.now, batches.count[batch]!);
      else this.stats.refuse(kernel.now, batches.count[batch]!);
  }
}
