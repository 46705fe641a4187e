import type { KafkaProducerSettings } from "../model/topology.ts";
import { assert } from "../sim/invariant.ts";
import { Link, SerialServer } from "../sim/station.ts";
import { Station } from "../stats/trace.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import { Accumulator } from "./accumulator.ts";
import type { Broker } from "./broker.ts";
import { LogEvent, type LogContext } from "./log-context.ts";
import type { Partition } from "./partition.ts";
import { batchOverhead, recordBytes } from "./record-size.ts";

/** A client's requests to one broker. */
export interface Connection {
  readonly broker: Broker;
  inFlight: number;
  /** Accumulators with a batch that may leave, in the order in which they became ready. */
  readonly ready: Accumulator[];
  /** A connection's requests are handled one after the other. */
  handledUntil: number;
  readonly doneLane: number;
}

/** Kafka's producer client of one instance: one thread, batches by partition, requests by broker. */
export class ProducerClient {
  readonly stats: ProducerStats;
  /** Records that `send()` took and no log has yet: in the thread, in batches, in requests. */
  unappended = 0;
  private inThread = 0;
  private inRequests = 0;
  private readonly context: LogContext;
  private readonly settings: KafkaProducerSettings;
  private readonly place: number;
  private readonly thread = new SerialServer();
  private readonly threadLane: number;
  private readonly up: Link;
  private readonly upLane: number;
  private readonly connections = new Map<Broker, Connection>();
  private readonly byPartition = new Map<Partition, Accumulator>();
  /** All accumulators of the model; events name them by their number. */
  private readonly accumulators: { readonly accumulator: Accumulator; readonly client: ProducerClient }[];

  constructor(
    context: LogContext,
    settings: KafkaProducerSettings,
    stats: ProducerStats,
    place: number,
    accumulators: { readonly accumulator: Accumulator; readonly client: ProducerClient }[],
  ) {
    const { kernel } = context.world;
    this.context = context;
    this.settings = settings;
    this.stats = stats;
    this.place = place;
    this.accumulators = accumulators;
    this.threadLane = kernel.lane();
    this.up = new Link(context.costs.networkBandwidth, context.costs.networkLatency);
    this.upLane = kernel.lane();
  }

  /** The application calls `send()`; the thread takes its time for each record. */
  send(message: number): void {
    const { context, thread } = this;
    this.unappended++;
    this.inThread++;
    const done = thread.serve(context.world.kernel.now, context.costs.kafkaClientPerMessage);
    context.happen(done, this.threadLane, LogEvent.clientDone, message, 0);
  }

  accumulator(partition: Partition): Accumulator {
    let accumulator = this.byPartition.get(partition);
    if (accumulator === undefined) {
      accumulator = new Accumulator(this.accumulators.length, partition);
      this.accumulators.push({ accumulator, client: this });
      this.byPartition.set(partition, accumulator);
    }
    return accumulator;
  }

  /** Puts a record into its partition's batch; true when the batch is full by it. */
  append(accumulator: Accumulator, message: number): boolean {
    const { batches, world } = this.context;
    const { messages } = world;
    this.inThread--;
    const key = messages.key[message]!;
    const keyBytes = key < 0 ? -1 : this.context.keyHash.bytes(key);
    let batch = accumulator.last;
    let bytes = batch < 0 ? 0 : recordBytes(keyBytes, messages.bytes[message]!, batches.count[batch]!);
    const fits = batch >= 0 && batches.bytes[batch]! + bytes <= this.settings.batchSize;
    if (!fits) {
      bytes = recordBytes(keyBytes, messages.bytes[message]!, 0);
      batch = this.openBatch(accumulator);
    }
    if (batches.head[batch]! < 0) batches.head[batch] = message;
    else messages.next[batches.tail[batch]!] = message;
    batches.tail[batch] = message;
    messages.next[message] = -1;
    batches.count[batch]!++;
    const full = (batches.bytes[batch]! += bytes) >= this.settings.batchSize;
    accumulator.recordBytes = bytes;
    if (full || this.settings.linger === 0) accumulator.lastReady = true;
    if (accumulator.ready) this.becomeReady(accumulator);
    return full;
  }

  lingered(accumulator: Accumulator, generation: number): void {
    if (accumulator.generation !== generation || accumulator.batches === 0 || accumulator.lastReady) return;
    accumulator.lastReady = true;
    this.becomeReady(accumulator);
  }

  /** The broker's answer is here: its slot in flight is free for what waited. */
  answered(first: number): void {
    const connection = this.connectionTo(this.partitionOf(first).broker);
    connection.inFlight--;
    this.settle(first);
    this.drain(connection);
  }

  /** The leader has appended so many of its records. */
  appended(count: number): void {
    this.unappended -= count;
    this.inRequests -= count;
  }

  /** Recounts the batches that wait: with the thread's and the requests' records they are all that is not appended. */
  audit(): void {
    const { batches } = this.context;
    let waiting = 0;
    for (const accumulator of this.byPartition.values())
      for (let batch = accumulator.first; batch >= 0; batch = batches.next[batch]!)
        waiting += batches.count[batch]!;
    assert(
      this.inThread + waiting + this.inRequests === this.unappended,
      "each record is in one place of the client",
    );
    assert(this.inThread >= 0 && this.inRequests >= 0, "no place of the client holds fewer than no records");
  }

  connectionTo(broker: Broker): Connection {
    let connection = this.connections.get(broker);
    if (connection === undefined) {
      connection = {
        broker,
        inFlight: 0,
        ready: [],
        handledUntil: 0,
        doneLane: this.context.world.kernel.lane(),
      };
      this.connections.set(broker, connection);
    }
    return connection;
  }

  get awaitsAnswer(): boolean {
    return this.settings.acks !== 0;
  }

  private openBatch(accumulator: Accumulator): number {
    const { batches, world } = this.context;
    const batch = batches.open(accumulator.number, batchOverhead);
    if (accumulator.first < 0) accumulator.first = batch;
    else batches.next[accumulator.last] = batch;
    accumulator.last = batch;
    accumulator.batches++;
    accumulator.generation++;
    accumulator.lastReady = false;
    const { linger } = this.settings;
    if (linger > 0)
      this.context.timer(
        world.kernel.now + linger,
        LogEvent.linger,
        accumulator.number,
        accumulator.generation,
      );
    return batch;
  }

  private becomeReady(accumulator: Accumulator): void {
    const connection = this.connectionTo(accumulator.partition.broker);
    if (!connection.ready.includes(accumulator)) connection.ready.push(accumulator);
    this.drain(connection);
  }

  /** Sends requests while there is a slot in flight: at most one batch of each ready partition in a request. */
  private drain(connection: Connection): void {
    const { ready } = connection;
    while (ready.length > 0 && connection.inFlight < this.settings.maxInFlight) {
      const first = this.gather(ready);
      if (this.awaitsAnswer) connection.inFlight++;
      this.request(first);
    }
  }

  private gather(ready: Accumulator[]): number {
    const { batches } = this.context;
    let first = -1;
    let last = -1;
    let bytes = 0;
    for (let visits = ready.length; visits > 0; visits--) {
      const accumulator = ready[0]!;
      const batch = accumulator.first;
      if (first >= 0 && bytes + batches.bytes[batch]! > this.settings.maxRequestSize) break;
      ready.shift();
      bytes += batches.bytes[batch]!;
      this.unlinkFirst(accumulator);
      if (first < 0) first = batch;
      else batches.next[last] = batch;
      last = batch;
      if (accumulator.ready) ready.push(accumulator);
    }
    return first;
  }

  private unlinkFirst(accumulator: Accumulator): void {
    const { batches } = this.context;
    const batch = accumulator.first;
    accumulator.first = batches.next[batch]!;
    if (accumulator.first < 0) accumulator.last = -1;
    accumulator.batches--;
    batches.next[batch] = -1;
  }

  private request(first: number): void {
    const { context } = this;
    const { batches, world } = context;
    let bytes = 0;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      bytes += batches.bytes[batch]!;
      this.inRequests += batches.count[batch]!;
      this.stamp(batch, Station.batchClosed);
      this.stamp(batch, Station.requestSent);
    }
    const arrival = this.up.send(world.kernel.now, bytes);
    if (!this.awaitsAnswer) this.accept(first);
    context.happen(arrival, this.upLane, LogEvent.produceArrives, first, 0);
  }

  /** Nothing more will be heard of these batches: their messages go. */
  settle(first: number): void {
    const { batches, world, applications } = this.context;
    const { messages } = world;
    if (this.awaitsAnswer) this.accept(first);
    for (let batch = first; batch >= 0;) {
      this.stamp(batch, Station.acknowledged);
      for (let m = batches.head[batch]!; m >= 0;) {
        const next = messages.next[m]!;
        const source = messages.source[m]!;
        messages.release(m);
        applications.settled(source);
        m = next;
      }
      const following = batches.next[batch]!;
      batches.release(batch);
      batch = following;
    }
  }

  /** Stamps the batch's traced messages: ids grow along a batch, so an untraced head means none is. */
  stamp(batch: number, station: Station): void {
    const { trace, messages, kernel } = this.context.world;
    for (
      let m = this.context.batches.head[batch]!;
      m >= 0 && trace.wants(messages.id[m]!);
      m = messages.next[m]!
    )
      trace.add(kernel.now, messages.id[m]!, station, this.place, this.context.batches.count[batch]!);
  }

  private accept(first: number): void {
    const { batches, world } = this.context;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!)
      this.stats.accept(world.kernel.now, batches.count[batch]!);
  }

  private partitionOf(batch: number): Partition {
    return this.accumulators[this.context.batches.accumulator[batch]!]!.accumulator.partition;
  }
}
