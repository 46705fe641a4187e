/** Members by how many partitions they have, then by their numbers: a sorted list whose sizes change one by one. */
export class MembersByLoad {
  readonly sizes: Int32Array;
  private members: number[];

  constructor(sizes: Int32Array) {
    this.sizes = sizes;
    this.members = Array.from(sizes, (_, member) => member).sort(this.compare);
  }

  get list(): readonly number[] {
    return this.members;
  }

  get least(): number {
    return this.members[0]!;
  }

  get most(): number {
    return this.members.at(-1)!;
  }

  resize(member: number, by: number): void {
    this.members.splice(this.members.indexOf(member), 1);
    this.sizes[member]! += by;
    let at = this.members.findIndex((other) => this.compare(member, other) < 0);
    if (at < 0) at = this.members.length;
    this.members.splice(at, 0, member);
  }

  remove(member: number): void {
    this.members = this.members.filter((other) => other !== member);
  }

  private readonly compare = (a: number, b: number): number => this.sizes[a]! - this.sizes[b]! || a - b;
}
