import type { KafkaConsumerSettings } from "../model/topology.ts";
import { SerialServer } from "../sim/station.ts";
import type { Work } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";
import { Station } from "../stats/trace.ts";
import { Commits } from "./commits.ts";
import type { Broker } from "./broker.ts";
import { FetchSession } from "./fetch-session.ts";
import type { GroupPartition } from "./group-partition.ts";
import { Handlers } from "./handlers.ts";
import { LogEvent, type LogContext } from "./log-context.ts";
import { Slice } from "./slice.ts";

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
  readonly slice = new Slice();
  readonly handlers: Handlers;
  readonly commits: Commits;
  stopped = false;
  /** Waits in `poll()` for records to come. */
  waiting = false;
  private readonly context: LogContext;
  private readonly thread = new SerialServer();
  private readonly sessions: FetchSession[] = [];
  /** Partitions with records in the client's buffer, in the order in which they came. */
  private readonly buffered: GroupPartition[] = [];
  private pumping = false;
  private batchPaid = true;

  constructor(context: LogContext, setup: MemberSetup, coordinator: Broker) {
    this.context = context;
    this.setup = setup;
    this.handlers = new Handlers(setup.concurrency);
    this.commits = new Commits(context, this, coordinator);
  }

  /** Takes over a partition; `sessions` is the model's list, whose places are the sessions' numbers. */
  assign(of: GroupPartition, sessions: FetchSession[]): void {
    const { broker } = of.partition;
    let session = this.sessions.find((one) => one.broker === broker);
    if (session === undefined) {
      session = new FetchSession(this.context, sessions.length, this, broker, this.setup.settings);
      sessions.push(session);
      this.sessions.push(session);
    }
    of.session = session;
    session.partitions.push(of);
    this.partitions.push(of);
  }

  /** Records of the partition are in the client's buffer. */
  buffer(of: GroupPartition): void {
    this.buffered.push(of);
  }

  /** When an answer is unpacked by the client's thread. */
  unpacked(arrival: number, records: number): number {
    return this.thread.serve(arrival, records * this.context.costs.kafkaClientPerMessage);
  }

  /** Goes on with the poll loop as far as it can at this instant. */
  pump(): void {
    if (this.pumping || this.stopped) return;
    this.pumping = true;
    while (this.handlers.anyIdle && !this.commits.blocks) {
      if (this.take()) this.takeUp();
      else if (!this.pollAgain()) break;
    }
    this.pumping = false;
  }

  handled(handler: number): void {
    const { handlers, setup, context } = this;
    const { now } = context.world.kernel;
    const { stats } = setup;
    const of = handlers.of[handler]!;
    const takenUpAt = handlers.takenUpAt[handler]!;
    stats.attempt(now, setup.instance, handlers.polledAt[handler]!, takenUpAt);
    if (setup.work.fails(handlers.sentAt[handler]!, handlers.key[handler]!)) {
      stats.fail(now);
      this.trace(handler, Station.failed);
      if (setup.settings.onFailure === "retry" && !this.stopped) {
        stats.deliver(now, 1, true);
        this.work(handler, 0);
        return;
      }
      of.skipped++;
      stats.skip(now);
      this.trace(handler, Station.skipped);
    } else {
      if (!context.uniqueKeys[handlers.source[handler]!] && handlers.earlierInWork(handler))
        stats.violations++;
      of.finished++;
      stats.finish(now, setup.instance, handlers.sentAt[handler]!, takenUpAt);
      this.trace(handler, Station.finished);
    }
    of.busy = false;
    handlers.release(handler);
    if (this.stopped) this.commits.close();
    else this.pump();
  }

  /** Leaves cleanly: what is in work is finished and committed, what was fetched is let go. */
  stop(): void {
    this.stopped = true;
    if (this.handlers.busy === 0) this.commits.close();
  }

  /** The first record of the partition that this member has not settled. */
  open(of: GroupPartition): number {
    return Math.min(of.position, this.slice.lowest(of), this.handlers.lowest(of));
  }

  private take(): boolean {
    const { orderedBy } = this.setup.settings;
    if (this.setup.concurrency === 1 || orderedBy === "none") return this.slice.takeNext();
    if (orderedBy === "partition") return this.slice.takeOfIdlePartition();
    return this.slice.takeOfIdleKey((of, key) => this.handlers.inWork(of, key));
  }

  private takeUp(): void {
    const { slice } = this;
    const of = slice.of!;
    of.busy = true;
    const handler = this.handlers.takeUp(of, slice.offset, slice.polledAt);
    const batchWork = this.batchPaid ? 0 : this.setup.work.perBatch();
    this.batchPaid = true;
    this.work(handler, batchWork);
  }

  private work(handler: number, batchWork: number): void {
    const { handlers, context } = this;
    const { now } = context.world.kernel;
    handlers.takenUpAt[handler] = now;
    this.trace(handler, Station.takenUp);
    const duration = this.setup.work.duration(handlers.source[handler]!, handlers.key[handler]!);
    context.timer(now + batchWork + duration, LogEvent.handled, this.setup.number, handler);
  }

  /** False when the loop has to wait: for records, for a commit, or for handlers that hold all that may be held. */
  private pollAgain(): boolean {
    const room =
      this.setup.settings.maxPollRecords -
      this.slice.held -
      (this.setup.concurrency > 1 ? this.handlers.busy : 0);
    if (room <= 0) return false;
    this.commits.beforePoll();
    if (this.commits.blocks) return false;
    let taken = this.collect(room);
    this.fetch();
    // What costs nothing has arrived within the call.
    if (taken === 0 && this.buffered.length > 0) taken = this.collect(room);
    this.waiting = taken === 0;
    if (this.waiting) this.commits.whileWaiting();
    else {
      this.setup.stats.deliver(this.context.world.kernel.now, taken, false);
      this.batchPaid = false;
      this.commits.afterPoll();
    }
    return !this.waiting;
  }

  private collect(room: number): number {
    const { now } = this.context.world.kernel;
    let taken = 0;
    while (taken < room && this.buffered.length > 0) {
      const of = this.buffered[0]!;
      const count = Math.min(room - taken, of.buffered);
      this.slice.add(of, of.position, of.position + count, now);
      of.position += count;
      taken += count;
      if (of.buffered === 0) this.buffered.shift();
    }
    return taken;
  }

  private fetch(): void {
    for (const session of this.sessions) session.fetch();
  }

  private trace(handler: number, station: Station): void {
    const { trace, kernel } = this.context.world;
    const id = this.handlers.id[handler]!;
    if (trace.wants(id)) trace.add(kernel.now, id, station, this.setup.place, this.handlers.offset[handler]!);
  }
}
