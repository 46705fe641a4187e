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
import { hashMapOrder, stringHash } from "./java-hash.ts";

/**
 * The broker's `simple` for share groups (KIP-932), where a partition may have several members: each member gets the
 * partition its id hashes to, members keep what nobody else got so, and the rest goes round.
 */
export const simpleAssign: Assignor = (subscribers, partitions) => {
  const members = membersById(subscribers, partitions);
  const shares = new Shares(members);
  if (sameSubscriptions(members.map(({ topics }) => topics))) homogeneous(members, partitions, shares);
  else heterogeneous(members, partitions, shares);
  return shares.assigned;
};

/** Which members share each partition. */
class Shares {
  readonly assigned: Assignment;
  private readonly byMember: ReadonlyMap<string, TopicPartition[]>;
  private readonly taken = new Set<string>();

  constructor(members: readonly Subscriber[]) {
    this.byMember = new Map(members.map(({ id }) => [id, []]));
    this.assigned = this.byMember;
  }

  has(one: TopicPartition): boolean {
    return this.taken.has(nameOf(one));
  }

  sizeOf({ id }: Subscriber): number {
    return this.byMember.get(id)!.length;
  }

  add({ id }: Subscriber, one: TopicPartition): void {
    this.byMember.get(id)!.push(one);
    this.taken.add(nameOf(one));
  }
}

function homogeneous(members: readonly Subscriber[], counts: PartitionCounts, shares: Shares): void {
  const partitions = partitionsOf(members[0]?.topics ?? [], counts);
  if (partitions.length === 0) return;
  const desired = Math.ceil(partitions.length / members.length);
  for (const member of members) shares.add(member, hashed(member, partitions));
  const free = new Set(partitions.filter((one) => !shares.has(one)).map(nameOf));
  for (const member of members)
    for (const one of member.owned ?? [])
      if (free.has(nameOf(one)) && shares.sizeOf(member) < desired) shares.add(member, one);
  dealOut(
    members,
    partitions.filter((one) => !shares.has(one)),
    shares,
    desired,
  );
}

/** One more than desired is put up with, because of ids that hash to the same partition. */
function dealOut(
  members: readonly Subscriber[],
  partitions: readonly TopicPartition[],
  shares: Shares,
  desired: number,
): void {
  const circle = [...members];
  let turn = 0;
  for (const one of partitions) {
    for (;;) {
      if (turn >= circle.length) turn = 0;
      const member = circle[turn]!;
      if (shares.sizeOf(member) <= desired) {
        shares.add(member, one);
        turn++;
        break;
      }
      circle.splice(turn, 1);
    }
  }
}

/** Each topic goes round its own subscribers, in the order of a Java HashMap. */
function heterogeneous(members: readonly Subscriber[], counts: PartitionCounts, shares: Shares): void {
  const current = new Set(members.flatMap(({ owned = [] }) => owned.map(nameOf)));
  for (const member of members) {
    const partitions = partitionsOf(member.topics, counts);
    if (partitions.length > 0) shares.add(member, hashed(member, partitions));
  }
  const hashedTo = new Set(
    [...counts.keys()]
      .flatMap((topic) => partitionsOf([topic], counts))
      .filter((one) => shares.has(one))
      .map(nameOf),
  );
  const ordered = hashMapOrder(members, ({ id }) => stringHash(id));
  for (const topic of counts.keys()) {
    const subscribers = ordered.filter(({ topics }) => topics.includes(topic));
    if (subscribers.length === 0) continue;
    const rest = partitionsOf([topic], counts).filter((one) => !shares.has(one) && !current.has(nameOf(one)));
    for (const [i, one] of rest.entries()) shares.add(subscribers[i % subscribers.length]!, one);
  }
  for (const member of members)
    for (const one of member.owned ?? [])
      if (member.topics.includes(one.topic) && !hashedTo.has(nameOf(one))) shares.add(member, one);
}

function hashed({ id }: Subscriber, partitions: readonly TopicPartition[]): TopicPartition {
  return partitions[Math.abs(stringHash(id) % partitions.length)]!;
}

function partitionsOf(topics: readonly string[], counts: PartitionCounts): TopicPartition[] {
  return topics.flatMap((topic) =>
    Array.from({ length: counts.get(topic)! }, (_, partition) => ({ topic, partition })),
  );
}
