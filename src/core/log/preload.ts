import { compressionRate } from "../model/compression.ts";
import { noKey, type Messages } from "../sim/messages.ts";
import type { LogContext } from "./log-context.ts";
import type { Partition } from "./partition.ts";
import { batchOverhead, compressedBytes, recordBytes } from "./record-size.ts";
import type { Topic } from "./topic.ts";

/** Bytes at which a preloaded batch is full: `batch.size`. */
const batchBytesMax = 16_384;
/** No message of the run has it: what was there before is not traced. */
const untraced = 0x7fff_ffff;
/** Nor this source. */
const source = 0xffff;

/** What a topic holds when the run starts: how much, since when, and how keys and sizes are drawn. */
export interface PreloadDraw {
  readonly messages: number;
  /** Time before the start, ns. */
  readonly over: number;
  /** A key id, or `noKey`. */
  key(): number;
  /** Bytes of a value. */
  bytes(): number;
}

/** A partition's batch that is being filled. */
interface OpenBatch {
  head: number;
  tail: number;
  count: number;
  bytes: number;
}

/** Appends a topic's messages from before the start, evenly spread over the time, in batches as a producer makes them. */
export class Preload {
  private readonly context: LogContext;
  private readonly topic: Topic;
  private readonly open: OpenBatch[];
  /** The partition of records without a key, until its batch is full. */
  private sticky = 0;
  /** Its producers left their records as they are. */
  private readonly rate: number;

  constructor(context: LogContext, topic: Topic) {
    this.context = context;
    this.topic = topic;
    const { compression } = topic.partitions[0]!;
    this.rate = compression === undefined ? 1 : compressionRate(compression, undefined);
    this.open = topic.partitions
      .slice(0, topic.count)
      .map(() => ({ head: -1, tail: -1, count: 0, bytes: batchOverhead }));
  }

  /** `kept`: after each batch, at its time. */
  append(draw: PreloadDraw, kept: (partition: Partition, time: number) => void): void {
    const { messages, keyHash } = this.context;
    const spacing = draw.over / Math.max(draw.messages, 1);
    for (let i = 0; i < draw.messages; i++) {
      const time = (i + 0.5) * spacing - draw.over;
      const key = draw.key();
      const value = Math.round(draw.bytes());
      const number = key === noKey ? this.sticky : this.topic.keysBy("murmur2").of(key);
      const batch = this.open[number]!;
      let bytes = recordBytes(key < 0 ? -1 : keyHash.bytes(key), value, batch.count);
      if (batch.count > 0 && batch.bytes + bytes > batchBytesMax) {
        this.close(number, time, kept);
        if (key === noKey) this.sticky = (number + 1) % this.open.length;
        bytes = recordBytes(key < 0 ? -1 : keyHash.bytes(key), value, 0);
      }
      this.add(batch, time, key, value, messages);
      batch.bytes += bytes;
    }
    for (const partition of this.open.keys()) this.close(partition, 0, kept);
  }

  private add(batch: OpenBatch, time: number, key: number, value: number, messages: Messages): void {
    const message = messages.allocate();
    messages.sentAt[message] = time;
    messages.id[message] = untraced;
    messages.key[message] = key;
    messages.bytes[message] = value;
    messages.source[message] = source;
    messages.next[message] = -1;
    if (batch.head < 0) batch.head = message;
    else messages.next[batch.tail] = message;
    batch.tail = message;
    batch.count++;
  }

  private close(number: number, time: number, kept: (partition: Partition, time: number) => void): void {
    const { messages } = this.context;
    const batch = this.open[number]!;
    const partition = this.topic.partitions[number]!;
    if (batch.count === 0) return;
    const bytes = compressedBytes(batch.bytes, this.rate);
    partition.preload(messages, batch.head, batch.count, bytes, time);
    for (let m = batch.head; m >= 0;) {
      const next = messages.next[m]!;
      messages.release(m);
      m = next;
    }
    batch.head = batch.tail = -1;
    batch.count = 0;
    batch.bytes = batchOverhead;
    kept(partition, time);
  }
}
