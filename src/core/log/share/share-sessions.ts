import type { Broker } from "../broker.ts";
import { ClientMetadata, type MetadataUser } from "../client-metadata.ts";
import type { LogContext } from "../log-context.ts";
import type { ShareMember } from "./share-member.ts";
import type { SharePartition } from "./share-partition.ts";
import { ShareSession } from "./share-session.ts";

/** A member's share sessions, one a broker: each assigned partition is fetched from its leader. */
export class ShareSessions implements MetadataUser {
  private readonly context: LogContext;
  private readonly member: ShareMember;
  private readonly metadata: ClientMetadata;
  private readonly sessions: ShareSession[] = [];
  private assigned: readonly SharePartition[] = [];
  /** Brokers that the network keeps away. */
  private readonly cutOff = new Set<Broker>();

  constructor(context: LogContext, member: ShareMember) {
    const { settings, place } = member.setup;
    this.context = context;
    this.member = member;
    this.metadata = new ClientMetadata(context, this, settings, `share member ${place} metadata`);
  }

  get all(): readonly ShareSession[] {
    return this.sessions;
  }

  /** Fetches these from now on. What it has of others it works on all the same. */
  assign(partitions: readonly SharePartition[]): void {
    this.assigned = partitions;
    for (const session of this.sessions)
      for (const of of [...session.partitions]) if (!partitions.includes(of)) session.drop(of);
    let lacking = false;
    for (const of of partitions) if (!this.follows(of)) lacking = true;
    if (lacking) this.metadata.request();
    if (this.member.waiting) this.fetch();
  }

  fetch(): void {
    for (const session of [...this.sessions]) session.fetch();
  }

  send(): void {
    for (const session of this.sessions) session.send();
  }

  finish(): void {
    for (const session of this.sessions) session.finish();
  }

  /** The process is gone: brokers that it reached see its connections break. */
  crash(): void {
    for (const session of this.sessions)
      if (this.context.cluster.network.reaches(this.member, session.broker)) session.crash();
      else session.disconnect();
  }

  leaderMoved(): void {
    this.metadata.soon();
  }

  /** The broker's process is gone. */
  disconnected(broker: Broker): void {
    if (this.leave(broker)) this.metadata.request();
  }

  /** Brokers or the network have changed. Nobody tells a broker that is cut off: locks are held until they end. */
  reviewNetwork(): void {
    const { network } = this.context.cluster;
    for (const { broker } of [...this.sessions]) {
      if (!broker.alive || network.reaches(this.member, broker) || !this.leave(broker)) continue;
      this.cutOff.add(broker);
      for (const of of this.member.group.partitions) of.awaitLocks();
      this.metadata.after(this.member.setup.settings.requestTimeout);
    }
    for (const broker of this.cutOff)
      if (network.reaches(this.member, broker)) {
        this.cutOff.delete(broker);
        this.metadata.soon();
      }
  }

  refreshed(): boolean {
    if (this.member.stopped || this.member.gone) return false;
    let lacking = false;
    for (const of of this.assigned) if (!this.follows(of)) lacking = true;
    if (this.member.waiting) this.fetch();
    return lacking;
  }

  /** Fetches the partition from its leader; false when there is none that can be reached. */
  private follows(of: SharePartition): boolean {
    const { leader } = of.partition;
    const now = this.sessions.find((session) => session.partitions.includes(of));
    if (now !== undefined && now.broker === leader) return true;
    now?.drop(of);
    if (leader === undefined || !leader.alive || !this.context.cluster.network.reaches(this.member, leader))
      return false;
    this.at(leader).add(of);
    return true;
  }

  private at(broker: Broker): ShareSession {
    let session = this.sessions.find((one) => one.broker === broker);
    if (session === undefined) {
      const { shareSessions } = this.context;
      session = new ShareSession(this.context, shareSessions.length, this.member, broker);
      shareSessions.push(session);
      this.sessions.push(session);
    }
    return session;
  }

  /** False when there was none at this broker. */
  private leave(broker: Broker): boolean {
    const index = this.sessions.findIndex((one) => one.broker === broker);
    if (index < 0) return false;
    const [session] = this.sessions.splice(index, 1);
    session!.disconnect();
    return true;
  }
}
