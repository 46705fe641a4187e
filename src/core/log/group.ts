import { LevelSeries } from "../stats/series.ts";
import type { Broker } from "./broker.ts";
import type { FetchSession } from "./fetch-session.ts";
import { GroupPartition } from "./group-partition.ts";
import { LogEvent, type LogContext } from "./log-context.ts";
import type { Member } from "./member.ts";
import type { Partition } from "./partition.ts";
import { rangeAssign } from "./range-assignor.ts";

/** `group.initial.rebalance.delay.ms`, the broker's default, ns. */
const initialRebalanceDelay = 3e9;
/** Round trips before the first fetch: find the coordinator, join, sync, fetch offsets, list offsets. */
const joinRoundTrips = 5;
/** Partitions of `__consumer_offsets`. */
const offsetsPartitions = 50;

export interface GroupSetup {
  readonly number: number;
  readonly name: string;
  /** Grows as consumers join the group before the run. */
  topics: ReadonlyMap<string, readonly Partition[]>;
  readonly startsAt: number;
  readonly stopsAt: number;
  readonly autoOffsetReset: "earliest" | "latest";
}

/** A consumer group: who reads which partition, and how far each is behind. */
export class Group {
  readonly setup: GroupSetup;
  readonly members: Member[] = [];
  readonly partitions: GroupPartition[] = [];
  /** Sum over the partitions, in records. */
  readonly lag: LevelSeries;
  rebalances = 0;
  /** Time without consumption, ns. */
  pause = 0;
  private readonly context: LogContext;

  constructor(context: LogContext, setup: GroupSetup) {
    const { horizon, window } = context.world;
    this.context = context;
    this.setup = setup;
    this.lag = new LevelSeries(horizon, undefined, window.from);
  }

  /** Members from the beginning have joined before the run; later ones join an empty group and wait for each other. */
  schedule(sessions: FetchSession[]): void {
    const { startsAt, stopsAt, number } = this.setup;
    if (startsAt > 0) {
      if (this.setup.autoOffsetReset === "earliest") this.await(1);
      this.context.timer(startsAt, LogEvent.groupStarts, number, 0);
    } else this.assign(sessions);
    if (stopsAt < Infinity) this.context.timer(stopsAt, LogEvent.groupStops, number, 0);
  }

  starts(): void {
    const { kernel } = this.context.world;
    this.pause = initialRebalanceDelay + joinRoundTrips * 2 * this.context.costs.networkLatency;
    this.context.timer(kernel.now + this.pause, LogEvent.groupAssigned, this.setup.number, 0);
  }

  /** The members have their partitions and positions, and begin to poll. */
  assigned(sessions: FetchSession[]): void {
    this.rebalances++;
    if (this.setup.autoOffsetReset === "earliest") this.await(-1);
    this.assign(sessions);
  }

  stops(): void {
    for (const member of this.members) member.stop();
  }

  /** So many records were appended to the partition. */
  appended(of: GroupPartition, count: number): void {
    const { now } = this.context.world.kernel;
    of.lag.add(now, count);
    this.lag.add(now, count);
    of.session?.appended(of);
  }

  private assign(sessions: FetchSession[]): void {
    const { topics } = this.setup;
    const sizes = new Map([...topics].map(([topic, partitions]) => [topic, partitions.length]));
    const subscribers = this.members.map((member, i) => ({ id: memberId(i), topics: member.setup.topics }));
    const assignment = rangeAssign(subscribers, sizes);
    for (const [i, member] of this.members.entries()) {
      for (const { topic, partition } of assignment.get(memberId(i))!)
        member.assign(this.reader(topics.get(topic)![partition]!), sessions);
      member.commits.joined();
    }
    for (const member of this.members) member.pump();
  }

  private reader(partition: Partition): GroupPartition {
    const { horizon, window, kernel } = this.context.world;
    const of = new GroupPartition(partition, this, horizon, window.from);
    const { log } = partition;
    of.start = this.setup.autoOffsetReset === "earliest" ? 0 : log.logEnd;
    of.position = of.fetched = of.arriving = of.committed = of.needed = of.start;
    of.batch = log.batchOf(of.start);
    of.lag.add(kernel.now, log.logEnd - of.start);
    this.lag.add(kernel.now, log.logEnd - of.start);
    partition.groups.push(of);
    this.partitions.push(of);
    return of;
  }

  private await(delta: number): void {
    for (const partitions of this.setup.topics.values())
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
