import { idleFailures } from "../sim/idle-failures.ts";
import { SerialServer } from "../sim/station.ts";
import { Station } from "../stats/trace.ts";
import { ClientBuffer } from "./client-buffer.ts";
import type { Commits } from "./commits.ts";
import type { RebalanceReason } from "./coordination/coordinator-host.ts";
import type { Membership } from "./coordination/membership.ts";
import type { Group } from "./group.ts";
import type { GroupPartition } from "./group-partition.ts";
import { Handlers } from "./handlers.ts";
import { IdleHandlers } from "./idle-handlers.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import { MemberSessions } from "./member-sessions.ts";
import type { MemberSetup } from "./member-setup.ts";
import { Ownership } from "./ownership.ts";
import { PollInterval } from "./poll-interval.ts";
import { commitsFor } from "./transactions/transactional-commits.ts";
import { sliceFor } from "./ordered-slice.ts";
import type { Slice } from "./slice.ts";
import { settleTogether } from "./stretch-settlement.ts";
import { loseFailed } from "./unread-records.ts";
import { WorkAhead } from "./work-ahead.ts";

/**
 * A group member: Java's consumer with its poll loop. `poll()` returns at most `max.poll.records` of what was fetched
 * and asks for more; handlers work on them; when a handler is idle and nothing is left to take up, it polls again.
 */
export class Member {
  readonly setup: MemberSetup;
  readonly group: Group;
  readonly context: LogContext;
  /** Set when it starts. */
  membership!: Membership;
  readonly ownership = new Ownership(this);
  readonly buffer: ClientBuffer;
  readonly slice: Slice;
  readonly handlers: Handlers;
  readonly idle = new IdleHandlers();
  readonly commits: Commits;
  /** It will not poll again. */
  stopped = false;
  /** It has left. */
  gone = false;
  /** Waits in `poll()` for records to come. */
  waiting = false;
  protected readonly interval: PollInterval;
  readonly sessions: MemberSessions;
  private readonly onGone: () => void;
  private readonly thread = new SerialServer();
  private readonly ahead: WorkAhead | undefined;
  /** It is in its poll loop already, or will come to it. */
  protected pumping = false;
  private batchPaid = true;
  private readonly failures = idleFailures();

  constructor(context: LogContext, setup: MemberSetup, group: Group, onGone: () => void) {
    this.context = context;
    this.setup = setup;
    this.group = group;
    this.onGone = onGone;
    this.interval = new PollInterval(context, setup.number, setup.settings.maxPollInterval);
    this.handlers = new Handlers(setup.concurrency);
    this.buffer = new ClientBuffer(context.world.window.from);
    this.slice = sliceFor(setup, this.handlers);
    // A retry would move the ends of all that follows.
    const retries = setup.work.mayFail && setup.settings.onFailure === "retry";
    if (setup.concurrency === 1 && !retries && setup.work.steady && setup.sender === undefined)
      this.ahead = new WorkAhead();
    this.commits = commitsFor(context, this);
    this.sessions = new MemberSessions(context, this);
  }

  /** The log of a partition was cut back to this end: what `poll()` returned beyond it is gone. */
  truncated(of: GroupPartition, end: number): void {
    this.interrupt();
    const gone = this.slice.cut(of, end);
    if (of.owner !== this) return;
    of.held -= gone;
    of.cut -= gone;
    of.session?.drop(of);
    if (Math.min(of.fetched, end) <= of.position) this.buffer.withdraw(of);
    this.sessions.leaderMoved();
  }

  /** Those it reads. */
  get partitions(): readonly GroupPartition[] {
    return this.ownership.partitions;
  }

  /** Nothing of what `poll()` returned is in hand. */
  drained(): boolean {
    this.settle();
    return this.slice.held === 0 && this.handlers.busy === 0;
  }

  /** Offsets of the partition that it has in hand. */
  inHand(of: GroupPartition): number[] {
    this.settle();
    return this.gone ? [] : [...this.slice.offsetsOf(of), ...this.handlers.offsetsOf(of)];
  }

  /** The lowest of them; Infinity without one. */
  lowest(of: GroupPartition): number {
    return this.gone ? Infinity : Math.min(this.slice.lowest(of), this.handlers.lowest(of));
  }

  /** The coordinator has removed it; its partitions are others'. */
  removed(reason: RebalanceReason): void {
    if (this.gone) return;
    this.group.coordinator.evicted(this.setup.place, reason);
    this.ownership.forfeit(reason);
    this.reviewIdle();
  }

  /** The process is gone without a word, with all that it had in hand. */
  crash(): void {
    if (this.gone) return;
    this.settle();
    const { handlers, setup, context, ownership } = this;
    this.sessions.close();
    ownership.loseAll();
    this.gone = true;
    handlers.abandon(context.kernel.now, setup);
    this.reviewIdle();
    this.membership.crash();
    this.onGone();
  }

  /** `max.poll.interval.ms` after a poll. */
  pollTimedOut(): void {
    if (this.gone || this.waiting || this.handlers.busy === 0) return;
    if (this.interval.expired()) this.membership.pollTimedOut();
  }

  /** When an answer is unpacked by the client's thread; `decompressing`: what that alone takes, ns. */
  unpacked(arrival: number, records: number, decompressing: number): number {
    return this.thread.serve(arrival, records * this.context.costs.kafkaClientPerMessage + decompressing);
  }

  /** Goes on with the poll loop as far as it can at this instant. */
  pump(): void {
    if (this.pumping || this.gone) return;
    this.pumping = true;
    while (this.handlers.anyIdle && !this.commits.blocks) {
      if (this.slice.take()) this.takeUp();
      else if (this.stopped || !this.pollAgain()) break;
    }
    this.pumping = false;
    if (this.stopped && !this.gone && this.slice.held === 0 && this.handlers.busy === 0) this.leave();
    this.reviewIdle();
  }

  /** What keeps its idle handlers, or how many they are, may have changed. */
  reviewIdle(): void {
    const { commits, membership, idle } = this;
    if (!idle.hindered && !commits.blocks && !membership.wantsPoll && this.partitions.length > 0) return;
    const rebalances = membership.rebalancing && !this.stopped;
    const reason = rebalances ? "rebalancing" : commits.blocks ? "blocked" : undefined;
    idle.review(this.context.kernel.now, this.setup, this.gone ? undefined : reason, this.handlers.busy);
  }

  /** A step of its group's protocol. */
  step(step: number): void {
    this.membership.step(step);
    this.reviewIdle();
  }

  /** A handler ends; where its work is drawn ahead, `which` is the stretch that ends, else the handler. */
  handled(which: number): void {
    if (this.gone) return;
    const { ahead } = this;
    if (ahead === undefined) this.goOn(which);
    else if (ahead.stretch === which) {
      this.settle();
      this.goOn(0);
    }
  }

  retried(_handler: number): void {}

  /** One record of a stretch ends, and the next is taken up. */
  workedOn(stretch: number): void {
    const { ahead, context, setup } = this;
    if (this.gone || ahead?.stretch !== stretch) return;
    this.settle();
    if (ahead.nextEnd < Infinity) context.timer(ahead.nextEnd, LogEvent.workedOn, setup.number, stretch);
  }

  /**
   * Settles the records whose work has ended by now, each at its own time. Whoever reads or changes what the member
   * has in hand calls it first.
   */
  settle(): void {
    const { ahead, slice, handlers, context } = this;
    if (ahead === undefined || this.gone) return;
    const { now } = context.kernel;
    if (ahead.nextEnd <= now) settleTogether(this, ahead, now);
    for (let at = ahead.nextEnd; at <= now; at = ahead.nextEnd) {
      this.conclude(0, at);
      slice.take();
      handlers.goOn(0, slice.of!, slice.offset, slice.polledAt, at);
      this.trace(0, Station.takenUp, at);
      ahead.settle();
    }
  }

  /** What comes after the record in work is drawn anew when that ends: its times have changed, or it is not to be. */
  interrupt(): void {
    const { ahead, context, setup } = this;
    this.settle();
    if (ahead === undefined || ahead.nextEnd === Infinity) return;
    const end = ahead.nextEnd;
    ahead.begin();
    context.timer(end, LogEvent.handled, setup.number, ahead.stretch);
  }

  /** Will leave cleanly: what `poll()` returned is worked on, what was fetched beyond it is let go. */
  stop(): void {
    this.stopped = true;
    this.sessions.close();
    this.pump();
  }

  /** The first record of the partition that this member has not settled. */
  open(of: GroupPartition): number {
    this.settle();
    const first = Math.min(of.position, of.firstGivenUp);
    return of.held === 0 ? first : Math.min(first, this.slice.lowest(of), this.handlers.lowest(of));
  }

  /** At the end of a delivery. */
  private goOn(handler: number): void {
    const { handlers, slice, context } = this;
    const { now } = context.kernel;
    if (!this.conclude(handler, now)) {
      this.failures.happens(now);
      this.tryAgain(handler, now);
      return;
    }
    const of = handlers.of[handler]!;
    const key = handlers.key[handler]!;
    handlers.release(handler);
    slice.released(of, key);
    this.pump();
  }

  /** A delivery ends; false when the handler tries the record again. */
  private conclude(handler: number, at: number): boolean {
    const { handlers, setup } = this;
    const of = handlers.of[handler]!;
    if (!setup.work.mayFail || !setup.work.fails(handlers.sentAt[handler]!, handlers.key[handler]!))
      this.finish(handler, of, at);
    else {
      handlers.attempt(handler, at, setup);
      if (!this.fail(handler, of, at)) return false;
    }
    if (of.owner === this) {
      of.held--;
      this.commits.settled(of);
    }
    return true;
  }

  /** A handler works on the record that it has failed on. */
  protected tryAgain(handler: number, now: number): void {
    this.setup.stats.deliver(now, 1, true);
    this.buffer.count(this.handlers.of[handler]!, 1, now);
    this.handlers.deliveredAt[handler] = now;
    this.work(handler, 0);
  }

  protected fail(handler: number, of: GroupPartition, at: number): boolean {
    const { stats, settings } = this.setup;
    stats.fail(at);
    this.trace(handler, Station.failed, at);
    if (settings.onFailure === "retry" && !this.stopped) return false;
    if (settings.onFailure === "skip") this.skip(handler, of, at);
    else this.giveUp(handler, of, at);
    return true;
  }

  protected finish(handler: number, of: GroupPartition, at: number): void {
    const { handlers, setup, context } = this;
    const single = context.uniqueKeys[handlers.source[handler]!] === true;
    if (
      !single &&
      (handlers.earlierInWork(handler) || of.movedKeys?.overtakes(handlers, handler, at) === true)
    )
      setup.stats.violate(at);
    this.trace(handler, Station.finished, at);
    if (of.owner !== this || of.repeats.size > 0) {
      const offset = handlers.offset[handler]!;
      if (of.owner === this ? of.repeats.delete(offset) : !of.strayEnded(offset)) {
        handlers.finishAgain(handler, at, setup, offset < of.replayEnd);
        return;
      }
    }
    of.finished++;
    if (of.partition.replicas?.finishedBefore(of.group, handlers.id[handler]!) === true)
      handlers.finishAgain(handler, at, setup);
    else handlers.finish(handler, at, setup, context.world.lineage);
  }

  private skip(handler: number, of: GroupPartition, at: number): void {
    if (this.passesOver(handler, of)) this.setup.stats.skip(at);
    this.trace(handler, Station.skipped, at);
  }

  /** The record is settled without success; false where it had been settled before. */
  protected passesOver(handler: number, of: GroupPartition): boolean {
    const offset = this.handlers.offset[handler]!;
    const first = of.owner === this ? !of.repeats.delete(offset) : of.strayEnded(offset);
    if (first) of.skipped++;
    return first;
  }

  /** It failed, and its member will not try again: a commit of the position passes it over, one of what is done does not. */
  protected giveUp(handler: number, of: GroupPartition, at: number): void {
    const offset = this.handlers.offset[handler]!;
    if (of.owner !== this || of.repeats.delete(offset)) return;
    if (["after", "transactional"].includes(this.setup.settings.commit)) {
      of.givenUp.add(offset);
      of.firstGivenUp = Math.min(of.firstGivenUp, offset);
    } else loseFailed(this, of, offset, at);
  }

  private leave(): void {
    if (!this.commits.flush() || this.gone) return;
    this.ownership.forfeit("stop");
    this.gone = true;
    this.membership.leave();
    this.group.left();
    this.onGone();
  }

  private takeUp(): void {
    const { slice } = this;
    const { now } = this.context.kernel;
    const handler = this.handlers.takeUp(slice.of!, slice.offset, slice.polledAt, now);
    const batchWork = this.batchPaid ? 0 : this.setup.work.perBatch();
    this.batchPaid = true;
    this.work(handler, batchWork);
  }

  private work(handler: number, batchWork: number): void {
    const { handlers, context, ahead, setup } = this;
    const { now } = context.kernel;
    handlers.takenUpAt[handler] = now;
    this.trace(handler, Station.takenUp, now);
    const end = now + batchWork + setup.work.duration(handlers.source[handler]!, handlers.key[handler]!);
    let last = end;
    if (ahead === undefined) context.timer(end, LogEvent.handled, setup.number, handler);
    else {
      ahead.begin();
      if (this.slice.held > 0) last = ahead.draw(this.slice, handlers.id[0]!, end, setup.work, context.trace);
      if (ahead.traced) context.timer(ahead.nextEnd, LogEvent.workedOn, setup.number, ahead.stretch);
      context.timer(last, LogEvent.handled, setup.number, ahead.stretch);
    }
    this.interval.busyUntil(last);
  }

  /** False when the loop has to wait: for records, for a commit, or for handlers that hold all that may be held. */
  private pollAgain(): boolean {
    const { slice, commits, buffer } = this;
    const { stats, settings } = this.setup;
    const { now } = this.context.kernel;
    this.interval.polled();
    if (this.membership.wantsPoll && !this.membership.poll()) return false;
    const room = settings.maxPollRecords - slice.held - this.handlers.busy;
    if (room <= 0 || !this.ownership.mayPoll()) return false;
    commits.beforePoll();
    if (commits.blocks) return false;
    buffer.again = 0;
    let taken = buffer.collect(room, slice, now, commits);
    this.sessions.fetch();
    // What costs nothing has arrived within the call; it may hold nothing to read.
    while (taken === 0 && buffer.holdsAny) {
      taken = buffer.collect(room, slice, now, commits);
      if (taken === 0) this.sessions.fetch();
    }
    this.waiting = taken === 0;
    if (this.waiting) commits.whileWaiting();
    else {
      stats.deliver(now, taken - buffer.again, false);
      if (buffer.again > 0) stats.deliver(now, buffer.again, true);
      this.batchPaid = false;
      commits.afterPoll();
    }
    return !this.waiting;
  }

  protected trace(handler: number, station: Station, at: number): void {
    const { trace } = this.context;
    const id = this.handlers.id[handler]!;
    if (trace.wants(id)) trace.addAt(at, id, station, this.setup.place, this.handlers.offset[handler]!);
  }
}
