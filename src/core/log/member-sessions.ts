import type { Broker } from "./broker.ts";
import { ClientMetadata, type MetadataUser } from "./client-metadata.ts";
import { ClosestReplicas } from "./closest-replicas.ts";
import { FetchSession } from "./fetch-session.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { LogContext } from "./log-context.ts";
import type { Member } from "./member.ts";
import { RackAwareSession } from "./rack-aware-session.ts";

/**
 * A member's fetches, one session a broker: each partition is fetched from its leader, wherever that is, or from the follower that
 * this names.
 */
export class MemberSessions implements MetadataUser {
  private readonly context: LogContext;
  private readonly member: Member;
  private readonly metadata: ClientMetadata;
  private readonly sessions: FetchSession[] = [];
  /** Undefined where it reads from leaders alone. */
  private readonly closest: ClosestReplicas | undefined;
  /** Brokers whose fetches the network holds up. */
  private readonly cutOff = new Set<Broker>();

  constructor(context: LogContext, member: Member) {
    const { settings, place } = member.setup;
    this.context = context;
    this.member = member;
    this.metadata = new ClientMetadata(context, this, settings, `member ${place} metadata`);
    if (member.group.setup.cluster.rackAwareReads && settings.clientRack !== "")
      this.closest = new ClosestReplicas(context, member);
  }

  add(of: GroupPartition): void {
    if (!of.restoring && !this.follows(of)) this.metadata.request();
  }

  /** The member does not read it any more. */
  drop(of: GroupPartition): void {
    of.session?.drop(of);
    this.closest?.forget(of);
  }

  fetch(): void {
    this.closest?.review();
    for (const session of this.sessions) session.fetch();
  }

  close(): void {
    for (const session of this.sessions) session.close();
  }

  /** An answer that names the new leader of a partition is on its way. */
  leaderMoved(): void {
    this.metadata.soon();
  }

  /** It has heard that its fetch there failed. */
  failed(broker: Broker): void {
    this.sessions.find((one) => one.broker === broker)?.failed();
  }

  /** What it could not ask for it asks for when this time is over. */
  asksLater(time: number): void {
    this.metadata.after(time);
  }

  /** The broker's process is gone, and what it was asked for. */
  disconnected(broker: Broker): void {
    if (this.leave(broker)) this.metadata.request();
  }

  /** Brokers or the network have changed. A fetch that is cut off is given up after `request.timeout.ms`. */
  reviewNetwork(): void {
    const { network } = this.context.cluster;
    for (const { broker } of [...this.sessions]) {
      if (!broker.alive || network.reaches(this.member, broker) || !this.leave(broker)) continue;
      this.cutOff.add(broker);
      this.metadata.after(this.member.setup.settings.requestTimeout);
    }
    for (const broker of this.cutOff)
      if (network.reaches(this.member, broker)) {
        this.cutOff.delete(broker);
        this.metadata.soon();
      }
  }

  /** When it last heard of topics and leaders, ns. */
  get refreshedAt(): number {
    return this.metadata.refreshedAt;
  }

  refreshed(): boolean {
    if (this.member.stopped) return false;
    this.member.membership.topicsRefreshed?.();
    let lacking = false;
    for (const of of this.member.partitions) if (!of.restoring && !this.follows(of)) lacking = true;
    this.member.pump();
    return lacking;
  }

  /** Fetches the partition from where it is to be read; false when there is nobody that can be reached. */
  private follows(of: GroupPartition): boolean {
    const { partition } = of;
    const broker = this.closest?.brokerOf(of) ?? partition.leader;
    if (of.session !== undefined && of.session.broker === broker) return true;
    of.session?.drop(of);
    if (of.pendingCommit) return false;
    if (broker === undefined || !broker.alive || !this.context.cluster.network.reaches(this.member, broker))
      return false;
    of.batch = partition.log.batchOf(of.fetched);
    this.at(broker).add(of);
    return true;
  }

  private at(broker: Broker): FetchSession {
    let session = this.sessions.find((one) => one.broker === broker);
    if (session === undefined) {
      const { member, closest, context } = this;
      session =
        closest === undefined
          ? new FetchSession(context, member, broker)
          : new RackAwareSession(context, member, broker, closest);
      context.sessions.push(session);
      this.sessions.push(session);
    }
    return session;
  }

  /** False when there was none at this broker. */
  private leave(broker: Broker): boolean {
    const index = this.sessions.findIndex((one) => one.broker === broker);
    if (index < 0) return false;
    const [session] = this.sessions.splice(index, 1);
    for (const of of this.member.partitions) if (of.session === session) session!.drop(of);
    session!.close();
    return true;
  }
}
