import { nameOf, type TopicPartition } from "./assignment/assignment.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { Member } from "./member.ts";

/** The partitions that a member reads: they come and go with its group. */
export class Ownership {
  readonly partitions: GroupPartition[] = [];
  private readonly member: Member;

  constructor(member: Member) {
    this.member = member;
  }

  /** As its group names them. */
  get named(): readonly TopicPartition[] {
    return this.partitions.map(({ partition: { log } }) => ({ topic: log.topic, partition: log.partition }));
  }

  /** Which of these partitions it does not read, and which it reads that are not among them. */
  compare(partitions: readonly TopicPartition[]): { gained: TopicPartition[]; lost: GroupPartition[] } {
    const names = new Set(partitions.map(nameOf));
    const mine = new Set(this.partitions.map(({ name }) => name));
    return {
      gained: partitions.filter((one) => !mine.has(nameOf(one))),
      lost: this.partitions.filter(({ name }) => !names.has(name)),
    };
  }

  /** Those among these names that it does not read. */
  missing(names: ReadonlySet<string>): TopicPartition[] {
    const mine = new Set(this.partitions.map(({ name }) => name));
    const all: TopicPartition[] = [];
    for (const [topic, count] of this.member.group.counts())
      for (let partition = 0; partition < count; partition++) {
        const name = nameOf({ topic, partition });
        if (names.has(name) && !mine.has(name)) all.push({ topic, partition });
      }
    return all;
  }

  /** Reads these from now on. */
  take(partitions: readonly TopicPartition[]): void {
    const { member } = this;
    if (member.stopped || member.gone) return;
    for (const one of partitions) {
      const of = member.group.partition(one);
      if (of.owner === undefined) this.add(of);
    }
    member.commits.joined();
    member.pump();
  }

  /** Gives a partition up: what it has of it in hand, if anything, it works on all the same. */
  release(of: GroupPartition, alive = true): void {
    const { member } = this;
    const inHand = of.held === 0 ? [] : member.inHand(of);
    member.buffer.withdraw(of);
    of.session?.drop(of);
    this.partitions.splice(this.partitions.indexOf(of), 1);
    member.commits.forget(of);
    of.owner = undefined;
    of.idleSince = member.context.kernel.now;
    if (inHand.length > 0 && alive) of.strayHolders = [...of.strayHolders, member];
    member.setup.stats.lost += of.revert(inHand, alive);
  }

  releaseAll(): void {
    for (const of of [...this.partitions]) this.release(of);
  }

  /** The process is gone, and what it had in hand with it. */
  loseAll(): void {
    for (const of of [...this.partitions]) this.release(of, false);
  }

  private add(of: GroupPartition): void {
    of.owner = of.reader = this.member;
    this.partitions.push(of);
    this.member.sessions.add(of);
    this.member.group.read(of);
  }
}
