export const librdkafkaPartitioners = [
  "random",
  "consistent",
  "consistent_random",
  "murmur2",
  "murmur2_random",
  "fnv1a",
  "fnv1a_random",
] as const;
export type LibrdkafkaPartitioner = (typeof librdkafkaPartitioners)[number];

export interface LibrdkafkaSettings {
  readonly partitioner: LibrdkafkaPartitioner;
  /** `sticky.partitioning.linger.ms`, ns. */
  readonly stickyLinger: number;
  /** `queue.buffering.max.messages`; the kilobytes are its `bufferMemory`. */
  readonly queueMessages: number;
  /** `queue.buffering.backpressure.threshold`: requests that are made and not sent, beyond which no more are made. */
  readonly backpressure: number;
  /** `enable.gapless.guarantee`. */
  readonly gapless: boolean;
}
