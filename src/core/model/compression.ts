/** By Kafka's names; `none` leaves records as they are. */
export const codecs = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
export type Codec = (typeof codecs)[number];

/** A topic's `compression.type`: what its producer chose, no codec at all, or one that the broker sees to. */
export type TopicCompression = "producer" | "uncompressed" | Exclude<Codec, "none">;

/** What a producer makes of its batches. */
export interface Compression {
  readonly codec: Codec;
  /** `compression_rate`: compressed bytes over uncompressed, whichever codec; undefined where the file does not say. */
  readonly rate: number | undefined;
}

/**
 * Compressed over uncompressed bytes of real records, each codec at its default level, as measured through Kafka's
 * producer (KIP-390, produce test). It has no snappy, which compresses as the fastest lz4 does (lzbench on the Silesia
 * corpus: 2.09 and 2.10 to 1, in zstd's README); that one is in the KIP.
 */
const usualRates: Readonly<Record<Codec, number>> = {
  none: 1,
  gzip: 0.29,
  snappy: 0.39,
  lz4: 0.386,
  zstd: 0.264,
};

/** Compressed over uncompressed bytes under a codec. */
export function compressionRate(codec: Codec, rate: number | undefined): number {
  return codec === "none" ? 1 : (rate ?? usualRates[codec]);
}

/** The codec that a topic's batches are stored in, of what their producer has sent. */
export function storedCodec(topic: TopicCompression, sent: Codec): Codec {
  if (topic === "producer") return sent;
  return topic === "uncompressed" ? "none" : topic;
}
