import type { LibrdkafkaPartitioner } from "../model/librdkafka.ts";
import type { KafkaProducerSettings } from "../model/topology.ts";
import type { Kernel } from "../sim/kernel.ts";
import type { RandomStream } from "../sim/random.ts";
import type { KeyHashing } from "./key-partitions.ts";
import { StickyPartitioner, type WaitingBatches } from "./sticky-partitioner.ts";

/** librdkafka's choice where no key decides: one partition for `sticky.partitioning.linger.ms`, then another one. */
export class TimedPartitioner {
  private readonly kernel: Kernel;
  private readonly stream: RandomStream;
  private partitions: number;
  private readonly linger: number;
  private current = 0;
  private since = -Infinity;

  constructor(kernel: Kernel, stream: RandomStream, partitions: number, linger: number) {
    this.kernel = kernel;
    this.stream = stream;
    this.partitions = partitions;
    this.linger = linger;
  }

  spread({ length }: readonly WaitingBatches[]): void {
    this.partitions = length;
  }

  partition(): number {
    const { now } = this.kernel;
    if (now - this.since >= this.linger) {
      this.current = this.stream.below(this.partitions);
      this.since = now;
    }
    return this.current;
  }
}

/** Where records go that no key places, by the client's own way. */
export function unkeyedPartitioner(
  kernel: Kernel,
  stream: RandomStream,
  partitions: readonly WaitingBatches[],
  { librdkafka, batchSize, adaptive, availabilityTimeout }: KafkaProducerSettings,
): StickyPartitioner | TimedPartitioner {
  return librdkafka === undefined
    ? new StickyPartitioner(stream, partitions, batchSize, adaptive, availabilityTimeout > 0)
    : new TimedPartitioner(kernel, stream, partitions.length, librdkafka.stickyLinger);
}

/** Which records a key places: those with one, those whose key is not empty, all (without a key as with an empty one), or none. */
export type Placed = "keyed" | "nonempty" | "all" | "none";

interface KeyRule {
  readonly hashing: KeyHashing;
  readonly placed: Placed;
}

const librdkafkaRules: Readonly<Record<LibrdkafkaPartitioner, KeyRule>> = {
  random: { hashing: "crc32", placed: "none" },
  consistent: { hashing: "crc32", placed: "all" },
  consistent_random: { hashing: "crc32", placed: "nonempty" },
  murmur2: { hashing: "murmur2", placed: "all" },
  murmur2_random: { hashing: "murmur2", placed: "keyed" },
  fnv1a: { hashing: "fnv1a", placed: "all" },
  fnv1a_random: { hashing: "fnv1a", placed: "keyed" },
};

export function keyRule({ librdkafka, ignoreKeys }: KafkaProducerSettings): KeyRule {
  if (librdkafka !== undefined) return librdkafkaRules[librdkafka.partitioner];
  return { hashing: "murmur2", placed: ignoreKeys ? "none" : "keyed" };
}
