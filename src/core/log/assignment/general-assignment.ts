import { assert } from "../../sim/invariant.ts";
import { MembersByLoad } from "./members-by-load.ts";
import { PartitionMovements } from "./partition-movements.ts";
import type { PartitionTable } from "./partition-table.ts";
import type { RackMatching } from "./rack-matching.ts";

export interface GeneralMember {
  readonly id: string;
  /** Places of its topics in the table. */
  readonly topics: readonly number[];
  readonly owned: readonly number[];
}

/**
 * The sticky assignors where subscriptions differ: what is owned stays, the rest goes to the least loaded subscriber,
 * then partitions move one by one while that evens out. Members are numbered by member id. (AbstractStickyAssignor)
 */
export class GeneralAssignment {
  /** Owner of each partition; −1 where nobody subscribes. */
  readonly owner: Int32Array;
  private readonly table: PartitionTable;
  private readonly members: readonly GeneralMember[];
  /** Who had a partition in an earlier generation. */
  private readonly previous: ReadonlyMap<number, number>;
  private readonly subscribers: readonly (readonly number[])[];
  private readonly movements: PartitionMovements;
  private readonly load: MembersByLoad;
  private readonly racks: RackMatching | undefined;

  constructor(
    table: PartitionTable,
    members: readonly GeneralMember[],
    previous: ReadonlyMap<number, number>,
    racks: RackMatching | undefined,
  ) {
    this.table = table;
    this.racks = racks;
    this.members = members;
    this.previous = previous;
    this.owner = new Int32Array(table.size).fill(-1);
    this.subscribers = table.topics.map((_, topic) =>
      [...members.keys()].filter((member) => members[member]!.topics.includes(topic)),
    );
    this.movements = new PartitionMovements(table);
    const revocation = this.keepOwned();
    const sizes = new Int32Array(members.length);
    for (const member of this.owner) if (member >= 0) sizes[member]!++;
    this.load = new MembersByLoad(sizes);
    this.balance(revocation);
  }

  /** True when a member has to give up something that it does not subscribe to any more, or that is far from it. */
  private keepOwned(): boolean {
    let revocation = false;
    for (const [member, { topics, owned }] of this.members.entries())
      for (const partition of owned)
        if (topics.includes(this.table.topicOf[partition]!) && !this.isFar(member, partition))
          this.owner[partition] = member;
        else revocation = true;
    return revocation;
  }

  private balance(revocation: boolean): void {
    const { load, table, subscribers, members } = this;
    const initializing = load.sizes[load.most] === 0;
    const all = this.partitionsInOrder();
    const unassigned = all.filter((partition) => this.owner[partition]! < 0);
    if (this.racks !== undefined)
      for (const partition of unassigned)
        this.assign(
          partition,
          this.leastLoaded(partition, (member) => !this.isFar(member, partition)),
        );
    for (const partition of unassigned)
      if (this.owner[partition]! < 0) this.assign(partition, this.leastLoaded(partition));
    const movable = (partition: number) => subscribers[table.topicOf[partition]!]!.length >= 2;
    for (const member of members.keys()) if (!this.mayTakePart(member, movable)) load.remove(member);
    const before = this.owner.slice();
    const scoreBefore = this.score();
    if (!revocation) this.reassign(unassigned.filter(movable));
    const moved = this.reassign(all.filter(movable));
    if (!initializing && moved && this.score() >= scoreBefore) this.owner.set(before);
  }

  /** Topics with few subscribers first, then by name. */
  private partitionsInOrder(): number[] {
    const { table, subscribers } = this;
    const topics = [...table.topics.keys()].sort(
      (a, b) => subscribers[a]!.length - subscribers[b]!.length || a - b,
    );
    return topics.flatMap((topic) =>
      Array.from({ length: table.counts[topic]! }, (_, partition) => table.firsts[topic]! + partition),
    );
  }

  private isFar(member: number, partition: number): boolean {
    return this.racks?.far(this.members[member]!.id, this.table.at(partition)) === true;
  }

  private assign(partition: number, member: number | undefined): void {
    if (member === undefined) return;
    this.owner[partition] = member;
    this.load.resize(member, 1);
  }

  private leastLoaded(partition: number, may: (member: number) => boolean = () => true): number | undefined {
    const topic = this.table.topicOf[partition]!;
    return this.load.list.find((member) => this.members[member]!.topics.includes(topic) && may(member));
  }

  /** It can get more, or has something that another could get. */
  private mayTakePart(member: number, movable: (partition: number) => boolean): boolean {
    if (this.load.sizes[member]! < this.potential(member)) return true;
    return this.owner.some((owner, partition) => owner === member && movable(partition));
  }

  /** How many partitions it subscribes to. */
  private potential(member: number): number {
    return this.members[member]!.topics.reduce((sum, topic) => sum + this.table.counts[topic]!, 0);
  }

  private reassign(partitions: readonly number[]): boolean {
    const { load, previous, subscribers, table } = this;
    let moved = false;
    for (let again = true; again;) {
      again = false;
      for (const partition of partitions) {
        if (this.balanced) break;
        const size = load.sizes[this.owner[partition]!]!;
        const former = previous.get(partition);
        let to: number | undefined;
        if (former !== undefined && size > load.sizes[former]! + 1) to = former;
        else if (subscribers[table.topicOf[partition]!]!.some((other) => size > load.sizes[other]! + 1))
          to = this.leastLoaded(partition);
        if (to === undefined) continue;
        this.move(this.movements.toMove(partition, this.owner[partition]!, to), to);
        moved = again = true;
      }
    }
    return moved;
  }

  private move(partition: number, to: number): void {
    const from = this.owner[partition]!;
    assert(from >= 0, "a partition that moves has an owner");
    this.movements.moved(partition, from, to);
    this.owner[partition] = to;
    this.load.resize(from, -1);
    this.load.resize(to, 1);
  }

  /** Sizes differ by one at most, or nobody can get a partition of someone who has two more. */
  private get balanced(): boolean {
    const { load, table, owner } = this;
    const { sizes } = load;
    if (sizes[load.least]! >= sizes[load.most]! - 1) return true;
    return load.list.every((member) => {
      const size = sizes[member]!;
      if (size === this.potential(member)) return true;
      return this.members[member]!.topics.every((topic) => {
        const first = table.firsts[topic]!;
        for (let partition = first; partition < first + table.counts[topic]!; partition++)
          if (owner[partition] !== member && size + 1 < sizes[owner[partition]!]!) return false;
        return true;
      });
    });
  }

  /** Sum of the differences of all pairs that may take part; 0 is perfect. */
  private score(): number {
    const { list, sizes } = this.load;
    let score = 0;
    for (const [i, a] of list.entries())
      for (const b of list.slice(i + 1)) score += Math.abs(sizes[a]! - sizes[b]!);
    return score;
  }
}
