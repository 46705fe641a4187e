import {
  byInstanceThenMember,
  type Assignor,
  type PartitionCounts,
  type Subscriber,
  type TopicPartition,
} from "./assignment.ts";
import { rackAwareRange } from "./rack-aware-range.ts";
import { RackMatching, type ReplicaRacks } from "./rack-matching.ts";

/**
 * Kafka's `range`, the client's and (since 4.0) the broker's: each topic for itself, n ÷ m partitions a member and the
 * first n mod m members one more, so that many topics load the first members most.
 */
export const rangeAssign: Assignor = (subscribers, partitions, racksOf) => {
  const assigned = new Map<string, TopicPartition[]>(subscribers.map(({ id }) => [id, []]));
  const ordered = subscribers.toSorted(byInstanceThenMember);
  const racks = matchings(subscribers, partitions, racksOf);
  if ([...racks.values()].some(({ counts }) => counts)) {
    rackAwareRange(ordered, partitions, racks, assigned);
    return assigned;
  }
  for (const [topic, count] of partitions) {
    const members = ordered.filter(({ topics }) => topics.includes(topic));
    const share = Math.floor(count / members.length);
    const extra = count % members.length;
    let next = 0;
    for (const [i, { id }] of members.entries())
      for (const end = next + share + (i < extra ? 1 : 0); next < end; next++)
        assigned.get(id)!.push({ topic, partition: next });
  }
  return assigned;
};

/** By topic, of those that a member reads which says where it stands. */
function matchings(
  subscribers: readonly Subscriber[],
  partitions: PartitionCounts,
  racksOf: ReplicaRacks | undefined,
): ReadonlyMap<string, RackMatching> {
  const racks = new Map<string, RackMatching>();
  if (racksOf === undefined) return racks;
  for (const [topic, count] of partitions) {
    const members = subscribers.filter(({ topics }) => topics.includes(topic));
    const all = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
    const matching = RackMatching.of(members, all, racksOf);
    if (matching !== undefined) racks.set(topic, matching);
  }
  return racks;
}
