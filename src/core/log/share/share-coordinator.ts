import { nameOf, type PartitionCounts } from "../assignment/assignment.ts";
import { simpleAssign } from "../assignment/simple-assignor.ts";
import type { CoordinatorHost, RebalanceReason } from "../coordination/coordinator-host.ts";
import type { ShareMembership } from "./share-membership.ts";

/**
 * A share group at its coordinator: whoever comes or goes makes a new epoch, and each member has its new target with
 * the answer to its next heartbeat; nobody waits for anybody, since partitions are shared. (KIP-932)
 */
export class ShareCoordinator {
  epoch = 0;
  private readonly host: CoordinatorHost;
  private readonly sessionTimeout: number;
  /** `group.share.max.size`. */
  private readonly sizeMax: number;
  private readonly counts: () => PartitionCounts;
  /** In the order in which they came. */
  private readonly members = new Map<string, ShareMembership>();

  constructor(host: CoordinatorHost, sessionTimeout: number, sizeMax: number, counts: () => PartitionCounts) {
    this.host = host;
    this.sessionTimeout = sessionTimeout;
    this.sizeMax = sizeMax;
    this.counts = counts;
  }

  /** They have joined before the run begins; answers with those for whom there is room. */
  begin(members: readonly ShareMembership[]): readonly ShareMembership[] {
    const joined = members.slice(0, this.sizeMax);
    for (const member of joined) this.members.set(member.id, member);
    this.epoch = 1;
    this.assign();
    return joined;
  }

  /** ShareGroupHeartbeat of one that it does not know, or knows; false where there is no room. (throwIfShareGroupIsFull) */
  join(member: ShareMembership): boolean {
    if (this.members.get(member.id) === member) return true;
    if (this.members.size >= this.sizeMax) return false;
    this.members.set(member.id, member);
    this.changes("a member joined", member);
    return true;
  }

  leave(member: ShareMembership, reason: RebalanceReason): void {
    if (!this.members.delete(member.id)) return;
    member.member.removed(reason);
    this.changes(reason);
  }

  /** Nothing more is heard of it. */
  silent(member: ShareMembership): void {
    if (this.members.get(member.id) === member)
      this.host.wake(member.alarm, Math.max(member.heardAt() + this.sessionTimeout, this.host.now));
  }

  /** An alarm rings: a session may be over. */
  expire(alarm: number): void {
    const member = [...this.members.values()].find((one) => one.alarm === alarm);
    if (member === undefined) return;
    const end = member.heardAt() + this.sessionTimeout;
    if (end > this.host.now) this.host.wake(alarm, end);
    else this.leave(member, "group.share.session.timeout.ms");
  }

  /** Topics have other partitions. */
  partitionsChanged(): void {
    if (this.members.size > 0) this.changes("partitions were added");
  }

  private changes(reason: RebalanceReason, asking?: ShareMembership): void {
    this.epoch++;
    this.host.rebalances(reason);
    for (const member of this.assign()) if (member !== asking) member.stirred();
    this.host.stable(this.epoch);
  }

  /** Answers with those whose target is another one. */
  private assign(): ShareMembership[] {
    const members = [...this.members.values()];
    const targets = simpleAssign(
      members.map(({ subscription, target }) => ({ ...subscription, owned: target })),
      this.counts(),
    );
    return members.filter((member) => {
      const target = targets.get(member.id) ?? [];
      const changed = target.map(nameOf).sort().join() !== member.target.map(nameOf).sort().join();
      member.target = target;
      return changed;
    });
  }
}
