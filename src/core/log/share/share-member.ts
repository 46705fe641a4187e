import { idleFailures } from "../../sim/idle-failures.ts";
import { SerialServer } from "../../sim/station.ts";
import { zero } from "../../sim/zero.ts";
import { Station } from "../../stats/trace.ts";
import type { JoinRefusal, RebalanceReason } from "../coordination/coordinator-host.ts";
import type { FleetMember } from "../member-fleet.ts";
import { Handlers } from "../handlers.ts";
import { IdleHandlers, type Hindrance } from "../idle-handlers.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import { acceptedUnfinished } from "../loss-rules.ts";
import type { MemberSetup } from "../member-setup.ts";
import { Acknowledge } from "./acknowledgements.ts";
import { AcquiredRuns } from "./acquired-runs.ts";
import type { ShareGroup } from "./share-group.ts";
import type { ShareMembership } from "./share-membership.ts";
import type { SharePartition } from "./share-partition.ts";
import type { ShareSession } from "./share-session.ts";
import { ShareSessions } from "./share-sessions.ts";

/** The lock of a record that a log lost while it was in work. */
const cutLock = -1;

/**
 * A member of a share group: Java's KafkaShareConsumer with its poll loop. `poll()` returns at most `max.poll.records`
 * of what was acquired; the next one sends what became of all of them, and fetches when nothing is left.
 */
export class ShareMember implements FleetMember {
  readonly setup: MemberSetup;
  readonly group: ShareGroup;
  /** Set when it starts. */
  membership!: ShareMembership;
  readonly sessions: ShareSessions;
  /** Acquired, and not returned by `poll()`. */
  readonly buffer = new AcquiredRuns();
  readonly handlers: Handlers<SharePartition>;
  readonly idle = new IdleHandlers();
  stopped = false;
  /** Records that `poll()` returned, and further attempts, inside the window. */
  delivered = 0;
  gone = false;
  /** Waits in `poll()` for records to come. */
  waiting = false;
  protected readonly context: LogContext;
  private readonly onGone: () => void;
  /** Returned by `poll()`, and not taken up. */
  private readonly slice = new AcquiredRuns();
  private polledAt = zero;
  private readonly locks: Int32Array;
  private readonly holders: (ShareSession | undefined)[];
  private readonly thread = new SerialServer();
  private readonly failures = idleFailures();
  /** Failures of the records that handlers keep, to try again. */
  private readonly attempts = new Map<number, number>();
  /** It is in its poll loop already, or will come to it. */
  protected pumping = false;
  private batchPaid = true;
  private pollEnd = Infinity;
  private watchedEnd = Infinity;

  constructor(context: LogContext, setup: MemberSetup, group: ShareGroup, onGone: () => void) {
    this.context = context;
    this.setup = setup;
    this.group = group;
    this.onGone = onGone;
    this.handlers = new Handlers(setup.concurrency);
    this.locks = new Int32Array(setup.concurrency);
    this.holders = Array.from({ length: setup.concurrency });
    this.sessions = new ShareSessions(context, this);
  }

  /** When an answer is unpacked by the client's thread; `decompressing`: what that alone takes, ns. */
  unpacked(arrival: number, records: number, decompressing: number): number {
    return this.thread.serve(arrival, records * this.context.costs.kafkaClientPerMessage + decompressing);
  }

  /** Goes on with the poll loop as far as it can at this instant. */
  pump(): void {
    if (this.pumping || this.gone) return;
    this.pumping = true;
    while (this.handlers.anyIdle) {
      if (this.slice.take()) this.takeUp();
      else if (this.stopped || !this.pollAgain()) break;
    }
    this.pumping = false;
    if (this.stopped && !this.gone && this.slice.held === 0 && this.handlers.busy === 0) this.leave();
    this.reviewIdle();
  }

  /** What keeps its idle handlers, or how many they are, may have changed. */
  reviewIdle(): void {
    const { now } = this.context.kernel;
    this.idle.review(now, this.setup, this.gone ? undefined : this.hindrance, this.handlers.busy);
  }

  /** A step of its group's protocol. */
  step(step: number): void {
    this.membership.step(step);
    this.reviewIdle();
  }

  protected get hindrance(): Hindrance {
    return this.membership.rebalancing && !this.stopped ? "rebalancing" : undefined;
  }

  /** A handler ends. */
  handled(handler: number): void {
    if (this.gone) return;
    const { handlers, setup } = this;
    const { now } = this.context.kernel;
    const { work } = setup;
    const of = handlers.of[handler]!;
    const offset = handlers.offset[handler]!;
    const cut = this.locks[handler] === cutLock;
    const fails = work.mayFail && work.fails(handlers.sentAt[handler]!, handlers.key[handler]!);
    if (fails) this.failed(handler, now);
    if (fails && this.keeps(handler, now)) return;
    const type = fails ? this.givesUp(handler, of, offset, now) : Acknowledge.accept;
    if (!fails) this.finish(handler, of, offset, now);
    this.attempts.delete(handler);
    if (!cut) {
      this.holders[handler]!.acknowledge(of, offset, this.locks[handler]!, type);
      of.letsGo(offset);
    }
    if (fails) this.failures.happens(now);
    handlers.release(handler);
    this.pump();
  }

  /** Will leave cleanly: it works on what `poll()` returned. */
  stop(): void {
    this.stopped = true;
    this.pump();
  }

  /** The process is gone without a word. */
  crash(): void {
    if (this.gone) return;
    const { handlers, setup, context } = this;
    const { now } = context.kernel;
    this.gone = true;
    for (const of of this.letAllGo()) of.review();
    handlers.abandon(now, setup);
    this.reviewIdle();
    this.sessions.crash();
    this.membership.crash();
    this.onGone();
  }

  /** `max.poll.interval.ms` after a poll. */
  pollTimedOut(): void {
    if (this.gone || this.waiting || this.handlers.busy === 0) return;
    if (this.context.kernel.now < this.pollEnd) this.watchPoll();
    else this.membership.pollTimedOut();
  }

  /** The coordinator has removed it. */
  removed(reason: RebalanceReason): void {
    if (!this.gone) this.group.coordinator.evicted(this.setup.place, reason);
  }

  /** Its group is full: `poll()` throws. */
  refused(): void {
    const { context, setup } = this;
    context.world.occurrences.add(
      context.kernel.now,
      "joinRefused",
      setup.place,
      0,
      "GROUP_MAX_SIZE_REACHED" satisfies JoinRefusal,
    );
    this.stop();
  }

  /** A log was cut back to this end: what lies beyond is gone, and what is in work there has no record. */
  truncated(of: SharePartition, end: number): void {
    const { handlers } = this;
    this.buffer.cut(of, end);
    this.slice.cut(of, end);
    for (const { underWay } of this.sessions.all) underWay.cut(of, end);
    for (let h = 0; h < handlers.of.length; h++)
      if (handlers.of[h] === of && handlers.offset[h]! >= end) this.locks[h] = cutLock;
  }

  /** How many records of the partition it has in hand. */
  countOf(of: SharePartition): number {
    let count = 0;
    for (const runs of this.everything())
      for (const [one, from, end] of runs.stretches()) if (one === of) count += end - from;
    for (let h = 0; h < this.handlers.of.length; h++)
      if (this.handlers.of[h] === of && this.locks[h] !== cutLock) count++;
    return count;
  }

  private everything(): AcquiredRuns[] {
    return [this.buffer, this.slice, ...this.sessions.all.map(({ underWay }) => underWay)];
  }

  /** What it has in hand goes; answers of which partitions that was. */
  private letAllGo(): Set<SharePartition> {
    const touched = new Set<SharePartition>();
    for (const runs of [this.buffer, this.slice]) {
      for (const [of, from, end] of runs.stretches()) {
        touched.add(of);
        for (let offset = from; offset < end; offset++) of.letsGo(offset);
      }
      runs.clear();
    }
    for (const [h, of] of this.handlers.of.entries())
      if (of !== undefined && this.locks[h] !== cutLock) {
        touched.add(of);
        of.letsGo(this.handlers.offset[h]!);
      }
    return touched;
  }

  protected finish(handler: number, of: SharePartition, offset: number, now: number): void {
    const { handlers, setup } = this;
    this.trace(handler, Station.finished);
    if (this.locks[handler] !== cutLock) {
      if (of.records.overtakes(offset)) setup.stats.violate(now);
      if (!of.records.settle(offset)) {
        handlers.finishAgain(handler, now, setup);
        return;
      }
    }
    if (of.partition.replicas?.finishedBefore(of.group, handlers.id[handler]!) === true)
      handlers.finishAgain(handler, now, setup);
    else handlers.finish(handler, now, setup, this.context.world.lineage);
  }

  protected failed(handler: number, now: number): void {
    this.handlers.attempt(handler, now, this.setup);
    this.setup.stats.fail(now);
    this.trace(handler, Station.failed);
  }

  /**
   * It keeps the record, and works on it again after a wait: the broker hears nothing, and lets others have it once the lock is
   * over. One that closes releases what it holds.
   */
  private keeps(handler: number, now: number): boolean {
    const { retries } = this.setup.settings;
    const failures = (this.attempts.get(handler) ?? 0) + 1;
    if (failures > retries.length || this.stopped) return false;
    this.attempts.set(handler, failures);
    this.handlers.waitsSince[handler] = now;
    const again = now + retries[failures - 1]!;
    this.context.timer(again, LogEvent.shareRetried, this.setup.number, handler);
    if (again > this.pollEnd) this.watchPoll();
    return true;
  }

  /** A handler has waited before its next attempt. */
  retried(handler: number): void {
    if (this.gone) return;
    const { now } = this.context.kernel;
    this.handlers.endWait(handler, now, this.setup);
    this.setup.stats.deliver(now, 1, true);
    this.count(this.handlers.of[handler]!, 1, now);
    this.handlers.deliveredAt[handler] = now;
    this.work(handler, 0);
  }

  /** What its last attempt failed on. Where all of a `poll()` is accepted together, nobody hears of a failure. */
  protected givesUp(handler: number, of: SharePartition, offset: number, now: number): Acknowledge {
    const { stats, settings, place } = this.setup;
    const { explicit, onFailure } = settings.share!;
    if (explicit && onFailure !== "deadLetter")
      return onFailure === "reject" ? Acknowledge.reject : Acknowledge.release;
    const first = this.locks[handler] !== cutLock && of.records.settle(offset);
    if (onFailure === "deadLetter") {
      if (first) stats.deadLetter(now);
      this.trace(handler, Station.deadLettered);
    } else if (first) {
      stats.lost++;
      this.context.world.losses.add(now, this.handlers.id[handler]!, place, acceptedUnfinished);
    }
    return Acknowledge.accept;
  }

  private takeUp(): void {
    const { slice, handlers } = this;
    const { now } = this.context.kernel;
    const of = slice.of!;
    const handler = handlers.takeUp(of, slice.offset, this.polledAt, now);
    this.locks[handler] = slice.lock;
    this.holders[handler] = slice.session;
    this.trace(handler, Station.takenUp);
    const batchWork = this.batchPaid ? 0 : this.setup.work.perBatch();
    this.batchPaid = true;
    this.work(handler, batchWork);
  }

  private work(handler: number, batchWork: number): void {
    const { handlers } = this;
    const { now } = this.context.kernel;
    const work = this.setup.work.duration(handlers.source[handler]!, handlers.key[handler]!);
    const end = now + batchWork + work;
    this.context.timer(end, LogEvent.shareHandled, this.setup.number, handler);
    if (end > this.pollEnd) this.watchPoll();
  }

  /** All that the last `poll()` returned is settled before the next one. */
  protected pollAgain(): boolean {
    const { handlers, buffer, slice, sessions, setup } = this;
    if (handlers.busy > 0) return false;
    const { now } = this.context.kernel;
    const { maxPollRecords, maxPollInterval } = setup.settings;
    this.pollEnd = now + maxPollInterval;
    this.membership.polled();
    this.waiting = true;
    let taken = buffer.moveTo(slice, maxPollRecords);
    if (taken > 0) sessions.send();
    else {
      sessions.fetch();
      // What costs nothing has arrived within the call.
      taken = buffer.moveTo(slice, maxPollRecords);
    }
    this.waiting = taken === 0;
    if (taken > 0) this.deliver(taken, now);
    return taken > 0;
  }

  private deliver(taken: number, now: number): void {
    const { stats } = this.setup;
    let again = 0;
    for (const [of, from, end] of this.slice.stretches()) {
      this.count(of, end - from, now);
      for (let offset = from; offset < end; offset++) if (of.returned(offset)) again++;
    }
    stats.deliver(now, taken - again, false);
    if (again > 0) stats.deliver(now, again, true);
    this.polledAt = now;
    this.batchPaid = false;
  }

  private count(of: SharePartition, records: number, now: number): void {
    if (now < this.context.world.window.from) return;
    of.delivered += records;
    this.delivered += records;
  }

  /** What it acquired beyond the last `poll()` goes back when its sessions are closed. */
  protected leave(): void {
    this.gone = true;
    for (const of of this.letAllGo()) of.review();
    this.sessions.finish();
    this.membership.leave();
    this.group.left();
    this.onGone();
  }

  private watchPoll(): void {
    if (this.watchedEnd === this.pollEnd) return;
    this.watchedEnd = this.pollEnd;
    const { now } = this.context.kernel;
    this.context.timer(Math.max(this.pollEnd, now), LogEvent.sharePollTimesOut, this.setup.number, 0);
  }

  private trace(handler: number, station: Station): void {
    const { trace } = this.context;
    const { handlers, setup } = this;
    const id = handlers.id[handler]!;
    if (trace.wants(id)) trace.add(id, station, setup.place, handlers.offset[handler]!);
  }
}
