import type { CoordinatorTopic } from "../../model/kafka-cluster.ts";
import { stringHash } from "../assignment/java-hash.ts";
import type { Broker } from "../broker.ts";

/**
 * The brokers that hold the partition of `__consumer_offsets` or `__transaction_state` of a group's name or a
 * `transactional.id`, its leader first: Java's String.hashCode decides.
 */
export function coordinatorsOf(
  name: string,
  brokers: readonly Broker[],
  { partitions, replicas }: CoordinatorTopic,
): Broker[] {
  const first = ((stringHash(name) & 0x7fffffff) % partitions) % brokers.length;
  const count = Math.min(replicas, brokers.length);
  return Array.from({ length: count }, (_, i) => brokers[(first + i) % brokers.length]!);
}
