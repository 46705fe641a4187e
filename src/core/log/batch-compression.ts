import { compressing, readWork, validateWork } from "../model/codec-levels.ts";
import {
  compressionRate,
  storedPacking,
  type Compression,
  type TopicCompression,
} from "../model/compression.ts";
import type { KafkaProducerSettings } from "../model/topology.ts";
import type { Batches } from "./batches.ts";
import { CompressionEstimate } from "./compression-estimate.ts";
import type { LogContext } from "./log-context.ts";
import { batchOverhead, compressedBytes } from "./record-size.ts";

/** A client's codec: it compresses a batch when it is sent for the first time. */
export class BatchCompression {
  /** Compressed over uncompressed bytes of its records. */
  readonly rate: number;
  private readonly work: readonly [perBatch: number, perByte: number];
  private readonly context: LogContext;
  private readonly estimates: boolean;

  constructor(context: LogContext, { compression, librdkafka }: KafkaProducerSettings) {
    this.context = context;
    this.rate = compressionRate(compression, compression.rate);
    this.work = compressing(compression);
    this.estimates = librdkafka === undefined;
    context.expectCompression();
  }

  /** Of one topic; librdkafka fills its batches by what they are before they are compressed. */
  estimate(): CompressionEstimate | undefined {
    return this.estimates ? new CompressionEstimate() : undefined;
  }

  /** The batches of a request that are not closed yet; answers with the work, ns. */
  close(first: number): number {
    const {
      rate,
      work: [perBatch, perByte],
    } = this;
    const { batches, accumulators, costs } = this.context;
    let work = 0;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      const bytes = batches.bytes[batch]!;
      if (batches.content[batch]! > 0) continue;
      batches.content[batch] = bytes;
      batches.bytes[batch] = compressedBytes(bytes, rate);
      work += perBatch + perByte * (bytes - batchOverhead);
      accumulators[batches.accumulator[batch]!]!.estimate?.closed(rate);
    }
    return work * costs.codecWork;
  }
}

/** Bytes of a batch as its topic stores it: where the codec is not the one that it came in, the broker packs it anew. (LogValidator) */
export function storedBytes(
  batches: Batches,
  batch: number,
  compression: Compression,
  topic: TopicCompression,
): number {
  const stored = storedPacking(topic, compression);
  if (stored === compression) return batches.bytes[batch]!;
  return compressedBytes(contentOf(batches, batch), compressionRate(stored, compression.rate));
}

/** What the leader does before it appends, ns: it reads the records of a compressed batch to check them, and packs them anew in another codec. (LogValidator) */
export function appendWork(
  batches: Batches,
  batch: number,
  compression: Compression,
  topic: TopicCompression,
): number {
  const stored = storedPacking(topic, compression);
  const bytes = contentOf(batches, batch) - batchOverhead;
  if (stored === compression) return validateWork(compression, bytes);
  const [perBatch, perByte] = compressing(stored);
  return readWork(compression, bytes) + perBatch + perByte * bytes;
}

/** Its bytes before they were compressed. */
function contentOf(batches: Batches, batch: number): number {
  const content = batches.content[batch]!;
  return content > 0 ? content : batches.bytes[batch]!;
}
