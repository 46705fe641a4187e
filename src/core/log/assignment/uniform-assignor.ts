import {
  membersById,
  nameOf,
  sameSubscriptions,
  type Assignment,
  type Assignor,
  type PartitionCounts,
  type Subscriber,
  type TopicPartition,
} from "./assignment.ts";
import { UniformHeterogeneousAssignment } from "./uniform-heterogeneous-assignment.ts";

/**
 * The broker's `uniform` (KIP-848): sizes differ by one at most where all subscribe alike, and as little as possible
 * moves against the last target. Members in the order of their ids, topics in the order in which they were created.
 */
export const uniformAssign: Assignor = (subscribers, partitions) => {
  const members = membersById(subscribers, partitions);
  return sameSubscriptions(members.map(({ topics }) => topics))
    ? uniformHomogeneous(members, partitions)
    : new UniformHeterogeneousAssignment(members, partitions).assigned;
};

/** Whoever has more than the least quota keeps one more, then the last of the others get it. */
function uniformHomogeneous(members: readonly Subscriber[], counts: PartitionCounts): Assignment {
  const topics = [...counts].filter(([topic]) => members[0]?.topics.includes(topic));
  const total = topics.reduce((sum, [, count]) => sum + count, 0);
  const least = Math.floor(total / members.length);
  let extra = total % members.length;
  const unassigned = unowned(members, topics);
  const assigned = new Map<string, TopicPartition[]>();
  const unfilled: { readonly partitions: TopicPartition[]; readonly room: number }[] = [];
  for (const { id, owned = [] } of members) {
    const kept = topics.flatMap(([topic, count]) =>
      owned
        .filter((one) => one.topic === topic && one.partition < count)
        .sort((a, b) => a.partition - b.partition),
    );
    const more = kept.length > least && extra > 0;
    if (more) extra--;
    unassigned.push(...kept.splice(more ? least + 1 : least));
    assigned.set(id, kept);
    if (!more) unfilled.push({ partitions: kept, room: least - kept.length });
  }
  let next = 0;
  for (const [i, { partitions, room }] of unfilled.entries()) {
    const end = next + room + (unfilled.length - i <= extra ? 1 : 0);
    partitions.push(...unassigned.slice(next, end));
    next = end;
  }
  return assigned;
}

function unowned(
  members: readonly Subscriber[],
  topics: readonly (readonly [string, number])[],
): TopicPartition[] {
  const owned = new Set(members.flatMap((member) => (member.owned ?? []).map(nameOf)));
  return topics.flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })).filter(
      (one) => !owned.has(nameOf(one)),
    ),
  );
}
