import { byId, type Subscriber } from "./assignment.ts";
import { hashMapOrder, stringHash } from "./java-hash.ts";
import type { PartitionTable } from "./partition-table.ts";

const noGeneration = -1;

/** Who claims which partition from earlier generations: the later generation is right, equal ones cancel out. */
export class Claims {
  readonly maxGeneration: number;
  /** Claimed twice in one generation: nobody keeps it. */
  readonly doubly: ReadonlySet<number>;
  /** What each member may keep, by member id, in the order of a Java HashMap. */
  readonly owned: ReadonlyMap<string, readonly number[]>;

  constructor(subscribers: readonly Subscriber[], table: PartitionTable) {
    const members = subscribers.toSorted(byId);
    const owners = new Map<number, Subscriber>();
    const doubly = new Set<number>();
    for (const member of members)
      for (const claim of member.owned ?? []) {
        const partition = table.number(claim);
        if (partition === undefined) continue;
        const other = owners.get(partition);
        if (other !== undefined && generationOf(other) === generationOf(member)) doubly.add(partition);
        if (other === undefined || generationOf(member) >= generationOf(other)) owners.set(partition, member);
      }
    const owned = new Map<string, number[]>(
      hashMapOrder(members, ({ id }) => stringHash(id)).map(({ id }) => [id, []]),
    );
    for (const [partition, { id }] of owners) if (!doubly.has(partition)) owned.get(id)!.push(partition);
    this.maxGeneration = Math.max(noGeneration, ...members.map(generationOf));
    this.doubly = doubly;
    this.owned = owned;
  }
}

export function generationOf({ generation }: Subscriber): number {
  return generation ?? noGeneration;
}
