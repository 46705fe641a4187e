import type { OffsetsSettings } from "../../model/kafka-cluster.ts";
import { stringHash } from "../assignment/java-hash.ts";
import type { Broker } from "../broker.ts";

/** The brokers that hold the group's partition of `__consumer_offsets`, its leader first: Java's String.hashCode decides. */
export function coordinatorsOf(
  group: string,
  brokers: readonly Broker[],
  { partitions, replicas }: OffsetsSettings,
): Broker[] {
  const first = ((stringHash(group) & 0x7fffffff) % partitions) % brokers.length;
  const count = Math.min(replicas, brokers.length);
  return Array.from({ length: count }, (_, i) => brokers[(first + i) % brokers.length]!);
}
