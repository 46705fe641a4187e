/**
 * The subscribers of one topic, from the least to the most loaded, while partitions are given to those at the one end
 * and taken from those at the other: two ranges of members that are equally loaded, which grow towards each other.
 * (UniformHeterogeneousAssignmentBuilder.MemberAssignmentBalancer)
 */
export class LoadBalancer {
  /** Partitions of each member now. */
  private readonly sizes: Int32Array;
  private readonly members: number[];
  private leastEnd = 0;
  private leastSize: number;
  private nextLeast = 0;
  private mostStart: number;
  private mostEnd: number;
  private mostSize: number;
  private nextMost: number;
  /** Difference between the most and the least loaded at the start. */
  readonly imbalance: number;

  constructor(sizes: Int32Array, subscribers: readonly number[]) {
    const members = subscribers.toSorted((a, b) => sizes[a]! - sizes[b]! || a - b);
    const least = sizes[members[0]!]!;
    const most = sizes[members.at(-1)!]!;
    this.sizes = sizes;
    this.members = members;
    this.leastSize = least - 1;
    this.mostStart = this.mostEnd = members.length;
    this.mostSize = most + 1;
    this.nextMost = members.length - 1;
    this.imbalance = most - least;
  }

  /** Moving a partition between the ranges would even out nothing. */
  get balanced(): boolean {
    return this.mostSize - this.leastSize <= 1;
  }

  /** Who gets the next partition. */
  least(): number {
    const { members, sizes } = this;
    if (this.nextLeast >= this.leastEnd) {
      this.leastSize++;
      while (this.leastEnd < members.length && sizes[members[this.leastEnd]!] === this.leastSize)
        this.leastEnd++;
      this.nextLeast = 0;
    }
    return members[this.nextLeast++]!;
  }

  /** Who gives the next one; undefined when nobody is left. */
  most(): number | undefined {
    const { members, sizes } = this;
    if (this.nextMost < this.mostStart) {
      if (this.mostEnd <= this.mostStart && this.mostStart > 0)
        this.mostSize = sizes[members[this.mostStart - 1]!]!;
      else this.mostSize--;
      while (this.mostStart > 0 && sizes[members[this.mostStart - 1]!] === this.mostSize) this.mostStart--;
      this.nextMost = this.mostEnd - 1;
    }
    return this.nextMost < 0 ? undefined : members[this.nextMost--]!;
  }

  /** The member that `most` answered last has none of this topic to give. */
  excludeMost(): void {
    const { members } = this;
    const at = this.nextMost + 1;
    this.mostEnd--;
    [members[at], members[this.mostEnd]] = [members[this.mostEnd]!, members[at]!];
  }
}
