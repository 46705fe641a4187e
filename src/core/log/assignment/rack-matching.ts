import type { Subscriber, TopicPartition } from "./assignment.ts";

/** The racks that a partition's replicas stand in; of brokers without a rack, none. */
export type ReplicaRacks = (partition: TopicPartition) => ReadonlySet<string>;

/** Which members stand in a rack of a partition's replicas. (KIP-881) */
export class RackMatching {
  private readonly racks: ReadonlyMap<string, string>;
  private readonly racksOf: ReplicaRacks;
  /**
   * Whether an assignor goes by it: not where no member stands beside a replica, or where all partitions have replicas in the
   * same racks. (AbstractPartitionAssignor.useRackAwareAssignment)
   */
  readonly counts: boolean;

  private constructor(racks: ReadonlyMap<string, string>, racksOf: ReplicaRacks, counts: boolean) {
    this.racks = racks;
    this.racksOf = racksOf;
    this.counts = counts;
  }

  /** Undefined where no member says where it stands. */
  static of(
    subscribers: readonly Subscriber[],
    partitions: readonly TopicPartition[],
    racksOf: ReplicaRacks | undefined,
  ): RackMatching | undefined {
    if (racksOf === undefined) return undefined;
    const racks = new Map<string, string>();
    for (const { id, rack } of subscribers) if (rack !== undefined && rack !== "") racks.set(id, rack);
    if (racks.size === 0) return undefined;
    const all = new Set(partitions.flatMap((partition) => [...racksOf(partition)]));
    const beside = [...racks.values()].some((rack) => all.has(rack));
    const alike = partitions.every((partition) => racksOf(partition).size === all.size);
    return new RackMatching(racks, racksOf, beside && !alike);
  }

  /** The member says where it stands, and no replica is there. */
  far(member: string, partition: TopicPartition): boolean {
    const rack = this.racks.get(member);
    return rack !== undefined && !this.racksOf(partition).has(rack);
  }

  /** The member says where it stands, and a replica is there. */
  near(member: string, partition: TopicPartition): boolean {
    const rack = this.racks.get(member);
    return rack !== undefined && this.racksOf(partition).has(rack);
  }

  /** Of how many members it is near. */
  membersNear(partition: TopicPartition): number {
    let count = 0;
    for (const member of this.racks.keys()) if (this.near(member, partition)) count++;
    return count;
  }
}
