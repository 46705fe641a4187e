import type { Accumulator } from "./accumulator.ts";
import { Outcome } from "./batches.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { ProducerClient } from "./producer-client.ts";
import { batchOverhead } from "./record-size.ts";

/** ns between two looks of librdkafka at what waits. */
const scanInterval = 1e9;

/**
 * What has waited in a producer client for too long is given up. In Java that is a batch, `delivery.timeout.ms` after it was
 * opened (RecordAccumulator.expiredBatches); in librdkafka each record by itself, `message.timeout.ms` after it was sent, at a look
 * once a second (rd_kafka_broker_toppar_msgq_scan; recorded from 2.0.2).
 */
export class DeliveryTimeout {
  private readonly context: LogContext;
  private readonly client: ProducerClient;
  private readonly byRecord: boolean;
  private nextLook = Infinity;

  constructor(context: LogContext, client: ProducerClient) {
    this.context = context;
    this.client = client;
    this.byRecord = client.settings.librdkafka !== undefined;
  }

  /** A batch waits in its accumulator. */
  watch(batch: number): void {
    this.lookBy(Math.max(this.deadlineOf(batch), this.context.kernel.now));
  }

  /** A batch that came to nothing is not tried again. */
  isOver(batch: number): boolean {
    return !this.byRecord && this.context.kernel.now >= this.deadlineOf(batch);
  }

  look(): void {
    const { now } = this.context.kernel;
    // Another look came before this one.
    if (now < this.nextLook) return;
    this.nextLook = Infinity;
    let next = Infinity;
    for (const accumulator of this.client.accumulators) {
      while (accumulator.first >= 0 && this.deadlineOf(accumulator.first) <= now) this.giveUp(accumulator);
      if (accumulator.first >= 0) next = Math.min(next, this.deadlineOf(accumulator.first));
    }
    this.lookBy(this.byRecord ? Math.max(next, now + scanInterval) : next);
    this.client.flushing.review();
  }

  private lookBy(time: number): void {
    if (time >= this.nextLook) return;
    this.nextLook = time;
    this.context.background(time, LogEvent.deliveryTimeout, this.client.number);
  }

  /** Of a batch, or of its first record. */
  private deadlineOf(batch: number): number {
    const { batches, messages } = this.context;
    const since = this.byRecord ? messages.sentAt[batches.head[batch]!]! : batches.openedAt[batch]!;
    return since + this.client.settings.deliveryTimeout;
  }

  /** The first batch that waits, or those of its records whose time is over. */
  private giveUp(accumulator: Accumulator): void {
    const { first } = accumulator;
    const gone = this.byRecord ? this.splitOff(accumulator) : first;
    if (gone === first) this.client.takeOut(accumulator);
    this.context.batches.outcome[gone] = Outcome.requestTimedOut;
    this.client.recovery.giveUp(gone);
  }

  /** Answers with the records of the first batch whose time is over, as a batch; what is left of it waits on. */
  private splitOff(accumulator: Accumulator): number {
    const { batches, messages, kernel } = this.context;
    const { pool, settings } = this.client;
    const { first: batch } = accumulator;
    let count = 0;
    let memory = 0;
    let tail = -1;
    let m = batches.head[batch]!;
    for (; m >= 0 && messages.sentAt[m]! + settings.deliveryTimeout <= kernel.now; m = messages.next[m]!) {
      count++;
      memory += pool.memoryFor(m, false);
      tail = m;
    }
    if (m < 0) return batch;
    const gone = batches.twin(batch);
    batches.tail[gone] = tail;
    batches.count[gone] = count;
    batches.memory[gone] = memory;
    messages.next[tail] = -1;
    this.beginAt(m, batch, count, memory);
    if (batch === accumulator.last) accumulator.filled = batches.estimated(batch);
    return gone;
  }

  /** A batch begins with this record from now on, so many records and so much memory later; its codec packs it anew. */
  private beginAt(head: number, batch: number, gone: number, memory: number): void {
    const { batches, messages } = this.context;
    batches.head[batch] = head;
    batches.count[batch]! -= gone;
    batches.memory[batch]! -= memory;
    if (batches.sequence[batch]! >= 0) batches.sequence[batch]! += gone;
    if (batches.placed[batch]! >= 0) batches.placed[batch]! += gone;
    let bytes = batchOverhead;
    let delta = 0;
    for (let m = head; m >= 0; m = messages.next[m]!) bytes += this.client.bytesOf(m, delta++);
    batches.bytes[batch] = bytes;
    batches.content[batch] = 0;
  }
}
