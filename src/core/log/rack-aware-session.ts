import type { Broker } from "./broker.ts";
import type { ClosestReplicas, NamedReplica } from "./closest-replicas.ts";
import { FetchSession } from "./fetch-session.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { LogContext } from "./log-context.ts";
import type { Member } from "./member.ts";

/**
 * The fetches of a client that says where it stands: of a partition that a replica in its rack has, the leader answers at
 * once, with that replica's name and no records. (KIP-392)
 */
export class RackAwareSession extends FetchSession {
  private readonly closest: ClosestReplicas;
  /** Those that the answer on its way names. */
  private named: NamedReplica[] = [];

  constructor(context: LogContext, member: Member, broker: Broker, closest: ClosestReplicas) {
    super(context, member, broker);
    this.closest = closest;
  }

  /** Where it reads nothing, as from a leader that has named others, it asks for nothing. */
  override fetch(): void {
    if (this.closest.readsIn(this)) super.fetch();
  }

  override answered(): void {
    if (this.closed) return;
    const { named } = this;
    this.named = [];
    for (const one of named) this.closest.follow(one);
    super.answered();
  }

  /** A follower answers, too, while it is in sync. */
  protected override serves(of: GroupPartition): boolean {
    const replica = of.partition.replicas?.replicas.find(({ broker }) => broker === this.broker);
    return replica === undefined ? super.serves(of) : replica.inSync;
  }

  protected override get enough(): boolean {
    // Over its quota it was told nothing, and hears it now.
    return super.enough || this.named.length > 0 || this.closest.namesAny(this);
  }

  protected override answer(requestCost: number): void {
    this.named.push(...this.closest.name(this));
    super.answer(requestCost);
  }
}
