export interface Subscriber {
  readonly id: string;
  readonly topics: readonly string[];
  /** `group.instance.id` of a static member. */
  readonly instanceId?: string;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Kafka's `range`: each topic for itself, n ÷ m partitions a member and the first n mod m members one more, so that
 * many topics load the first members most. Static members come first, by instance id, then the others by member id.
 */
export function rangeAssign(
  subscribers: readonly Subscriber[],
  partitions: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const assigned = new Map<string, TopicPartition[]>(subscribers.map(({ id }) => [id, []]));
  const ordered = subscribers.toSorted(byInstanceThenMember);
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
}

function byInstanceThenMember(a: Subscriber, b: Subscriber): number {
  if ((a.instanceId === undefined) !== (b.instanceId === undefined))
    return a.instanceId === undefined ? 1 : -1;
  return compareText(a.instanceId ?? a.id, b.instanceId ?? b.id);
}

/** By UTF-16 code units, as Java's String.compareTo. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
