import type { ReplicaRacks } from "./rack-matching.ts";

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A member as an assignor sees it. */
export interface Subscriber {
  readonly id: string;
  readonly topics: readonly string[];
  /** `group.instance.id` of a static member. */
  readonly instanceId?: string;
  /** Its `client.rack`. */
  readonly rack?: string;
  /** What it owns when it joins; for the broker's assignors, its part of the last target assignment. */
  readonly owned?: readonly TopicPartition[];
  /** The generation in which it got what it owns; none for a member that never had any. */
  readonly generation?: number;
}

/** Partitions of each topic that exists. */
export type PartitionCounts = ReadonlyMap<string, number>;

/** What each member gets, by member id; every member has an entry. */
export type Assignment = ReadonlyMap<string, readonly TopicPartition[]>;

/** Members and partitions to assignment. It remembers nothing: what sticks is in `owned`. Only clients' assignors know racks. */
export type Assignor = (
  subscribers: readonly Subscriber[],
  partitions: PartitionCounts,
  racksOf?: ReplicaRacks,
) => Assignment;

/** As Kafka writes it: `topic-partition`. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/** By UTF-16 code units, as Java's String.compareTo. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function byId(a: Subscriber, b: Subscriber): number {
  return compareText(a.id, b.id);
}

/** As the broker's assignors take them: by their ids, each with those of its topics that exist. */
export function membersById(subscribers: readonly Subscriber[], partitions: PartitionCounts): Subscriber[] {
  return subscribers.toSorted(byId).map((member) => ({
    ...member,
    topics: member.topics.filter((topic) => partitions.has(topic)),
  }));
}

/** Static members first, by instance id, then the others by member id. (AbstractPartitionAssignor.MemberInfo) */
export function byInstanceThenMember(a: Subscriber, b: Subscriber): number {
  if ((a.instanceId === undefined) !== (b.instanceId === undefined))
    return a.instanceId === undefined ? 1 : -1;
  return compareText(a.instanceId ?? a.id, b.instanceId ?? b.id);
}

/** Whether all members subscribe to the same topics, in whatever order. */
export function sameSubscriptions(subscriptions: readonly (readonly unknown[])[]): boolean {
  const first = new Set(subscriptions[0]);
  return subscriptions.every(
    (topics) => topics.length === first.size && topics.every((topic) => first.has(topic)),
  );
}
