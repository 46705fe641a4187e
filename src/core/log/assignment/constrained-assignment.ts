import { compareText } from "./assignment.ts";
import type { Claims } from "./claims.ts";
import type { PartitionTable } from "./partition-table.ts";

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
  private readonly revoked = new Set<number>();
  private readonly belowLeast: string[] = [];
  private atLeast: string[] = [];

  constructor(table: PartitionTable, claims: Claims) {
    const members = claims.owned.size;
    this.table = table;
    this.claims = claims;
    this.least = Math.floor(table.size / members);
    this.most = Math.ceil(table.size / members);
    this.aboveLeastMax = table.size % members;
    for (const [member, owned] of claims.owned) this.keep(member, owned);
    this.belowLeast.sort(compareText);
    this.atLeast.sort(compareText);
    this.deal();
  }

  private keep(member: string, owned: readonly number[]): void {
    const { table, least, most } = this;
    const sorted = owned.toSorted((a, b) => table.partitionOf(a) - table.partitionOf(b) || a - b);
    let quota = least;
    if (owned.length < least) this.belowLeast.push(member);
    else if (owned.length >= most && this.aboveLeast < this.aboveLeastMax) {
      quota = most;
      if (++this.aboveLeast === this.aboveLeastMax) this.atLeast = [];
    } else if (this.aboveLeast < this.aboveLeastMax) this.atLeast.push(member);
    this.assigned.set(member, sorted.slice(0, quota));
    for (const partition of sorted.slice(quota)) this.revoked.add(partition);
  }

  private deal(): void {
    const { table, belowLeast, atLeast, least } = this;
    const kept = new Set([...this.assigned.values()].flat());
    let turn = 0;
    for (let partition = 0; partition < table.size; partition++) {
      if (kept.has(partition)) continue;
      if (turn === belowLeast.length) turn = 0;
      const member = belowLeast.length > 0 ? belowLeast[turn++]! : atLeast.shift()!;
      const partitions = this.assigned.get(member)!;
      partitions.push(partition);
      if (this.revoked.has(partition) || this.claims.doubly.has(partition)) this.moving.add(partition);
      if (partitions.length === least) {
        belowLeast.splice(--turn, 1);
        atLeast.push(member);
      }
    }
  }
}
