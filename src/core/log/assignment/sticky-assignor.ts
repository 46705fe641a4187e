import {
  byId,
  sameSubscriptions,
  type Assignment,
  type Assignor,
  type PartitionCounts,
  type Subscriber,
  type TopicPartition,
} from "./assignment.ts";
import { Claims, generationOf } from "./claims.ts";
import { ConstrainedAssignment } from "./constrained-assignment.ts";
import { GeneralAssignment } from "./general-assignment.ts";
import { PartitionTable } from "./partition-table.ts";
import { RackMatching, type ReplicaRacks } from "./rack-matching.ts";

/** Kafka's `sticky`: balance first, then as few moves as that allows. */
export const stickyAssign: Assignor = (subscribers, partitions, racksOf) => {
  const { assigned, table } = assign(subscribers, partitions, racksOf);
  return named(subscribers, assigned, table, new Set());
};

/**
 * Kafka's `cooperative-sticky`: as `sticky`, but a partition that moves is left out for one generation, in which its
 * owner gives it up; the rebalance that follows hands it out.
 */
export const cooperativeStickyAssign: Assignor = (subscribers, partitions, racksOf) => {
  const { assigned, table, moving, claims } = assign(subscribers, partitions, racksOf);
  return named(subscribers, assigned, table, moving ?? changingOwner(assigned, claims));
};

interface Outcome {
  readonly assigned: ReadonlyMap<string, readonly number[]>;
  /** Undefined where it was not noted on the way. */
  readonly moving: ReadonlySet<number> | undefined;
  readonly table: PartitionTable;
  readonly claims: Claims;
}

function assign(
  subscribers: readonly Subscriber[],
  partitions: PartitionCounts,
  racksOf: ReplicaRacks | undefined,
): Outcome {
  const table = new PartitionTable(partitions, (topic) =>
    subscribers.some(({ topics }) => topics.includes(topic)),
  );
  const claims = new Claims(subscribers, table);
  const all = racksOf === undefined ? [] : Array.from({ length: table.size }, (_, i) => table.at(i));
  const matching = RackMatching.of(subscribers, all, racksOf);
  const racks = matching?.counts === true ? matching : undefined;
  if (sameSubscriptions(subscribers.map(({ topics }) => topics))) {
    const { assigned, moving } = new ConstrainedAssignment(table, claims, racks);
    return { assigned, moving, table, claims };
  }
  const members = subscribers.toSorted(byId);
  const { owner } = new GeneralAssignment(
    table,
    members.map(({ id, topics }) => ({
      id,
      topics: topics.map((topic) => table.place(topic)).filter((place) => place !== undefined),
      owned: claims.owned.get(id)!,
    })),
    formerOwners(members, claims, table),
    racks,
  );
  const assigned = new Map<string, number[]>(members.map(({ id }) => [id, []]));
  for (const [partition, member] of owner.entries())
    if (member >= 0) assigned.get(members[member]!.id)!.push(partition);
  return { assigned, moving: undefined, table, claims };
}

/** The owner, by the place of the member, of each partition in the last generation before the newest that is claimed. */
function formerOwners(
  members: readonly Subscriber[],
  { maxGeneration }: Claims,
  table: PartitionTable,
): ReadonlyMap<number, number> {
  const former = new Map<number, number>();
  for (const [place, member] of members.entries()) {
    if (generationOf(member) >= maxGeneration) continue;
    for (const claim of member.owned ?? []) {
      const partition = table.number(claim);
      if (partition === undefined || !member.topics.includes(claim.topic)) continue;
      const known = former.get(partition);
      if (known === undefined || generationOf(member) > generationOf(members[known]!))
        former.set(partition, place);
    }
  }
  return former;
}

function changingOwner(assigned: Outcome["assigned"], { owned }: Claims): ReadonlySet<number> {
  const moving = new Set<number>();
  const owners = new Map<number, string>();
  for (const [id, partitions] of owned) for (const partition of partitions) owners.set(partition, id);
  for (const [id, partitions] of assigned)
    for (const partition of partitions) if ((owners.get(partition) ?? id) !== id) moving.add(partition);
  return moving;
}

function named(
  subscribers: readonly Subscriber[],
  assigned: Outcome["assigned"],
  table: PartitionTable,
  withheld: ReadonlySet<number>,
): Assignment {
  return new Map<string, TopicPartition[]>(
    subscribers.map(({ id }) => [
      id,
      assigned
        .get(id)!
        .filter((partition) => !withheld.has(partition))
        .map((partition) => table.at(partition)),
    ]),
  );
}
