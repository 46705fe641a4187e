import { Station } from "../stats/trace.ts";
import type { Broker } from "./broker.ts";
import { LogEvent, type LogContext } from "./log-context.ts";
import type { Member } from "./member.ts";

/**
 * A member's commits: `auto` inside `poll()`, of what earlier polls returned; `after` of what its handlers have
 * finished, `before` of what this poll returned. One is on its way at a time; the synchronous ones hold the poll loop.
 */
export class Commits {
  /** The poll loop waits for the coordinator's answer. */
  blocks = false;
  private readonly context: LogContext;
  private readonly member: Member;
  private readonly coordinator: Broker;
  private underWay = false;
  private dueAt = 0;
  private timed = false;

  constructor(context: LogContext, member: Member, coordinator: Broker) {
    this.context = context;
    this.member = member;
    this.coordinator = coordinator;
  }

  /** The member has its partitions. */
  joined(): void {
    this.dueAt = this.context.world.kernel.now + this.member.setup.settings.autoCommitInterval;
  }

  beforePoll(): void {
    const { commit } = this.member.setup.settings;
    if (commit === "after") this.send(this.member.setup.concurrency === 1);
    else if (commit === "auto") this.auto();
  }

  afterPoll(): void {
    if (this.member.setup.settings.commit === "before") this.send(true);
  }

  /** In `poll()` without records the interval runs out as well. */
  whileWaiting(): void {
    const { commit } = this.member.setup.settings;
    if (commit !== "auto" || this.timed || !this.anythingNew()) return;
    this.timed = true;
    this.context.timer(
      Math.max(this.dueAt, this.context.world.kernel.now),
      LogEvent.autoCommit,
      this.member.setup.number,
      0,
    );
  }

  /** The timer of a member that waited in `poll()`. */
  interval(): void {
    this.timed = false;
    if (this.member.stopped || !this.member.waiting) return;
    this.auto();
    this.whileWaiting();
  }

  /** On a clean leave, whatever the mode. */
  close(): void {
    this.send(false);
  }

  /** At the coordinator. */
  arrives(): void {
    const { kernel } = this.context.world;
    const done = this.coordinator.cores.serve(kernel.now, this.context.costs.kafkaPerRequest);
    this.context.later(done, LogEvent.commitDone, this.member.setup.number, 0);
  }

  /** Written by the coordinator. */
  done(): void {
    const { kernel, trace } = this.context.world;
    for (const of of this.member.partitions) {
      const { log, place } = of.partition;
      for (let offset = Math.max(of.committed, log.kept); offset < of.committing; offset++) {
        const id = log.id[log.at(offset)]!;
        if (!trace.wants(id)) break;
        trace.add(kernel.now, id, Station.committed, place, offset);
      }
      of.lag.add(kernel.now, of.committed - of.committing);
      of.group.lag.add(kernel.now, of.committed - of.committing);
      of.committed = of.committing;
      of.needed = this.member.stopped ? Infinity : Math.min(of.committed, this.member.open(of));
      of.partition.forget();
    }
    this.context.hop(LogEvent.commitAnswered, this.member.setup.number, 0);
  }

  answered(): void {
    this.underWay = false;
    if (this.blocks) {
      this.blocks = false;
      this.member.pump();
    } else if (this.member.waiting && this.member.setup.settings.commit === "after") this.send(false);
  }

  private auto(): void {
    const { now } = this.context.world.kernel;
    if (now < this.dueAt) return;
    this.dueAt = now + this.member.setup.settings.autoCommitInterval;
    this.send(false);
  }

  private send(blocks: boolean): void {
    if (this.underWay || !this.anythingNew()) return;
    for (const of of this.member.partitions) of.committing = Math.max(of.committed, this.toCommit(of));
    this.underWay = true;
    this.blocks = blocks;
    this.context.hop(LogEvent.commitArrives, this.member.setup.number, 0);
  }

  private anythingNew(): boolean {
    return this.member.partitions.some((of) => this.toCommit(of) > of.committed);
  }

  private toCommit(of: Member["partitions"][number]): number {
    return this.member.setup.settings.commit === "after" ? this.member.open(of) : of.position;
  }
}
