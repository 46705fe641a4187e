import { LevelSeries } from "../../stats/series.ts";
import type { TopicPartition, PartitionCounts } from "../assignment/assignment.ts";
import { GroupCoordinator } from "../coordination/group-coordinator.ts";
import type { GroupSetup } from "../group.ts";
import type { LogContext } from "../log-context.ts";
import type { FleetGroup } from "../member-fleet.ts";
import { MemberSetup, type InstanceSetup } from "../member-setup.ts";
import { OldestUnread } from "../oldest-unread.ts";
import type { Partition } from "../partition.ts";
import type { Topic } from "../topic.ts";
import { UnreadTime } from "../unread-time.ts";
import { ShareCoordinator } from "./share-coordinator.ts";
import { ForwardingShareMember } from "./forwarding-share-member.ts";
import { ShareMember } from "./share-member.ts";
import { ShareMembership } from "./share-membership.ts";
import { SharePartition } from "./share-partition.ts";
import type { ShareSession } from "./share-session.ts";

/** A share group (KIP-932): its members, its records in flight, and how far it is behind. */
export class ShareGroup implements FleetGroup {
  readonly context: LogContext;
  readonly setup: GroupSetup;
  readonly topics = new Map<string, Topic>();
  readonly partitions: SharePartition[] = [];
  readonly members: ShareMember[] = [];
  /** Records that the brokers are not done with, over all partitions. */
  readonly lag: LevelSeries;
  readonly oldest: OldestUnread;
  readonly coordinator: GroupCoordinator;
  readonly lockDuration: number;
  readonly deliveryLimit: number;
  /** Inside the window: records that went unread by the topics' rules, and those archived, by reason. */
  expiredUnread = 0;
  readonly dropped: Record<string, number> = { rejected: 0, delivery_limit: 0 };
  private readonly sessionTimeout: number;
  private readonly shared: ShareCoordinator;
  private readonly byName = new Map<string, SharePartition>();
  private readonly awaited = new Set<Partition>();
  /** Fetches that wait, those first that have waited longest. */
  private readonly parked: ShareSession[] = [];
  private started = 0;
  private toCome = 0;
  private memberIds = 0;
  private locks = 0;
  private since: number | undefined = undefined;
  readonly unread: UnreadTime;
  private readonly woken = new Set<SharePartition>();
  private waking = false;

  constructor(context: LogContext, setup: GroupSetup) {
    const { horizon, window, ranges, places } = context.world;
    const { share } = setup.cluster;
    const own = setup.settings.share!;
    this.context = context;
    this.setup = setup;
    this.unread = new UnreadTime(window.from);
    this.lag = new LevelSeries(horizon, undefined, window.from, ranges);
    this.oldest = new OldestUnread(context.world);
    this.lockDuration = own.recordLockDuration ?? share.recordLockDuration;
    this.deliveryLimit = own.deliveryCountLimit ?? share.deliveryCountLimit;
    this.coordinator = new GroupCoordinator(
      context,
      setup.number,
      places.add("group", setup.name, null),
      setup.log,
    );
    this.sessionTimeout = own.sessionTimeout ?? share.sessionTimeout;
    this.shared = new ShareCoordinator(this.coordinator, this.sessionTimeout, share.sizeMax, () =>
      this.counts(),
    );
    this.coordinator.coordinate(this.shared);
  }

  get rebalances(): number {
    return this.coordinator.rebalanceCount;
  }

  /** Time in which nobody fetched a partition, on average over the partitions, inside the window, ns. */
  get pause(): number {
    return this.partitions.length === 0 ? 0 : this.unread.total / this.partitions.length;
  }

  /** So many members may start during the run. */
  expect(members: number): void {
    this.toCome += members;
  }

  /** What it will read from the beginning stays until it does. */
  prepare(): void {
    if (this.setup.settings.share!.autoOffsetReset !== "earliest") return;
    for (const { partitions, count } of this.topics.values())
      for (const partition of this.toCome === 0 ? partitions.slice(count) : partitions) {
        this.awaited.add(partition);
        partition.awaited++;
      }
  }

  create(setup: InstanceSetup, onGone: () => void): ShareMember {
    const { shareMembers } = this.context;
    const of = new MemberSetup(shareMembers.length, setup);
    const member =
      setup.sender === undefined
        ? new ShareMember(this.context, of, this, onGone)
        : new ForwardingShareMember(this.context, of, this, onGone);
    shareMembers.push(member);
    this.members.push(member);
    return member;
  }

  electCoordinator(): void {
    this.coordinator.elect(this.sessionTimeout);
  }

  begin(members: readonly ShareMember[]): void {
    if (members.length === 0) return;
    this.since = 0;
    this.started = members.length;
    const memberships = members.map((member) => this.membershipOf(member));
    const joined = new Set(this.shared.begin(memberships));
    for (const membership of memberships)
      if (joined.has(membership)) membership.begin();
      else membership.member.refused();
  }

  starts(member: ShareMember): void {
    this.since ??= this.context.kernel.now;
    this.started++;
    this.toCome--;
    const membership = this.membershipOf(member);
    membership.join();
    membership.reviewCoordinator();
    member.reviewIdle();
  }

  /** A member has left cleanly. With the last one that can come, its topics need to keep nothing for it any more. */
  left(): void {
    if (--this.started > 0) return;
    for (const of of this.partitions) of.idleSince = NaN;
    if (this.toCome > 0) return;
    for (const of of this.partitions) of.letGo();
  }

  counts(): PartitionCounts {
    return new Map([...this.topics].map(([name, { count }]) => [name, count]));
  }

  partitionsAdded(): void {
    this.shared.partitionsChanged();
  }

  partition({ topic, partition }: TopicPartition): SharePartition {
    const name = `${topic}-${partition}`;
    let of = this.byName.get(name);
    if (of === undefined) {
      of = this.begins(name, this.topics.get(topic)!.partitions[partition]!);
      this.byName.set(name, of);
      this.partitions.push(of);
    }
    return of;
  }

  nextLock(): number {
    return this.locks++;
  }

  /** A session fetches the partition from now on. */
  reads(of: SharePartition): void {
    if (of.readers++ > 0) return;
    this.unread.add(of.partition, of.idleSince, this.context.kernel.now);
    of.idleSince = NaN;
  }

  readsNoMore(of: SharePartition): void {
    if (--of.readers === 0) of.idleSince = this.context.kernel.now;
  }

  park(session: ShareSession): void {
    this.parked.push(session);
  }

  unpark(session: ShareSession): void {
    const place = this.parked.indexOf(session);
    if (place >= 0) this.parked.splice(place, 1);
  }

  /** Fetches that wait for the partition are answered, those first that have waited longest. */
  wake(of: SharePartition): void {
    this.woken.add(of);
    if (this.waking) return;
    this.waking = true;
    for (const one of this.woken) {
      this.woken.delete(one);
      for (const session of [...this.parked]) {
        if (!one.acquirable) break;
        if (session.partitions.includes(one)) session.wake();
      }
    }
    this.waking = false;
  }

  /** The high watermark of the partition passed a batch. */
  appended(of: SharePartition, count: number): void {
    of.appended(count);
  }

  expired(count: number): void {
    const { kernel, world } = this.context;
    if (kernel.now >= world.window.from) this.expiredUnread += count;
  }

  drop(reason: string): void {
    const { kernel, world } = this.context;
    if (kernel.now >= world.window.from) this.dropped[reason]!++;
  }

  truncated(of: SharePartition, end: number): void {
    for (const member of this.members) if (!member.gone) member.truncated(of, end);
    of.truncate(end);
  }

  leaderMoved(of: SharePartition): void {
    for (const member of this.members)
      if (member.sessions.all.some(({ broker, partitions }) => broker.alive && partitions.includes(of)))
        member.sessions.leaderMoved();
  }

  finish(now: number): void {
    for (const of of this.partitions) {
      if (of.readers === 0) this.reads(of);
      of.records.lag.finish(now);
    }
    this.lag.finish(now);
    this.oldest.age.finish(now);
  }

  private begins(name: string, partition: Partition): SharePartition {
    const { kernel } = this.context;
    const { log } = partition;
    const earliest = kernel.now > 0 && this.setup.settings.share!.autoOffsetReset === "earliest";
    const { sharePartitions } = this.context;
    const start = earliest ? log.logStart : log.highWatermark;
    const of = new SharePartition(name, sharePartitions.length, partition, this, start);
    sharePartitions.push(of);
    of.idleSince = this.since!;
    this.lag.add(kernel.now, log.highWatermark - start);
    of.headChanged(kernel.now);
    partition.readBy(of);
    if (this.awaited.delete(partition)) partition.awaited--;
    return of;
  }

  private membershipOf(member: ShareMember): ShareMembership {
    const { share } = this.setup.cluster;
    const interval = this.setup.settings.share!.heartbeatInterval ?? share.heartbeatInterval;
    const id = String(this.memberIds++).padStart(9, "0");
    member.membership = new ShareMembership(
      this.context,
      member,
      id,
      this.coordinator.alarms(1),
      this.shared,
      interval,
    );
    return member.membership;
  }
}
