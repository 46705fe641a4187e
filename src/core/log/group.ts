import type { ClusterSettings } from "../model/kafka-cluster.ts";
import type { ReplayPoint } from "../model/timeline.ts";
import type { AssignmentStrategy, KafkaConsumerSettings } from "../model/topology.ts";
import { LevelSeries } from "../stats/series.ts";
import { compareText, type PartitionCounts, type TopicPartition } from "./assignment/assignment.ts";
import { rangeAssign } from "./assignment/range-assignor.ts";
import { replicaRacks } from "./replica-racks.ts";
import { uniformAssign } from "./assignment/uniform-assignor.ts";
import { ClassicGroup } from "./coordination/classic-group.ts";
import { ClassicMembership, strategies } from "./coordination/classic-membership.ts";
import { ConsumerGroup } from "./coordination/consumer-group.ts";
import { ConsumerMembership } from "./coordination/consumer-membership.ts";
import type { JoinRefusal } from "./coordination/coordinator-host.ts";
import type { CoordinatorLog } from "./coordination/coordinator-log.ts";
import { GroupCoordinator } from "./coordination/group-coordinator.ts";
import { GroupPartition } from "./group-partition.ts";
import type { LogContext } from "./log-context.ts";
import { ForwardingMember } from "./forwarding-member.ts";
import { Member } from "./member.ts";
import { MovedKeys } from "./moved-keys.ts";
import { OldestUnread } from "./oldest-unread.ts";
import type { FleetGroup } from "./member-fleet.ts";
import { MemberSetup, type InstanceSetup } from "./member-setup.ts";
import type { Partition } from "./partition.ts";
import type { Topic } from "./topic.ts";
import { CommittedView, type LogView } from "./transactions/committed-view.ts";
import { replayOffset } from "./replay-offset.ts";
import { UnreadTime } from "./unread-time.ts";

/** Before all that a log can hold. */
const noOffset = -1;
/** What a member takes of its coordinator's alarms: that of its session, and that of its revocation. */
const alarmsOfMember = 2;

/** Partitions of a group whose lag is kept over time, and in how many buckets. */
const partitionsShown = 32;
const lagBuckets = 128;

export interface GroupSetup {
  readonly number: number;
  readonly name: string;
  readonly settings: KafkaConsumerSettings;
  readonly cluster: ClusterSettings;
  /** Its partition of `__consumer_offsets`. */
  readonly log: CoordinatorLog;
}

/** A consumer group: who reads which partition, and how far each is behind. */
export class Group implements FleetGroup {
  readonly setup: GroupSetup;
  /** Those that its members subscribe to, by name. */
  readonly topics = new Map<string, Topic>();
  readonly partitions: GroupPartition[] = [];
  /** Sum over the partitions, in records. */
  readonly lag: LevelSeries;
  readonly oldest: OldestUnread;
  /** Records that went unread by the topics' rules, inside the window. */
  expiredUnread = 0;
  readonly coordinator: GroupCoordinator;
  /** Members that have started and not left; one that crashed has not left. */
  private started = 0;
  /** Members that may still start, by the file or its timeline: logs keep what they may need. */
  private toCome = 0;
  private memberIds = 0;
  /** When its first member started, ns; undefined before. */
  private since: number | undefined = undefined;
  readonly unread: UnreadTime;
  /** By topic, of those that have grown. */
  private readonly movedKeys = new Map<string, MovedKeys>();
  readonly context: LogContext;
  private readonly classic: ClassicGroup | undefined;
  private readonly consumer: ConsumerGroup | undefined;
  private readonly byName = new Map<string, GroupPartition>();
  /** Kept from their beginning until the group has its positions there. */
  private readonly awaited = new Set<Partition>();

  constructor(context: LogContext, setup: GroupSetup) {
    const { horizon, window, ranges, places } = context.world;
    const { settings, cluster, number, name } = setup;
    this.context = context;
    this.setup = setup;
    this.unread = new UnreadTime(window.from);
    this.lag = new LevelSeries(horizon, undefined, window.from, ranges);
    this.oldest = new OldestUnread(context.world);
    this.coordinator = new GroupCoordinator(context, number, places.add("group", name, null), setup.log);
    if (settings.protocol === "classic")
      this.classic = new ClassicGroup(
        this.coordinator,
        cluster.groupInitialRebalanceDelay,
        cluster.groupLimits,
      );
    else
      this.consumer = new ConsumerGroup(
        this.coordinator,
        (settings.remoteAssignor ?? cluster.groupConsumer.assignors[0]) === "range"
          ? rangeAssign
          : uniformAssign,
        () => this.counts(),
        cluster.groupConsumerSessionTimeout,
        cluster.groupConsumer,
      );
    this.coordinator.coordinate((this.classic ?? this.consumer)!);
  }

  get rebalances(): number {
    return this.coordinator.rebalanceCount;
  }

  /** Time in which a partition was not read, on average over the partitions, inside the window, ns. */
  get pause(): number {
    return this.partitions.length === 0 ? 0 : this.unread.total / this.partitions.length;
  }

  /** So many members may start during the run; Infinity where the timeline can bring any back. */
  expect(members: number): void {
    this.toCome += members;
  }

  /** What it will read from the beginning stays until it does. */
  prepare(): void {
    const { settings, cluster } = this.setup;
    if (settings.autoOffsetReset !== "earliest") return;
    // Once its offsets are gone it begins anew.
    const forgets = cluster.offsets.retention < this.context.world.horizon;
    if (forgets)
      for (const { partitions } of this.topics.values())
        for (const partition of partitions) partition.awaited++;
    for (const { partitions, count } of this.topics.values())
      for (const partition of this.toCome === 0 ? partitions.slice(count) : partitions) {
        this.awaited.add(partition);
        partition.awaited++;
      }
  }

  create(setup: InstanceSetup, onGone: () => void): Member {
    const { members } = this.context;
    const { context } = this;
    const of = new MemberSetup(members.length, setup);
    const member =
      setup.sender === undefined
        ? new Member(context, of, this, onGone)
        : new ForwardingMember(context, of, this, onGone);
    members.push(member);
    return member;
  }

  /** Brokers have been fenced, or may lead again. */
  electCoordinator(): void {
    const { settings, cluster } = this.setup;
    this.coordinator.elect(
      settings.protocol === "classic" ? settings.sessionTimeout : cluster.groupConsumerSessionTimeout,
    );
  }

  /** All members of the beginning have joined before the run. */
  begin(members: readonly Member[]): void {
    if (members.length === 0) return;
    this.since = 0;
    this.started = members.length;
    const { classic, consumer } = this;
    const refused =
      classic === undefined ? this.beginConsumer(members, consumer!) : this.beginClassic(members, classic);
    for (const member of members) {
      const refusal = refused.get(member.membership);
      if (refusal === undefined) member.membership.begin();
      else member.ownership.refused(refusal);
    }
    for (const member of members) member.pump();
  }

  /** A member starts during the run. */
  starts(member: Member): void {
    this.since ??= this.context.kernel.now;
    this.started++;
    this.toCome--;
    this.expireOffsets();
    if (this.classic !== undefined) this.classicClient(member, this.classic);
    else this.consumerClient(member, this.consumer!);
    member.membership.join();
    member.membership.reviewCoordinator();
    member.reviewIdle();
  }

  /**
   * At each check the coordinator forgets what a group without members committed, `offsets.retention.minutes` after the last of
   * them was gone; of the consumer protocol, after each commit. Who comes then reads on by `auto.offset.reset`.
   * (OffsetMetadataManager.cleanupExpiredOffsets, ClassicGroup.offsetExpirationCondition)
   */
  private expireOffsets(): void {
    const { kernel, world } = this.context;
    const { classic, coordinator } = this;
    const { retention, retentionCheck } = this.setup.cluster.offsets;
    if ((classic ?? this.consumer)!.size > 0) return;
    const check = Math.floor(kernel.now / retentionCheck) * retentionCheck;
    let expired = 0;
    for (const of of this.partitions) {
      const since = classic?.emptySince ?? of.committedAt;
      if (check - since < retention || of.pendingCommit || of.seekTo === noOffset) continue;
      of.seekTo = noOffset;
      expired++;
    }
    if (expired > 0)
      world.occurrences.add(
        kernel.now,
        "offsetsExpired",
        coordinator.place,
        expired,
        "offsets.retention.minutes",
      );
  }

  /** A member has left cleanly. With the last one that can come, its topics need to keep nothing for it any more. */
  left(): void {
    if (--this.started > 0) return;
    for (const of of this.partitions) of.idleSince = NaN;
    if (this.toCome > 0) return;
    for (const of of this.partitions) of.letGo();
  }

  /** How many partitions each of its topics has, for who asked at this time. */
  counts(at = this.context.kernel.now): PartitionCounts {
    return new Map([...this.topics].map(([name, topic]) => [name, topic.countAt(at)]));
  }

  /** Whether who asked first knows less than who asked then. */
  grewBetween(from: number, to: number): boolean {
    return [...this.topics.values()].some((topic) => topic.countAt(from) !== topic.countAt(to));
  }

  /** The brokers know. Under the classic protocol its leader will see for itself. */
  partitionsAdded(topic: Topic): void {
    const moved = this.movedKeys.get(topic.name) ?? new MovedKeys();
    this.movedKeys.set(topic.name, moved);
    for (const of of this.partitions) if (of.partition.log.topic === topic.name) of.movedKeys = moved;
    this.consumer?.partitionsChanged();
  }

  /** The group's part of a partition, from where it begins to read it when it does so for the first time. */
  partition({ topic, partition }: TopicPartition): GroupPartition {
    const name = `${topic}-${partition}`;
    let of = this.byName.get(name);
    if (of === undefined) {
      of = this.reader(name, this.topics.get(topic)!.partitions[partition]!);
      this.byName.set(name, of);
      this.partitions.push(of);
      this.partitions.sort(byTopicThenPartition);
    }
    return of;
  }

  /** Somebody reads the partition from now on. */
  read(of: GroupPartition): void {
    this.unread.add(of.partition, of.idleSince, this.context.kernel.now);
    of.idleSince = NaN;
  }

  /** The high watermark of the partition passed a batch. */
  appended(of: GroupPartition, count: number, bytes: number): void {
    of.fallsBehind(this.context.kernel.now, count);
    if (of.followerRead === undefined) of.session?.appended(of, bytes);
    else of.followerRead.leaderAdvanced();
  }

  /** The broker has deleted so many records that it had not read. */
  expired(count: number): void {
    const { kernel, world } = this.context;
    if (kernel.now >= world.window.from) this.expiredUnread += count;
  }

  /** The partition's log was cut back: what was read beyond its end is gone, and the rest is read on from there. */
  truncated(of: GroupPartition, end: number): void {
    const { now } = this.context.kernel;
    of.owner?.truncated(of, end);
    for (const member of of.strayHolders) member.truncated(of, end);
    of.truncate(end);
    of.fallsBehind(now, of.view.highWatermark - of.committed - of.lag.level);
    of.headChanged(now);
  }

  finish(now: number): void {
    for (const of of this.partitions) {
      this.read(of);
      of.lag.finish(now);
    }
    this.lag.finish(now);
    this.oldest.age.finish(now);
  }

  get readsCommitted(): boolean {
    return this.setup.settings.readCommitted;
  }

  /** Members seek: committed offsets move at their next commit. */
  replay(topic: string, to: ReplayPoint): void {
    for (const of of this.partitions) {
      if (of.partition.log.topic !== topic) continue;
      of.seekTo = replayOffset(of, to);
      of.owner?.ownership.tell();
    }
  }

  /** Whether it has few enough partitions to be told of each how far it was behind. */
  get showsPartitions(): boolean {
    let partitions = 0;
    for (const topic of this.topics.values()) partitions += topic.partitions.length;
    return partitions <= partitionsShown;
  }

  /** What it may read of a partition. */
  viewOf({ log, transactions }: Partition): LogView {
    return this.readsCommitted && transactions !== undefined
      ? new CommittedView(transactions.log, transactions)
      : log;
  }

  private reader(name: string, partition: Partition): GroupPartition {
    const { world, kernel } = this.context;
    const { log } = partition;
    const addedAt = this.topics.get(log.topic)!.addedAt(log.partition);
    const earliest = kernel.now > 0 && this.setup.settings.autoOffsetReset === "earliest";
    // Those that were there before the run have read what it began with.
    const end = this.viewOf(partition).highWatermark;
    const start = earliest ? log.logStart : end;
    const buckets = this.showsPartitions ? lagBuckets : 2;
    const of = new GroupPartition(name, partition, this, start, world.horizon, world.window.from, buckets);
    of.movedKeys = this.movedKeys.get(log.topic);
    of.idleSince = Math.max(this.since!, addedAt);
    if (addedAt > 0 && start > log.logStart)
      world.occurrences.add(
        kernel.now,
        "recordsPassedOver",
        partition.place,
        start - log.logStart,
        this.setup.name,
      );
    of.homeless = kernel.now > 0 && this.setup.settings.autoOffsetReset === "none";
    of.fallsBehind(kernel.now, end - start);
    partition.readBy(of, this.readsCommitted);
    if (this.awaited.delete(partition)) partition.awaited--;
    return of;
  }

  /** Answers with those whom it does not take. */
  private beginClassic(members: readonly Member[], group: ClassicGroup): ReadonlyMap<unknown, JoinRefusal> {
    const clients = members.map((member) => this.classicClient(member, group));
    const refused = group.refusals(clients);
    const joined = clients.filter((client) => !refused.has(client));
    const claims = joined.map(({ claim }) => claim);
    const racks = replicaRacks(this.context, this.topics);
    if (joined.length > 0)
      group.begin(joined, claims, (strategy) =>
        strategies[strategy as AssignmentStrategy](claims, this.counts(), racks),
      );
    return refused;
  }

  private beginConsumer(members: readonly Member[], group: ConsumerGroup): ReadonlyMap<unknown, JoinRefusal> {
    const clients = members.map((member) => this.consumerClient(member, group));
    const refused = group.refusals(clients);
    group.begin(clients.filter((client) => !refused.has(client)));
    return refused;
  }

  private classicClient(member: Member, group: ClassicGroup): ClassicMembership {
    const client = new ClassicMembership(
      member,
      this.idFor(member),
      this.coordinator.alarms(alarmsOfMember),
      group,
    );
    member.membership = client;
    return client;
  }

  private consumerClient(member: Member, group: ConsumerGroup): ConsumerMembership {
    const { groupConsumerHeartbeatInterval } = this.setup.cluster;
    const alarm = this.coordinator.alarms(alarmsOfMember);
    const client = new ConsumerMembership(
      member,
      this.idFor(member),
      alarm,
      group,
      groupConsumerHeartbeatInterval,
    );
    member.membership = client;
    return client;
  }

  /** In the order in which members come: real ids are random, which member gets which partition is arbitrary there. */
  private idFor({ setup: { instanceId } }: Member): string {
    return instanceId ?? String(this.memberIds++).padStart(9, "0");
  }
}

function byTopicThenPartition(
  { partition: { log: a } }: GroupPartition,
  { partition: { log: b } }: GroupPartition,
): number {
  return compareText(a.topic, b.topic) || a.partition - b.partition;
}
