import type { Broker } from "./broker.ts";
import { ClientMetadata, type MetadataUser } from "./client-metadata.ts";
import { FetchSession } from "./fetch-session.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { LogContext } from "./log-context.ts";
import type { Member } from "./member.ts";

/** A member's fetches, one session a broker: each partition is fetched from its leader, wherever that is. */
export class MemberSessions implements MetadataUser {
  private readonly context: LogContext;
  private readonly member: Member;
  private readonly metadata: ClientMetadata;
  private readonly sessions: FetchSession[] = [];
  /** Brokers whose fetches the network holds up. */
  private readonly cutOff = new Set<Broker>();

  constructor(context: LogContext, member: Member) {
    const { settings, place } = member.setup;
    this.context = context;
    this.member = member;
    this.metadata = new ClientMetadata(context, this, settings, `member ${place} metadata`);
  }

  add(of: GroupPartition): void {
    if (!of.restoring && !this.follows(of)) this.metadata.request();
  }

  fetch(): void {
    for (const session of this.sessions) session.fetch();
  }

  close(): void {
    for (const session of this.sessions) session.close();
  }

  /** An answer that names the new leader of a partition is on its way. */
  leaderMoved(): void {
    this.metadata.soon();
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

  /** Fetches the partition from its leader; false when there is none that can be reached. */
  private follows(of: GroupPartition): boolean {
    const { partition } = of;
    const { leader } = partition;
    if (of.session !== undefined && of.session.broker === leader) return true;
    of.session?.drop(of);
    if (of.pendingCommit) return false;
    if (leader === undefined || !leader.alive || !this.context.cluster.network.reaches(this.member, leader))
      return false;
    of.batch = partition.log.batchOf(of.fetched);
    this.at(leader).add(of);
    return true;
  }

  private at(broker: Broker): FetchSession {
    let session = this.sessions.find((one) => one.broker === broker);
    if (session === undefined) {
      const { sessions } = this.context;
      session = new FetchSession(
        this.context,
        sessions.length,
        this.member,
        broker,
        this.member.setup.settings,
      );
      sessions.push(session);
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
