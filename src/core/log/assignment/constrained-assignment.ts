import { compareText, type TopicPartition } from "./assignment.ts";
import type { Claims } from "./claims.ts";
import type { PartitionTable } from "./partition-table.ts";
import type { RackMatching } from "./rack-matching.ts";

/**
 * The sticky assignors where all members subscribe to the same topics: each keeps what it owns up to its quota, the
 * rest is dealt out in turn, first to those below the least quota. (AbstractStickyAssignor)
 */
export class ConstrainedAssignment {
  /** Partitions of each member, by member id. */
  readonly assigned = new Map<string, number[]>();
  /** Partitions that a member gives up and another gets. */
  readonly moving = new Set<number>();
  private readonly table: PartitionTable;
  private readonly claims: Claims;
  private readonly least: number;
  private readonly most: number;
  /** How many members may have more than the least quota, and how many have. */
  private readonly aboveLeastMax: number;
  private aboveLeast = 0;
  /** Who gave a partition up. */
  private readonly revoked = new Map<number, string>();
  private readonly racks: RackMatching | undefined;
  private readonly belowLeast: string[] = [];
  private atLeast: string[] = [];

  constructor(table: PartitionTable, claims: Claims, racks: RackMatching | undefined) {
    const members = claims.owned.size;
    this.table = table;
    this.racks = racks;
    this.claims = claims;
    this.least = Math.floor(table.size / members);
    this.most = Math.ceil(table.size / members);
    this.aboveLeastMax = table.size % members;
    for (const [member, owned] of claims.owned) this.keep(member, owned);
    this.belowLeast.sort(compareText);
    this.atLeast.sort(compareText);
    const open = this.open();
    this.deal(racks === undefined ? open : this.dealNear(open, racks));
  }

  private keep(member: string, had: readonly number[]): void {
    const { table, least, most, racks } = this;
    const owned =
      racks === undefined ? had : had.filter((partition) => !racks.far(member, table.at(partition)));
    for (const partition of had) if (!owned.includes(partition)) this.revoked.set(partition, member);
    const sorted = owned.toSorted((a, b) => table.partitionOf(a) - table.partitionOf(b) || a - b);
    let quota = least;
    if (owned.length < least) this.belowLeast.push(member);
    else if (owned.length >= most && this.aboveLeast < this.aboveLeastMax) {
      quota = most;
      if (++this.aboveLeast === this.aboveLeastMax) this.atLeast = [];
    } else if (this.aboveLeast < this.aboveLeastMax) this.atLeast.push(member);
    this.assigned.set(member, sorted.slice(0, quota));
    for (const partition of sorted.slice(quota)) this.revoked.set(partition, member);
  }

  /** What nobody keeps. */
  private open(): number[] {
    const kept = new Set([...this.assigned.values()].flat());
    const open: number[] = [];
    for (let partition = 0; partition < this.table.size; partition++)
      if (!kept.has(partition)) open.push(partition);
    return open;
  }

  /**
   * Those that few members are near go first, each to the next that is near it; answers with what nobody may have so, in that order.
   * (assignRackAwareRoundRobin)
   */
  private dealNear(open: readonly number[], racks: RackMatching): number[] {
    const { table, belowLeast, least, most } = this;
    const near = open.map((partition) => ({ partition, count: racks.membersNear(table.at(partition)) }));
    const left: number[] = [];
    let turn = 0;
    for (const { partition } of near.toSorted((a, b) => a.count - b.count)) {
      const at = nextNear(belowLeast, turn, racks, table.at(partition));
      if (at >= 0) {
        const member = belowLeast[at]!;
        const size = this.give(partition, member);
        let next = at;
        if (size >= least) {
          belowLeast.splice(at, 1);
          if (size < most && this.aboveLeast < this.aboveLeastMax) this.atLeast.push(member);
        } else next++;
        turn = belowLeast.length === 0 ? 0 : next % belowLeast.length;
        continue;
      }
      const first = nextNear(this.atLeast, 0, racks, table.at(partition));
      if (first < 0) left.push(partition);
      else if (this.give(partition, this.atLeast[first]!) === most) {
        this.atLeast.splice(first, 1);
        if (++this.aboveLeast === this.aboveLeastMax) this.atLeast = [];
      }
    }
    return left;
  }

  private give(partition: number, member: string): number {
    const { revoked, claims, moving } = this;
    const from = revoked.get(partition);
    if ((from !== undefined && from !== member) || claims.doubly.has(partition)) moving.add(partition);
    return this.assigned.get(member)!.push(partition);
  }

  private deal(open: readonly number[]): void {
    const { belowLeast, atLeast, least } = this;
    let turn = 0;
    for (const partition of open) {
      if (turn === belowLeast.length) turn = 0;
      const member = belowLeast.length > 0 ? belowLeast[turn++]! : atLeast.shift()!;
      if (this.give(partition, member) === least) {
        belowLeast.splice(--turn, 1);
        atLeast.push(member);
      }
    }
  }
}

/** The place of the next member, from `first` on, that is near the partition; −1 where none is. */
function nextNear(
  members: readonly string[],
  first: number,
  racks: RackMatching,
  partition: TopicPartition,
): number {
  for (let i = 0; i < members.length; i++) {
    const place = (first + i) % members.length;
    if (racks.near(members[place]!, partition)) return place;
  }
  return -1;
}
