import type { LoggedState } from "../sim/world.ts";
import { zero } from "../sim/zero.ts";
import { Station } from "../stats/trace.ts";
import type { CoordinatorLog } from "./coordination/coordinator-log.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { Member } from "./member.ts";

/**
 * A member's commits: `auto` inside `poll()`, of what earlier polls returned; `after` of what its handlers have
 * finished, `before` of what this poll returned. One is on its way at a time; the synchronous ones hold the poll loop.
 */
export class Commits {
  /** The poll loop waits for the coordinator's answer. */
  blocks = false;
  protected readonly context: LogContext;
  protected readonly member: Member;
  private readonly mode: "auto" | "after" | "before" | "transactional";
  /** Of the commit on its way: `held up`, no coordinator is reached; `waits`, it is there, and the coordinator cannot write it. */
  protected phase: "idle" | "under way" | "held up" | "waits" = "idle";
  /** Count waits for the coordinator's log, and commits, so that what is said of one is not taken for another. */
  private attempt = 0;
  private sent = 0;
  private threw = false;
  private watched = false;
  /** For how long the coordinator gathers what it writes, ns; not where that is transactional. */
  private readonly linger: number;
  private dueAt = zero;
  private timed = false;
  /** Partitions with something new since the last commit, and those that the commit under way carries. */
  private readonly touched: GroupPartition[] = [];
  private touchedCount = 0;
  private readonly carried: GroupPartition[] = [];
  private carriedCount = 0;

  constructor(context: LogContext, member: Member) {
    this.context = context;
    this.member = member;
    this.mode = member.setup.settings.commit;
    this.linger = this.mode === "transactional" ? 0 : member.group.setup.cluster.offsets.appendLinger;
  }

  /** The member has its partitions. */
  joined(): void {
    this.dueAt = this.context.kernel.now + this.member.setup.settings.autoCommitInterval;
  }

  /** `poll()` returned records of the partition. */
  returned(of: GroupPartition): void {
    if (this.mode !== "after" && !of.touched) this.touch(of);
  }

  /** A record of the partition was settled. */
  settled(of: GroupPartition): void {
    if (this.mode === "after" && !of.touched) this.touch(of);
  }

  /** The position of the partition went on without records. */
  moved(of: GroupPartition): void {
    if (!of.touched) this.touch(of);
  }

  beforePoll(): void {
    if (this.goesOnWithout()) return;
    if (this.mode === "after") this.send(this.member.setup.concurrency === 1);
    else if (this.mode === "auto") this.auto();
  }

  afterPoll(): void {
    if (this.mode === "before") this.send(true);
  }

  /** In `poll()` without records the interval runs out as well; it returns when a position went on, as behind a marker. */
  whileWaiting(): void {
    if (this.mode === "after") this.send(false);
    if (this.mode !== "auto" || this.timed || this.touchedCount === 0) return;
    this.timed = true;
    const { now } = this.context.kernel;
    this.context.timer(Math.max(this.dueAt, now), LogEvent.autoCommit, this.member.setup.number, 0);
  }

  /** The timer of a member that waited in `poll()`. */
  interval(): void {
    this.timed = false;
    if (this.member.stopped || this.member.gone || !this.member.waiting) return;
    this.auto();
    this.whileWaiting();
  }

  /** Before partitions are given up, whatever the mode: true when nothing is left to commit; else the poll loop waits. */
  flush(): boolean {
    if (this.goesOnWithout()) return true;
    this.send(true);
    this.blocks = this.phase !== "idle";
    return !this.blocks;
  }

  /** The member has lost the partition: the coordinator takes no commit of it any more. */
  forget(of: GroupPartition): void {
    this.touchedCount = without(this.touched, this.touchedCount, of);
    this.carriedCount = without(this.carried, this.carriedCount, of);
  }

  /** The coordinator is there again: what was on its way to it is sent anew. */
  resume(): void {
    if (this.phase !== "held up") return;
    this.phase = "under way";
    if (!this.context.defersHop(LogEvent.commitArrives, this.member.setup.number)) this.arrives();
  }

  /** At the coordinator. */
  arrives(): void {
    const { kernel, costs } = this.context;
    const { coordinator } = this.member.group;
    if (!coordinator.reaches(this.member)) {
      this.phase = "held up";
      this.watch();
      return;
    }
    if (coordinator.log.state !== "takes") {
      this.waitFor(coordinator.log);
      return;
    }
    const done = coordinator.broker.work(kernel.now, costs.kafkaPerRequest) + this.linger;
    if (!this.context.defersAnyTime(done, LogEvent.commitDone, this.member.setup.number)) this.done();
  }

  /**
   * Replicas in sync are silent: the coordinator answers when one of both is over, that or `offsets.commit.timeout.ms`. Too few of them:
   * it refuses at once. Who was refused tries again. (COORDINATOR_NOT_AVAILABLE)
   */
  private waitFor(log: CoordinatorLog): void {
    const { kernel, costs } = this.context;
    const { setup, group } = this.member;
    const since = kernel.now;
    const patience = log.state === "waits" ? group.setup.cluster.offsets.commitTimeout : -1;
    const attempt = ++this.attempt;
    this.phase = "waits";
    log.later(() => {
      if (attempt !== this.attempt || this.member.gone) return;
      this.phase = "under way";
      const answered = kernel.now - since <= patience;
      const wait = answered ? 0 : setup.settings.retryBackoff + 2 * costs.networkLatency;
      this.context.timer(kernel.now + wait, LogEvent.commitArrives, setup.number, 0);
    });
    this.watch();
  }

  /** A synchronous commit throws when it has had no answer for `default.api.timeout.ms`. */
  private watch(): void {
    if (!this.blocks || this.watched || this.mode === "transactional") return;
    this.watched = true;
    const { kernel } = this.context;
    const { number, settings } = this.member.setup;
    this.context.timer(kernel.now + settings.apiTimeout, LogEvent.commitTimesOut, number, this.sent);
  }

  /** The commit that comes now threw already. */
  private goesOnWithout(): boolean {
    const { threw } = this;
    this.threw = false;
    return threw;
  }

  /** Its application goes on, and commits the same with what follows. */
  timesOut(sent: number): void {
    if (sent !== this.sent || !this.blocks || this.member.gone) return;
    // Its answer is on its way.
    if (this.phase !== "held up" && this.phase !== "waits") return;
    this.attempt++;
    for (const of of this.takeCarried()) if (!of.touched) this.touch(of);
    this.threw = true;
    const { kernel, world } = this.context;
    const { place } = this.member.setup;
    world.occurrences.add(kernel.now, "commitTimedOut", place, 0, "default.api.timeout.ms");
    this.answered();
  }

  /** Written by the coordinator. */
  done(): void {
    for (let i = 0; i < this.carriedCount; i++) this.takesEffect(this.carried[i]!);
    this.carriedCount = 0;
    if (!this.context.defersHop(LogEvent.commitAnswered, this.member.setup.number)) this.answered();
  }

  answered(): void {
    this.phase = "idle";
    const { blocks, member, mode } = this;
    this.blocks = false;
    if (blocks) member.pump();
    else if (mode === "after" && member.waiting) this.send(false);
  }

  /** The member has failed; false where that ends no transaction. */
  get aborts(): boolean {
    return false;
  }

  /** Whether the next poll needs not wait for what is in work. */
  get mayPoll(): boolean {
    return true;
  }

  /** A record was finished. */
  finishes(): void {}

  fails(): void {}

  goBack(): void {}

  /** The offset that was on its way is the committed one. */
  protected takesEffect(of: GroupPartition): void {
    const { now } = this.context.kernel;
    this.stamp(of);
    of.fallsBehind(now, of.committed - of.committing);
    of.committed = of.committing;
    of.headChanged(now);
    of.committedAt = now;
    if (of.mark !== undefined) this.state?.committed(of.partition.log.partition, of.mark);
    of.rewound = false;
    of.review(of.owner === this.member ? this.member.open(of) : of.position);
    of.partition.forget();
  }

  private get state(): LoggedState | undefined {
    return this.member.setup.sender?.onward.state;
  }

  protected carries(of: GroupPartition): boolean {
    return this.carried.slice(0, this.carriedCount).includes(of);
  }

  /** Those of the commit under way, which carries them no more. */
  protected takeCarried(): GroupPartition[] {
    const taken = this.carried.slice(0, this.carriedCount);
    this.carriedCount = 0;
    return taken;
  }

  private touch(of: GroupPartition): void {
    of.touched = true;
    this.touched[this.touchedCount++] = of;
  }

  private auto(): void {
    const { now } = this.context.kernel;
    if (now < this.dueAt) return;
    const { autoCommitInterval } = this.member.setup.settings;
    // A client that waited in `poll()` has committed the same again and again.
    if (this.member.waiting && now > this.dueAt && autoCommitInterval > 0) {
      this.dueAt += Math.ceil((now - this.dueAt) / autoCommitInterval) * autoCommitInterval;
      if (this.dueAt > now) return;
    }
    this.dueAt = now + autoCommitInterval;
    this.send(false);
  }

  /** What commits where; a partition whose first open record has not moved is touched again when one settles. */
  protected send(blocks: boolean): void {
    if (this.phase !== "idle" || this.touchedCount === 0) return;
    for (let i = 0; i < this.touchedCount; i++) {
      const of = this.touched[i]!;
      of.touched = false;
      of.committing = this.mode === "after" ? this.member.open(of) : of.position;
      of.mark = this.state?.mark(of.partition.log.partition);
      if (of.committing > of.committed || (of.rewound && of.committing < of.committed))
        this.carried[this.carriedCount++] = of;
    }
    this.touchedCount = 0;
    if (this.carriedCount === 0) return;
    this.phase = "under way";
    this.blocks = blocks;
    this.watched = false;
    this.sent++;
    const onward = this.member.setup.sender?.onward;
    if (this.mode === "after" && onward?.pending === true) onward.flush(() => this.sets());
    else this.sets();
  }

  /** The offsets set off. What they cover has been sent on. */
  protected sets(): void {
    if (this.member.gone) return;
    if (!this.context.defersHop(LogEvent.commitArrives, this.member.setup.number)) this.arrives();
  }

  private stamp(of: GroupPartition): void {
    const { trace } = this.context;
    const { log, place } = of.partition;
    for (let offset = Math.max(of.committed, log.kept); offset < of.committing; offset++) {
      if (!log.holds(offset)) continue;
      const id = log.id[log.at(offset)]!;
      if (!trace.wants(id)) return;
      trace.add(id, Station.committed, place, offset);
    }
  }
}

/** Takes an entry out of the first `count` of a list; answers how many are left. */
function without(list: GroupPartition[], count: number, of: GroupPartition): number {
  let kept = 0;
  for (let i = 0; i < count; i++) if (list[i] !== of) list[kept++] = list[i]!;
  return kept;
}
