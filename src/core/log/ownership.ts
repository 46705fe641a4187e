import { nameOf, type TopicPartition } from "./assignment/assignment.ts";
import type { JoinRefusal } from "./coordination/coordinator-host.ts";
import type { GroupPartition, Passing } from "./group-partition.ts";
import { committedEarly, deletedInHand } from "./loss-rules.ts";
import type { Member } from "./member.ts";
import { Restoration } from "./restoration.ts";
import { letGoCleaned, loseRecord, passOverRecord } from "./unread-records.ts";

/** The partitions that a member reads: they come and go with its group. */
export class Ownership {
  readonly partitions: GroupPartition[] = [];
  readonly restoration: Restoration;
  private readonly member: Member;
  /** One of its partitions is to be read on from elsewhere. */
  private told = false;

  constructor(member: Member) {
    this.member = member;
    this.restoration = new Restoration(member, this.partitions);
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
    this.keepState("rebalance");
    this.restoration.begin();
    const homeless = this.partitions.find((of) => of.homeless);
    if (homeless !== undefined) this.fails(homeless);
    member.pump();
  }

  /** Its member is to seek. */
  tell(): void {
    this.told = true;
    this.member.pump();
  }

  /** Before a poll: the member seeks where it is told to, once nothing is in work. False while it has to wait. */
  mayPoll(): boolean {
    const { member } = this;
    if (!this.told) return member.commits.mayPoll;
    if (!member.drained()) return false;
    this.told = false;
    for (const of of [...this.partitions]) if (!Number.isNaN(of.seekTo)) this.seekAsTold(of);
    return member.commits.mayPoll && !member.stopped;
  }

  /** There is no offset to read on from, and `auto.offset.reset: none` allows no other: `poll()` throws. */
  fails(of: GroupPartition): void {
    const { context } = this.member;
    const { place } = of.partition;
    context.world.occurrences.add(context.kernel.now, "noOffset", place, 0, "auto.offset.reset none");
    this.member.stop();
  }

  /** Its group does not let the member join: `poll()` throws. */
  refused(why: JoinRefusal): void {
    const { context, setup } = this.member;
    context.world.occurrences.add(context.kernel.now, "joinRefused", setup.place, 0, why);
    this.member.stop();
  }

  private seekAsTold(of: GroupPartition): void {
    const { context, setup, commits } = this.member;
    const { kernel, world } = context;
    const { log, place } = of.partition;
    const { autoOffsetReset: reset } = setup.settings;
    let to = of.seekTo;
    of.seekTo = NaN;
    if (to < log.logStart || to > of.view.highWatermark) {
      if (reset === "none") {
        this.fails(of);
        return;
      }
      to = reset === "earliest" ? log.logStart : of.view.highWatermark;
      world.occurrences.add(kernel.now, "offsetReset", place, to, `auto.offset.reset ${reset}`);
    } else world.occurrences.add(kernel.now, "replayed", place, to, "timeline");
    of.replayEnd = Math.max(of.replayEnd, of.position);
    this.seek(of, to, (offset) => passOverRecord(this.member, of, offset));
    of.rewound = to < of.committed;
    // Offsets that an application commits itself are those of what it has finished.
    if (setup.settings.commit !== "after") commits.moved(of);
  }

  /**
   * Reads on from another offset; what `poll()` returned of the partition and was not taken up is let go. It may pass
   * records that were never read.
   */
  seek(of: GroupPartition, to: number, passes?: Passing): void {
    const { member } = this;
    member.buffer.withdraw(of);
    of.session?.drop(of);
    const inHand = of.held === 0 ? [] : member.inHand(of);
    member.slice.cut(of, 0);
    if (to > of.position) of.skipTo(to, passes);
    letGoCleaned(of, inHand, to);
    of.revert(inHand, false, (offset) => of.deletedInHand(offset), to);
    member.sessions.add(of);
  }

  /** State of partitions that it reads no more is gone: another member begins without. */
  keepState(rule: string): void {
    const { sender } = this.member.setup;
    if (sender === undefined) return;
    sender.onward.keep(
      this.partitions.map(({ partition: { log } }) => log.partition),
      rule,
    );
  }

  /** Reads all on from what is committed: what was read beyond it is to be read again, and no state knows of it. */
  goBack(): void {
    this.member.setup.sender?.onward.keep([], "transaction aborted");
    for (const of of this.partitions) {
      this.restoration.holds(of);
      this.seek(of, of.committed);
    }
    this.restoration.begin();
  }

  /** Gives a partition up: what it has of it in hand, if anything, it works on all the same. */
  release(of: GroupPartition, alive = true): void {
    const { member } = this;
    const inHand = of.held === 0 ? [] : member.inHand(of);
    member.buffer.withdraw(of);
    member.sessions.drop(of);
    this.partitions.splice(this.partitions.indexOf(of), 1);
    member.commits.forget(of);
    of.restoring = false;
    of.owner = undefined;
    of.idleSince = member.context.kernel.now;
    if (inHand.length > 0 && alive) of.strayHolders = [...of.strayHolders, member];
    else letGoCleaned(of, inHand, of.committed);
    const { place, settings } = member.setup;
    of.revert(inHand, alive, (offset) => {
      const rule = offset < of.committed ? committedEarly(settings) : deletedInHand;
      loseRecord(member, of, offset, rule, [place]);
    });
  }

  releaseAll(): void {
    for (const of of [...this.partitions]) this.release(of);
  }

  /** They are lost to it, and so is what it knows of them. */
  forfeit(rule: string): void {
    this.releaseAll();
    this.keepState(rule);
  }

  /** The process is gone, and what it had in hand with it. */
  loseAll(): void {
    for (const of of [...this.partitions]) this.release(of, false);
  }

  private add(of: GroupPartition): void {
    of.owner = of.reader = this.member;
    this.partitions.push(of);
    if (!Number.isNaN(of.seekTo)) this.told = true;
    this.restoration.holds(of);
    this.member.sessions.add(of);
    this.member.group.read(of);
  }
}
