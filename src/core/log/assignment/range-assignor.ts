import { byInstanceThenMember, type Assignor, type TopicPartition } from "./assignment.ts";

/**
 * Kafka's `range`, the client's and (since 4.0) the broker's: each topic for itself, n ÷ m partitions a member and the
 * first n mod m members one more, so that many topics load the first members most.
 */
export const rangeAssign: Assignor = (subscribers, partitions) => {
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
};
