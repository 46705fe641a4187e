import {
  compressionRate,
  storedCodec,
  type Compression,
  type TopicCompression,
} from "../model/compression.ts";
import type { KafkaProducerSettings } from "../model/topology.ts";
import type { Batches } from "./batches.ts";
import { CompressionEstimate } from "./compression-estimate.ts";
import type { LogContext } from "./log-context.ts";
import { compressedBytes } from "./record-size.ts";

/** A client's codec: it compresses a batch when it is sent for the first time. */
export class BatchCompression {
  /** Compressed over uncompressed bytes of its records. */
  readonly rate: number;
  private readonly context: LogContext;
  private readonly estimates: boolean;

  constructor(context: LogContext, { compression, librdkafka }: KafkaProducerSettings) {
    this.context = context;
    this.rate = compressionRate(compression.codec, compression.rate);
    this.estimates = librdkafka === undefined;
  }

  /** Of one topic; librdkafka fills its batches by what they are before they are compressed. */
  estimate(): CompressionEstimate | undefined {
    return this.estimates ? new CompressionEstimate() : undefined;
  }

  /** The batches of a request that are not closed yet. */
  close(first: number): void {
    const { rate } = this;
    const { batches, accumulators } = this.context;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      const bytes = batches.bytes[batch]!;
      if (batches.content[batch]! > 0) continue;
      batches.content[batch] = bytes;
      batches.bytes[batch] = compressedBytes(bytes, rate);
      accumulators[batches.accumulator[batch]!]!.estimate?.closed(rate);
    }
  }
}

/** Bytes of a batch as its topic stores it: where the codec is not the one that it came in, the broker packs it anew. (LogValidator) */
export function storedBytes(
  batches: Batches,
  batch: number,
  { codec, rate }: Compression,
  topic: TopicCompression,
): number {
  const bytes = batches.bytes[batch]!;
  const stored = storedCodec(topic, codec);
  if (stored === codec) return bytes;
  const content = batches.content[batch]!;
  return compressedBytes(content > 0 ? content : bytes, compressionRate(stored, rate));
}
