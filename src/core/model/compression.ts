import { codecLevel, defaultLevels } from "./codec-levels.ts";

/** By Kafka's names; `none` leaves records as they are. */
export const codecs = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
export type Codec = (typeof codecs)[number];

/** What batches are made into. */
export interface Packing {
  readonly codec: Codec;
  /** `compression.gzip.level` and its like: the default where nothing is said. */
  readonly level: number;
}

/** What a producer makes of its batches. */
export interface Compression extends Packing {
  /** `compression_rate`: compressed bytes over uncompressed, whichever codec; undefined where the file does not say. */
  readonly rate: number | undefined;
}

/** A topic's `compression.type`: undefined for what its producer chose, else what the broker sees to. */
export type TopicCompression = Packing | undefined;

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

/** Compressed over uncompressed bytes. Another level changes the usual rate as it does in the measured batches. */
export function compressionRate({ codec, level }: Packing, rate: number | undefined): number {
  if (codec === "none") return 1;
  if (rate !== undefined) return rate;
  const usual = usualRates[codec];
  if (level === defaultLevels[codec]) return usual;
  const { left } = codecLevel(codec, level);
  return Math.min(1, (usual * left) / codecLevel(codec, defaultLevels[codec]).left);
}

/** How a topic's batches are stored, of what their producer has sent: a level alone is no reason to pack them anew. (LogValidator) */
export function storedPacking(topic: TopicCompression, sent: Packing): Packing {
  return topic === undefined || topic.codec === sent.codec ? sent : topic;
}
