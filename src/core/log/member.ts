import type { KafkaConsumerSettings } from "../model/topology.ts";
import { LimitReached } from "../sim/limit.ts";
import { SerialServer } from "../sim/station.ts";
import type { Work } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";
import { Station } from "../stats/trace.ts";
import type { Broker } from "./broker.ts";
import { Commits } from "./commits.ts";
import type { GroupPartition } from "./group-partition.ts";
import { Handlers } from "./handlers.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import { MemberSessions } from "./member-sessions.ts";
import { SliceByKey, SliceByPartition } from "./ordered-slice.ts";
import { Slice } from "./slice.ts";
import { WorkAhead } from "./work-ahead.ts";

/** Failed deliveries in turn that take no time, beyond which a run stops. */
const idleRetriesMax = 100_000;

export interface MemberSetup {
  readonly number: number;
  readonly instance: number;
  readonly topics: readonly string[];
  readonly concurrency: number;
  readonly settings: KafkaConsumerSettings;
  readonly stats: ConsumerStats;
  readonly work: Work;
  readonly place: number;
}

/**
 * A group member: Java's consumer with its poll loop. `poll()` returns at most `max.poll.records` of what was fetched
 * and asks for more; handlers work on them; when a handler is idle and nothing is left to take up, it polls again.
 */
export class Member {
  readonly setup: MemberSetup;
  readonly partitions: GroupPartition[] = [];
  readonly slice: Slice;
  readonly handlers: Handlers;
  readonly commits: Commits;
  /** It will not poll again. */
  stopped = false;
  /** It has left. */
  gone = false;
  /** Waits in `poll()` for records to come. */
  waiting = false;
  readonly sessions: MemberSessions;
  private readonly context: LogContext;
  private readonly thread = new SerialServer();
  /** Partitions with records in the client's buffer, in the order in which they came. */
  private firstBuffered: GroupPartition | undefined;
  private lastBuffered: GroupPartition | undefined;
  private readonly ahead: WorkAhead | undefined;
  private pumping = false;
  private batchPaid = true;
  /** Deliveries in turn that failed in the very instant in which they began. */
  private idleRetries = 0;

  constructor(context: LogContext, setup: MemberSetup, coordinator: Broker) {
    this.context = context;
    this.setup = setup;
    this.handlers = new Handlers(setup.concurrency);
    this.slice = sliceFor(setup, this.handlers);
    // A retry would move the ends of all that follows.
    const retries = setup.work.mayFail && setup.settings.onFailure === "retry";
    if (setup.concurrency === 1 && !retries && setup.work.steady) this.ahead = new WorkAhead();
    this.commits = new Commits(context, this, coordinator);
    this.sessions = new MemberSessions(context, this);
  }

  assign(of: GroupPartition): void {
    this.partitions.push(of);
    this.sessions.add(of);
  }

  /** The log of a partition was cut back to this end: what `poll()` returned beyond it is gone. */
  truncated(of: GroupPartition, end: number): void {
    this.settle();
    this.ahead?.stop();
    const gone = this.slice.cut(of, end);
    of.held -= gone;
    of.cut -= gone;
    of.session?.drop(of);
    if (Math.min(of.fetched, end) <= of.position) this.unbuffer(of);
    this.sessions.leaderMoved();
  }

  /** Records of the partition are in the client's buffer. */
  buffer(of: GroupPartition): void {
    of.followingBuffered = undefined;
    if (this.lastBuffered === undefined) this.firstBuffered = of;
    else this.lastBuffered.followingBuffered = of;
    this.lastBuffered = of;
  }

  private unbuffer(of: GroupPartition): void {
    let before: GroupPartition | undefined;
    let one = this.firstBuffered;
    for (; one !== undefined && one !== of; one = one.followingBuffered) before = one;
    if (one === undefined) return;
    if (before === undefined) this.firstBuffered = of.followingBuffered;
    else before.followingBuffered = of.followingBuffered;
    if (this.lastBuffered === of) this.lastBuffered = before;
  }

  /** When an answer is unpacked by the client's thread. */
  unpacked(arrival: number, records: number): number {
    return this.thread.serve(arrival, records * this.context.costs.kafkaClientPerMessage);
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
    if (this.stopped && this.slice.held === 0 && this.handlers.busy === 0) this.leave();
  }

  /** A handler ends; where its work is drawn ahead, `which` is the stretch that ends, else the handler. */
  handled(which: number): void {
    const { ahead } = this;
    if (ahead === undefined) this.goOn(which);
    else if (ahead.stretch === which) {
      this.settle();
      this.goOn(0);
    }
  }

  /** One record of a stretch ends, and the next is taken up. */
  workedOn(stretch: number): void {
    const { ahead, context, setup } = this;
    if (ahead?.stretch !== stretch) return;
    this.settle();
    if (ahead.nextEnd < Infinity) context.timer(ahead.nextEnd, LogEvent.workedOn, setup.number, stretch);
  }

  /**
   * Settles the records whose work has ended by now, each at its own time. Whoever reads or changes what the member
   * has in hand calls it first.
   */
  settle(): void {
    const { ahead, slice, handlers, context } = this;
    if (ahead === undefined) return;
    const { now } = context.kernel;
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
      this.setup.stats.deliver(now, 1, true);
      this.countIdleRetry(now - handlers.takenUpAt[handler]!);
      handlers.deliveredAt[handler] = now;
      this.work(handler, 0);
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
    const { stats, work } = setup;
    const of = handlers.of[handler]!;
    stats.attempt(at, setup.instance, handlers.deliveredAt[handler]!, handlers.takenUpAt[handler]!);
    if (!work.mayFail || !work.fails(handlers.sentAt[handler]!, handlers.key[handler]!))
      this.finish(handler, of, at);
    else if (!this.fail(handler, of, at)) return false;
    of.held--;
    this.commits.settled(of);
    return true;
  }

  private fail(handler: number, of: GroupPartition, at: number): boolean {
    const { stats, settings } = this.setup;
    stats.fail(at);
    this.trace(handler, Station.failed, at);
    if (settings.onFailure === "retry" && !this.stopped) return false;
    if (settings.onFailure === "skip") this.skip(handler, of, at);
    else this.giveUp(handler, of);
    return true;
  }

  private finish(handler: number, of: GroupPartition, at: number): void {
    const { handlers, setup, context } = this;
    const { stats } = setup;
    if (!context.uniqueKeys[handlers.source[handler]!] && handlers.earlierInWork(handler)) stats.violations++;
    of.finished++;
    if (of.partition.replicas?.finishedBefore(of.group, handlers.id[handler]!) === true)
      stats.finishAgain(at);
    else stats.finish(at, setup.instance, handlers.sentAt[handler]!, handlers.takenUpAt[handler]!);
    this.trace(handler, Station.finished, at);
  }

  /** A record that fails for ever in no time would hold the clock for ever. */
  private countIdleRetry(time: number): void {
    this.idleRetries = time === 0 ? this.idleRetries + 1 : 0;
    if (this.idleRetries === idleRetriesMax)
      throw new LimitReached(
        "retries",
        `A message failed ${idleRetriesMax} times in no time; give its consumer a processing time, or skip what fails.`,
      );
  }

  private skip(handler: number, of: GroupPartition, at: number): void {
    of.skipped++;
    this.setup.stats.skip(at);
    this.trace(handler, Station.skipped, at);
  }

  /** It failed, and its member will not try again: a commit of the position passes it over, one of what is done does not. */
  private giveUp(handler: number, of: GroupPartition): void {
    if (this.setup.settings.commit === "after") {
      of.givenUp++;
      of.firstGivenUp = Math.min(of.firstGivenUp, this.handlers.offset[handler]!);
    } else {
      of.lost++;
      this.setup.stats.lost++;
    }
  }

  private leave(): void {
    const { setup, context } = this;
    this.gone = true;
    setup.stats.leave(context.kernel.now, setup.instance);
    for (const of of this.partitions) {
      of.session = undefined;
      of.needed = Infinity;
      of.partition.readers--;
    }
    this.commits.close();
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
    const { handlers, context } = this;
    const { now } = context.kernel;
    handlers.takenUpAt[handler] = now;
    this.trace(handler, Station.takenUp, now);
    const duration = this.setup.work.duration(handlers.source[handler]!, handlers.key[handler]!);
    const end = now + batchWork + duration;
    const { ahead, setup } = this;
    if (ahead === undefined) context.timer(end, LogEvent.handled, setup.number, handler);
    else {
      ahead.begin();
      const last = this.slice.held === 0 ? end : this.lookAhead(ahead, end);
      context.timer(last, LogEvent.handled, setup.number, ahead.stretch);
    }
  }

  /** The end of a stretch whose first record ends then. Where one is traced, each end is an event: the trace is in the order of time. */
  private lookAhead(ahead: WorkAhead, firstEnd: number): number {
    const { slice, setup, context } = this;
    const { trace } = context;
    let traced = trace.wants(this.handlers.id[0]!);
    let end = firstEnd;
    for (let stretch = 0; stretch < slice.stretches; stretch++) {
      const { log } = slice.ofAt(stretch).partition;
      const last = slice.endAt(stretch);
      for (let offset = slice.nextAt(stretch); offset < last && !ahead.full; offset++) {
        const at = log.at(offset);
        if (trace.wants(log.id[at]!)) traced = true;
        ahead.add(end);
        end += setup.work.duration(log.source[at]!, log.key[at]!);
      }
    }
    if (traced) context.timer(ahead.nextEnd, LogEvent.workedOn, setup.number, ahead.stretch);
    return end;
  }

  /** False when the loop has to wait: for records, for a commit, or for handlers that hold all that may be held. */
  private pollAgain(): boolean {
    const room = this.setup.settings.maxPollRecords - this.slice.held - this.handlers.busy;
    if (room <= 0) return false;
    this.commits.beforePoll();
    if (this.commits.blocks) return false;
    let taken = this.collect(room);
    this.sessions.fetch();
    // What costs nothing has arrived within the call.
    if (taken === 0) taken = this.collect(room);
    this.waiting = taken === 0;
    if (this.waiting) this.commits.whileWaiting();
    else {
      this.setup.stats.deliver(this.context.kernel.now, taken, false);
      this.batchPaid = false;
      this.commits.afterPoll();
    }
    return !this.waiting;
  }

  private collect(room: number): number {
    const { now } = this.context.kernel;
    let taken = 0;
    for (let of = this.firstBuffered; of !== undefined && taken < room; of = this.firstBuffered) {
      taken += of.partition.log.sparse
        ? this.takeHeld(of, room - taken, now)
        : this.take(of, Math.min(room - taken, of.buffered), now);
      if (of.buffered > 0) break;
      if (of.session !== undefined) of.session.buffered--;
      this.firstBuffered = of.followingBuffered;
      if (this.firstBuffered === undefined) this.lastBuffered = undefined;
    }
    return taken;
  }

  private take(of: GroupPartition, count: number, now: number): number {
    this.slice.add(of, of.position, of.position + count, now);
    of.position += count;
    of.held += count;
    this.commits.returned(of);
    return count;
  }

  /** As `take`, where some offsets have no record any more: what lies between records is passed over. */
  private takeHeld(of: GroupPartition, room: number, now: number): number {
    const { log } = of.partition;
    let taken = 0;
    while (taken < room && of.buffered > 0) {
      of.passOver(Math.min(log.nextHeld(of.position), of.fetched));
      let count = 0;
      while (count < Math.min(room - taken, of.buffered) && log.holds(of.position + count)) count++;
      if (count > 0) taken += this.take(of, count, now);
    }
    if (taken === 0) this.commits.moved(of);
    return taken;
  }

  private trace(handler: number, station: Station, at: number): void {
    const { trace } = this.context;
    const id = this.handlers.id[handler]!;
    if (trace.wants(id)) trace.add(at, id, station, this.setup.place, this.handlers.offset[handler]!);
  }
}

/** With one handler the order of `poll()` keeps every order. */
function sliceFor({ concurrency, settings }: MemberSetup, handlers: Handlers): Slice {
  if (concurrency === 1 || settings.orderedBy === "none") return new Slice();
  if (settings.orderedBy === "partition") return new SliceByPartition();
  return new SliceByKey((of, key) => handlers.inWork(of, key));
}
