import { compareText, type PartitionCounts, type Subscriber, type TopicPartition } from "./assignment.ts";
import type { RackMatching } from "./rack-matching.ts";

/** A topic whose partitions are given out: to each member as many as without racks. (RangeAssignor.TopicAssignmentState) */
class TopicRanges {
  readonly topic: string;
  readonly members: readonly string[];
  readonly racks: RackMatching | undefined;
  private readonly open: Set<number>;
  private readonly share: number;
  private extra: number;
  private readonly given = new Map<string, number>();
  private readonly assigned: ReadonlyMap<string, TopicPartition[]>;

  constructor(
    topic: string,
    count: number,
    members: readonly string[],
    racks: RackMatching | undefined,
    assigned: ReadonlyMap<string, TopicPartition[]>,
  ) {
    this.topic = topic;
    this.members = members;
    this.racks = racks;
    this.open = new Set(Array.from({ length: count }, (_, partition) => partition));
    this.share = Math.floor(count / members.length);
    this.extra = count % members.length;
    this.assigned = assigned;
  }

  matches(member: string, partition: number): boolean {
    return this.racks?.far(member, { topic: this.topic, partition }) !== true;
  }

  /** How many more it may have. */
  room(member: string): number {
    return Math.max(this.share + (this.extra > 0 ? 1 : 0) - (this.given.get(member) ?? 0), 0);
  }

  give(member: string, partitions: readonly number[]): void {
    const given = (this.given.get(member) ?? 0) + partitions.length;
    this.given.set(member, given);
    if (given > this.share) this.extra--;
    for (const partition of partitions) {
      this.open.delete(partition);
      this.assigned.get(member)!.push({ topic: this.topic, partition });
    }
  }

  /** To each member in turn the first that it may have. */
  giveOut(may: (member: string, partition: number) => boolean): void {
    for (const member of this.members) {
      const partitions = [...this.open]
        .filter((partition) => may(member, partition))
        .slice(0, this.room(member));
      if (partitions.length > 0) this.give(member, partitions);
    }
  }
}

/**
 * `range` where members say where they stand and some partitions have no replica there (KIP-881): first those that match, as many as
 * a member would have without racks; of topics with the same members and as many partitions only those that match in all of
 * them. The rest is given out as without racks.
 */
export function rackAwareRange(
  ordered: readonly Subscriber[],
  partitions: PartitionCounts,
  racks: ReadonlyMap<string, RackMatching>,
  assigned: ReadonlyMap<string, TopicPartition[]>,
): void {
  const together = new Map<string, TopicRanges[]>();
  for (const [topic, count] of partitions) {
    const members = ordered.filter(({ topics }) => topics.includes(topic)).map(({ id }) => id);
    if (members.length === 0) continue;
    const key = JSON.stringify([count, members]);
    const ranges = new TopicRanges(topic, count, members, racks.get(topic), assigned);
    together.set(key, [...(together.get(key) ?? []), ranges]);
  }
  for (const ranges of together.values()) {
    const [first, second] = ranges;
    if (second !== undefined) giveOutTogether(ranges, partitions.get(first!.topic)!);
    else if (first!.racks?.counts === true)
      first!.giveOut((member, partition) => first!.matches(member, partition));
  }
  for (const ranges of together.values()) for (const one of ranges) one.giveOut(() => true);
  for (const list of assigned.values())
    list.sort((a, b) => compareText(a.topic, b.topic) || a.partition - b.partition);
}

function giveOutTogether(ranges: readonly TopicRanges[], count: number): void {
  const members = new Set(ranges[0]!.members);
  for (let partition = 0; partition < count; partition++) {
    const member = [...members].find((one) =>
      ranges.every((of) => of.matches(one, partition) && of.room(one) > 0),
    );
    if (member === undefined) continue;
    for (const of of ranges) of.give(member, [partition]);
    if (ranges.every((of) => of.room(member) === 0)) members.delete(member);
  }
}
