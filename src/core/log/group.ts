import { LevelSeries } from "../stats/series.ts";
import type { Broker } from "./broker.ts";
import { GroupPartition } from "./group-partition.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { Member } from "./member.ts";
import type { Partition } from "./partition.ts";
import { rangeAssign } from "./assignment/range-assignor.ts";
import type { Topic } from "./topic.ts";

/** `group.initial.rebalance.delay.ms`, the broker's default, ns. */
const initialRebalanceDelay = 3e9;
/** Round trips before the first fetch: find the coordinator, join, sync, fetch offsets, list offsets. */
const joinRoundTrips = 5;
/** Partitions of `__consumer_offsets`. */
const offsetsPartitions = 50;

export interface GroupSetup {
  readonly number: number;
  readonly name: string;
  readonly startsAt: number;
  readonly stopsAt: number;
  readonly autoOffsetReset: "earliest" | "latest";
}

/** A consumer group: who reads which partition, and how far each is behind. */
export class Group {
  readonly setup: GroupSetup;
  /** Those that its members subscribe to, by name. */
  readonly topics = new Map<string, Topic>();
  readonly members: Member[] = [];
  readonly partitions: GroupPartition[] = [];
  /** Sum over the partitions, in records. */
  readonly lag: LevelSeries;
  rebalances = 0;
  /** Records that went unread by the topics' rules, inside the window. */
  expiredUnread = 0;
  /** Time without consumption inside the window, ns. */
  pause = 0;
  private joiningSince: number | undefined;
  private stopped = false;
  private readonly context: LogContext;

  constructor(context: LogContext, setup: GroupSetup) {
    const { horizon, window, ranges } = context.world;
    this.context = context;
    this.setup = setup;
    this.lag = new LevelSeries(horizon, undefined, window.from, ranges);
  }

  /** A group that will read everything keeps its topics from forgetting. */
  expect(): void {
    if (this.readsAll) this.await(1);
  }

  /** Members from the beginning have joined before the run; later ones join an empty group and wait for each other. */
  schedule(): void {
    const { startsAt, stopsAt, number } = this.setup;
    if (startsAt > 0) this.context.timer(startsAt, LogEvent.groupStarts, number, 0);
    else this.assign();
    if (stopsAt < Infinity) this.context.timer(stopsAt, LogEvent.groupStops, number, 0);
  }

  starts(): void {
    const { kernel, costs } = this.context;
    if (this.stopped) return;
    this.joiningSince = kernel.now;
    for (const { setup } of this.members) setup.stats.join(kernel.now, setup.instance);
    const joining = initialRebalanceDelay + joinRoundTrips * 2 * costs.networkLatency;
    this.context.timer(kernel.now + joining, LogEvent.groupAssigned, this.setup.number, 0);
  }

  /** The members have their partitions and positions, and begin to poll. */
  assigned(): void {
    const { kernel, world } = this.context;
    this.endPause(kernel.now);
    if (kernel.now >= world.window.from) this.rebalances++;
    if (!this.stopped) this.assign();
    if (this.readsAll) this.await(-1);
  }

  stops(): void {
    this.stopped = true;
    for (const member of this.members) member.stop();
  }

  /** The high watermark of the partition passed a batch. */
  appended(of: GroupPartition, count: number, bytes: number): void {
    const { now } = this.context.kernel;
    of.lag.add(now, count);
    this.lag.add(now, count);
    of.session?.appended(of, bytes);
  }

  /** The broker has deleted so many records that it had not read. */
  expired(count: number): void {
    const { kernel, world } = this.context;
    if (kernel.now >= world.window.from) this.expiredUnread += count;
  }

  /** The partition's log was cut back: what was read beyond its end is gone, and the rest is read on from there. */
  truncated(of: GroupPartition, end: number): void {
    const { now } = this.context.kernel;
    for (const member of this.members) if (member.partitions.includes(of)) member.truncated(of, end);
    of.truncate(end);
    const change = of.partition.log.highWatermark - of.committed - of.lag.level;
    of.lag.add(now, change);
    this.lag.add(now, change);
  }

  finish(now: number): void {
    this.endPause(now);
    this.lag.finish(now);
    for (const of of this.partitions) of.lag.finish(now);
  }

  /** Those that were there before the run have read what it began with. */
  private get readsAll(): boolean {
    return this.setup.startsAt > 0 && this.setup.autoOffsetReset === "earliest";
  }

  private endPause(now: number): void {
    const since = this.joiningSince;
    if (since !== undefined) this.pause += Math.max(now - Math.max(since, this.context.world.window.from), 0);
    this.joiningSince = undefined;
  }

  private assign(): void {
    const { topics } = this;
    const sizes = new Map([...topics].map(([name, { partitions }]) => [name, partitions.length]));
    const subscribers = this.members.map((member, i) => ({ id: memberId(i), topics: member.setup.topics }));
    const assignment = rangeAssign(subscribers, sizes);
    for (const [i, member] of this.members.entries()) {
      for (const { topic, partition } of assignment.get(memberId(i))!)
        member.assign(this.reader(topics.get(topic)!.partitions[partition]!));
      member.commits.joined();
    }
    for (const member of this.members) member.pump();
  }

  private reader(partition: Partition): GroupPartition {
    const { world, kernel } = this.context;
    const { log } = partition;
    const start = this.readsAll ? log.logStart : log.highWatermark;
    const of = new GroupPartition(partition, this, start, world.horizon, world.window.from);
    of.lag.add(kernel.now, log.highWatermark - start);
    this.lag.add(kernel.now, log.highWatermark - start);
    partition.groups.push(of);
    partition.readers++;
    this.partitions.push(of);
    return of;
  }

  /** Its topics keep what they have until it has its positions. */
  private await(delta: number): void {
    for (const { partitions } of this.topics.values())
      for (const partition of partitions) partition.awaited += delta;
  }
}

/** In the order of the file: real ids are random, which member gets which partition is arbitrary there. */
function memberId(i: number): string {
  return String(i).padStart(9, "0");
}

/** The broker that leads the group's partition of `__consumer_offsets`: Java's String.hashCode decides. */
export function coordinatorOf(group: string, brokers: readonly Broker[]): Broker {
  let hash = 0;
  for (let i = 0; i < group.length; i++) hash = (Math.imul(31, hash) + group.charCodeAt(i)) | 0;
  return brokers[((hash & 0x7fffffff) % offsetsPartitions) % brokers.length]!;
}
