import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import type { Broker } from "./broker.ts";
import { reconnectWait } from "./client-metadata.ts";
import type { FetchSession } from "./fetch-session.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { Member } from "./member.ts";
import { FollowerRead } from "./replication/follower-read.ts";
import type { Replica } from "./replication/replica.ts";

/** What a leader answers in place of records. */
export interface NamedReplica {
  readonly of: GroupPartition;
  readonly replica: Replica;
  readonly leader: Replica | undefined;
}

/** The replicas in its rack that a member reads from, where brokers and client are set up for it. (KIP-392) */
export class ClosestReplicas {
  private readonly context: LogContext;
  private readonly member: Member;
  private readonly rack: string;
  /** The followers that the run's occurrences tell it to read from. */
  private readonly told = new Map<GroupPartition, Broker>();
  /** How often each broker has refused its connection, one after the other. */
  private readonly refusals = new Map<Broker, number>();

  constructor(context: LogContext, member: Member) {
    this.context = context;
    this.member = member;
    this.rack = member.setup.settings.clientRack;
  }

  /** The follower that the partition is read from, if it still may be. */
  brokerOf(of: GroupPartition): Broker | undefined {
    const read = of.followerRead;
    if (read === undefined) return undefined;
    const { broker } = read.replica;
    if (read.valid && broker.alive && !broker.fenced && this.reaches(broker)) return broker;
    this.end(of);
    if (!read.valid) this.member.sessions.failed(broker);
    return undefined;
  }

  readsIn(session: FetchSession): boolean {
    return this.member.partitions.some((of) => of.session === session);
  }

  /** Whether the leaders at this broker name a replica for any of what the session asks for. */
  namesAny(session: FetchSession): boolean {
    return this.member.partitions.some((of) => of.session === session && this.closestTo(of) !== undefined);
  }

  /** The leaders at this broker name replicas: what is to be read there leaves the session. */
  name(session: FetchSession): NamedReplica[] {
    const named: NamedReplica[] = [];
    for (const of of this.member.partitions) {
      if (of.session !== session || of.followerRead !== undefined) continue;
      const replica = this.closestTo(of);
      if (replica === undefined) {
        if (this.told.delete(of)) this.tell("readsFromLeader", of, session.broker);
        continue;
      }
      session.drop(of);
      named.push({ of, replica, leader: replica.set.leader });
    }
    return named;
  }

  /** A leader's answer is at the client, which reads from the replica that it names until its metadata are old. */
  follow({ of, replica, leader }: NamedReplica): void {
    const { member, context } = this;
    // Somebody else reads it, or it was asked for again meanwhile.
    if (of.owner !== member || of.session !== undefined || of.restoring) return;
    const { broker, fetcher, set } = replica;
    const { settings, number } = member.setup;
    if (fetcher !== undefined && set.leader === leader) {
      if (!broker.alive || !this.reaches(broker)) {
        member.sessions.asksLater(this.failure(broker));
        return;
      }
      const until = context.kernel.now + Math.max(settings.metadataMaxAge, 1e6);
      this.refusals.delete(broker);
      of.followerRead?.end();
      of.followerRead = new FollowerRead(of, replica, fetcher, until);
      context.background(until, LogEvent.readLeaseEnds, number);
      if (this.told.get(of) !== broker) this.tell("readsFromFollower", of, broker);
      this.told.set(of, broker);
    }
    member.sessions.add(of);
  }

  /** Before it fetches: what it has read elsewhere for long enough, it asks the leader for. (AbstractFetch.selectReadReplica) */
  review(): void {
    const { now } = this.context.kernel;
    for (const of of this.member.partitions) {
      const over = of.followerRead !== undefined && of.followerRead.until <= now;
      if (!over || of.buffered > 0 || of.arriving > of.fetched) continue;
      this.end(of);
      this.member.sessions.add(of);
    }
  }

  /** The member gives the partition up. */
  forget(of: GroupPartition): void {
    of.followerRead?.end();
    this.told.delete(of);
  }

  /**
   * A replica in sync in the client's rack that has all before where it reads on, of several the one that has most; undefined
   * where none is, or the leader. (ReplicaManager.findPreferredReadReplica, RackAwareReplicaSelector)
   */
  private closestTo(of: GroupPartition): Replica | undefined {
    const { replicas: set, log } = of.partition;
    const leader = set?.leader;
    if (set === undefined || leader === undefined || of.session?.broker !== leader.broker) return undefined;
    if (leader.broker.rack === this.rack || of.fetched < log.logStart) return undefined;
    let closest: Replica | undefined;
    for (const replica of set.replicas) {
      if (replica === leader || !replica.inSync || replica.broker.rack !== this.rack) continue;
      if (replica.endOffset < of.fetched) continue;
      if (closest === undefined || prefers(replica, closest)) closest = replica;
    }
    return closest;
  }

  /** How long a fetch takes to fail, ns: at once where nobody runs, but then it connects no sooner than it may again. */
  private failure(broker: Broker): number {
    const { settings, place } = this.member.setup;
    if (broker.alive) return settings.requestTimeout;
    const refusals = this.refusals.get(broker) ?? 0;
    this.refusals.set(broker, refusals + 1);
    return reconnectWait(settings, refusals, this.context.kernel.stream(`member ${place} closest replica`));
  }

  /** The partition is not read from a follower any more. */
  private end(of: GroupPartition): void {
    of.session?.drop(of);
    of.followerRead?.end();
  }

  private reaches(broker: Broker): boolean {
    return this.context.cluster.network.reaches(this.member, broker);
  }

  private tell(kind: OccurrenceKind, { partition, group }: GroupPartition, { number }: Broker): void {
    const { kernel, world } = this.context;
    world.occurrences.add(kernel.now, kind, partition.place, number, group.setup.name);
  }
}

/** The order of ReplicaView.comparator. */
function prefers(one: Replica, other: Replica): boolean {
  return (
    (one.end - other.end || one.caughtUpAt - other.caughtUpAt || one.broker.number - other.broker.number) > 0
  );
}
