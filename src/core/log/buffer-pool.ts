import type { LibrdkafkaSettings } from "../model/librdkafka.ts";
import { zero } from "../sim/zero.ts";
import { Station } from "../stats/trace.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { LogOutlet } from "./log-outlet.ts";
import { notTaken } from "./loss-rules.ts";
import type { ProducerClient } from "./producer-client.ts";
import { batchBytesAtMost, batchRoomAtMost } from "./record-size.ts";

interface Waiting {
  readonly outlet: LogOutlet;
  readonly message: number;
}

/**
 * `buffer.memory` of a producer client: each batch takes `batch.size` of it, or what its first record needs, from when
 * it is opened until it has its outcome. Without memory `send()` blocks: the application's thread waits, and what it
 * would have sent after that waits behind. (BufferPool)
 */
export class BufferPool {
  private readonly context: LogContext;
  private readonly client: ProducerClient;
  private free: number;
  /** A record with so many bytes of key and value is too large for nothing: below 0 where each has to be looked at. */
  private readonly fitsUpTo: number;
  /** Records that have no outcome yet; only librdkafka limits them. */
  private queued = 0;
  private readonly waiting: Waiting[] = [];
  /** The one that waits first, and since when its `send()` does. */
  private first = 0;
  private since = zero;
  private guarded = false;
  private goesOn = false;

  constructor(context: LogContext, client: ProducerClient) {
    this.context = context;
    this.client = client;
    const { maxRequestSize, bufferMemory, librdkafka } = client.settings;
    this.free = bufferMemory;
    this.fitsUpTo = librdkafka === undefined ? Math.min(maxRequestSize, bufferMemory) - batchRoomAtMost : -1;
  }

  /** The client's thread has come to a record: it joins a batch, waits for memory, or is too large. */
  accumulate(outlet: LogOutlet, message: number): void {
    if (this.waits) this.waiting.push({ outlet, message });
    else if (!this.passes(outlet, message)) this.block(outlet, message);
  }

  /** What a batch takes that such a record opens, of librdkafka what the record itself does; 0 where there is not so much. */
  memoryFor(message: number, opens: boolean): number {
    const { batchSize, bufferMemory, librdkafka } = this.client.settings;
    if (librdkafka !== undefined) return Math.max(this.contentOf(message), 1);
    if (!opens) return 0;
    const memory = Math.min(Math.max(batchSize, this.atMost(message)), bufferMemory);
    return memory <= this.free ? memory : 0;
  }

  /** Of a record that joins a batch. */
  take(memory: number): void {
    this.queued++;
    this.free -= memory;
  }

  /** A batch of so many records has its outcome. */
  give(memory: number, records: number): void {
    this.queued -= records;
    this.free += memory;
    if (memory === 0 || !this.waits || this.goesOn) return;
    this.goesOn = true;
    this.context.timer(this.context.kernel.now, LogEvent.memoryFreed, this.client.number, 0);
  }

  /** Memory is free. */
  goOn(): void {
    this.goesOn = false;
    this.proceed();
  }

  /** The first one may have waited for `max.block.ms`. */
  timedOut(): void {
    this.guarded = false;
    if (!this.waits) return;
    const { now } = this.context.kernel;
    if (this.since + this.client.settings.maxBlock > now) {
      this.guard();
      return;
    }
    const { outlet, message } = this.shift();
    this.refuse(outlet, message, "sendTimedOut", 0, "max.block.ms");
    this.proceed();
  }

  /** The process dies: nobody waits any more. */
  crash(): void {
    while (this.waits) {
      const { outlet, message } = this.shift();
      outlet.inThread--;
      this.client.forget(message);
    }
  }

  private get waits(): boolean {
    return this.first < this.waiting.length;
  }

  private block(outlet: LogOutlet, message: number): void {
    const { kernel, world } = this.context;
    this.waiting.push({ outlet, message });
    this.since = kernel.now;
    world.occurrences.add(kernel.now, "producerBlocked", this.client.place, 0, "buffer.memory");
    this.guard();
    this.client.hurry();
  }

  private proceed(): void {
    while (this.waits) {
      const { outlet, message } = this.waiting[this.first]!;
      if (!this.passes(outlet, message)) break;
      this.shift();
    }
    // While somebody waits, no batch lingers. (RecordAccumulator.ready: exhausted)
    if (!this.waits) return;
    this.guard();
    this.client.hurry();
  }

  /** The `send()` of the next one begins when that of the one before has ended. */
  private shift(): Waiting {
    const first = this.waiting[this.first++]!;
    this.since = this.context.kernel.now;
    if (this.first === this.waiting.length) this.waiting.length = this.first = 0;
    return first;
  }

  /** False where it has to wait for memory. */
  private passes(outlet: LogOutlet, message: number): boolean {
    if (this.contentOf(message) <= this.fitsUpTo) return outlet.joins(message);
    const { maxRequestSize, bufferMemory, librdkafka } = this.client.settings;
    const bytes = librdkafka === undefined ? this.atMost(message) : this.contentOf(message);
    if (bytes <= maxRequestSize && (librdkafka !== undefined || bytes <= bufferMemory)) {
      const full = librdkafka === undefined ? undefined : this.fullFor(bytes, librdkafka);
      if (full === undefined) return outlet.joins(message);
      this.refuse(outlet, message, "queueFull", this.queued, full);
      return true;
    }
    const own = librdkafka === undefined ? "max.request.size" : "message.max.bytes";
    const rule = bytes > maxRequestSize ? own : "buffer.memory";
    this.refuse(outlet, message, "recordTooLarge", bytes, rule);
    return true;
  }

  /** The application is told at once. */
  private refuse(
    outlet: LogOutlet,
    message: number,
    kind: "recordTooLarge" | "sendTimedOut" | "queueFull",
    detail: number,
    rule: string,
  ): void {
    const { client } = this;
    const { messages, kernel, world, trace, applications } = this.context;
    const id = messages.id[message]!;
    const source = messages.source[message]!;
    outlet.inThread--;
    client.inThread--;
    world.occurrences.tally(kind, client.place, rule).happened(kernel.now, detail);
    if (trace.wants(id)) trace.add(id, Station.dropped, client.place, world.keys.idOf(notTaken(rule)));
    client.gaveUp(1, true);
    messages.release(message);
    client.transactions?.dooms(false);
    applications.settled(source, id, false);
    client.flushing.review();
  }

  private guard(): void {
    if (this.guarded) return;
    this.guarded = true;
    const end = this.since + this.client.settings.maxBlock;
    this.context.timer(end, LogEvent.blockedTooLong, this.client.number, 0);
  }

  /** librdkafka's `produce()` does not wait: the limit that would be exceeded. (RD_KAFKA_RESP_ERR__QUEUE_FULL) */
  private fullFor(bytes: number, { queueMessages }: LibrdkafkaSettings): string | undefined {
    if (this.queued >= queueMessages) return "queue.buffering.max.messages";
    return Math.max(bytes, 1) > this.free ? "queue.buffering.max.kbytes" : undefined;
  }

  /** librdkafka looks at key and value alone. */
  private contentOf(message: number): number {
    const { messages, keyHash } = this.context;
    const key = messages.key[message]!;
    return messages.bytes[message]! + (key < 0 ? 0 : keyHash.bytes(key));
  }

  private atMost(message: number): number {
    const { messages, keyHash } = this.context;
    const key = messages.key[message]!;
    return batchBytesAtMost(key < 0 ? -1 : keyHash.bytes(key), messages.bytes[message]!);
  }
}
