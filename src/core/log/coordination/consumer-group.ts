import {
  nameOf,
  type Assignor,
  type PartitionCounts,
  type TopicPartition,
} from "../assignment/assignment.ts";
import type { ConsumerGroupLimits } from "../../model/kafka-cluster.ts";
import type { ConsumerAnswer, ConsumerClient, ConsumerHeartbeat } from "./consumer-client.ts";
import { ConsumerMember } from "./consumer-member.ts";
import type { CoordinatorHost, JoinRefusal, RebalanceReason } from "./coordinator-host.ts";

export type ConsumerState = "Empty" | "Assigning" | "Reconciling" | "Stable";

/**
 * A group of the consumer protocol (KIP-848) at its coordinator: the broker assigns, and each member is led to its
 * target by its own heartbeats. A partition goes to its next owner when the one before has confirmed that it gave it
 * up; nobody else waits.
 */
export class ConsumerGroup {
  /** Counts what changes the group; the target was computed for `targetEpoch`. */
  epoch = 0;
  targetEpoch = 0;
  private stableEpoch = 0;
  private readonly host: CoordinatorHost;
  private readonly assign: Assignor;
  private readonly topics: () => PartitionCounts;
  /** `group.consumer.session.timeout.ms`, ns. */
  private readonly sessionTimeout: number;
  private readonly limits: ConsumerGroupLimits | undefined;
  private readonly members = new Map<string, ConsumerMember>();
  /** Who has a partition, or has not confirmed yet that it gave it up. */
  private readonly owners = new Map<string, ConsumerMember>();

  constructor(
    host: CoordinatorHost,
    assign: Assignor,
    topics: () => PartitionCounts,
    sessionTimeout: number,
    limits?: ConsumerGroupLimits,
  ) {
    this.host = host;
    this.assign = assign;
    this.topics = topics;
    this.sessionTimeout = sessionTimeout;
    this.limits = limits;
  }

  get size(): number {
    return this.members.size;
  }

  get state(): ConsumerState {
    if (this.members.size === 0) return "Empty";
    if (this.epoch > this.targetEpoch) return "Assigning";
    return [...this.members.values()].every((member) => this.settled(member)) ? "Stable" : "Reconciling";
  }

  /** ConsumerGroupHeartbeat; undefined when the member is not known (any more) and has to join anew. */
  heartbeat(
    client: ConsumerClient,
    { epoch, owned }: ConsumerHeartbeat,
  ): ConsumerAnswer | JoinRefusal | undefined {
    const refusal = epoch === 0 ? this.refusal(client, this.members.size) : undefined;
    if (refusal !== undefined) return refusal;
    const member = epoch === 0 ? this.joins(client) : this.members.get(client.id);
    if (member === undefined || member.client !== client) return undefined;
    if (this.epoch > this.targetEpoch) this.computeTarget();
    this.reconcile(member, owned);
    member.heardAt = this.host.now;
    this.host.wake(
      client.alarm + 1,
      member.revokingSince === undefined ? Infinity : member.revokingSince + client.rebalanceTimeout,
    );
    this.stir(member);
    if (this.state === "Stable" && this.stableEpoch < this.epoch)
      this.host.stable((this.stableEpoch = this.epoch));
    return { epoch: member.epoch, assigned: new Set(member.assigned) };
  }

  /** It leaves, and its partitions are free. A static member that comes back within its session is not waited for. */
  leave(client: ConsumerClient, reason: RebalanceReason): void {
    const member = this.members.get(client.id);
    if (member?.client === client) this.remove(member, reason);
  }

  /** Nothing more is heard of it: its session ends some time. The sessions of others need no watch. */
  silent(client: ConsumerClient): void {
    const member = this.members.get(client.id);
    if (member?.client === client)
      this.host.wake(client.alarm, Math.max(member.heardAt, client.heardAt()) + this.sessionTimeout);
  }

  /** Who of them did not get in before the run begins. */
  refusals<T extends ConsumerClient>(clients: readonly T[]): Map<T, JoinRefusal> {
    const refused = new Map<T, JoinRefusal>();
    for (const [i, client] of clients.entries()) {
      const refusal = this.refusal(client, i - refused.size);
      if (refusal !== undefined) refused.set(client, refusal);
    }
    return refused;
  }

  /** The members have joined and have their targets before the run begins. */
  begin(clients: readonly ConsumerClient[]): void {
    for (const client of clients) this.members.set(client.id, new ConsumerMember(client));
    this.epoch = 1;
    this.computeTarget();
    for (const member of this.members.values()) this.reconcile(member, undefined);
  }

  /** What a member has by now. */
  assignedTo(client: ConsumerClient): ReadonlySet<string> {
    return this.members.get(client.id)!.assigned;
  }

  /** Others have not yet given up what it is to have. */
  keepsWaiting(client: ConsumerClient): boolean {
    return this.members.get(client.id)?.waits === true;
  }

  /** An alarm that was set with the host rings. */
  expire(alarm: number): void {
    for (const member of this.members.values()) {
      const { client } = member;
      if (client.alarm + 1 === alarm) this.remove(member, "max.poll.interval.ms");
      else if (client.alarm === alarm) {
        const end = Math.max(member.heardAt, client.heardAt()) + this.sessionTimeout;
        if (end > this.host.now) this.host.wake(alarm, end);
        else this.remove(member, "session.timeout.ms");
      }
    }
  }

  private formerOf({ instanceId }: ConsumerClient): ConsumerMember | undefined {
    if (instanceId === undefined) return undefined;
    return [...this.members.values()].find(({ client }) => client.instanceId === instanceId);
  }

  /** Why nobody lets it join a group of so many. (KafkaApis.handleConsumerGroupHeartbeat, GroupMetadataManager) */
  private refusal(client: ConsumerClient, size: number): JoinRefusal | undefined {
    if (this.limits === undefined) return undefined;
    const { enabled, assignors, size: sizeMax } = this.limits;
    const { assignor } = client;
    if (!enabled) return "UNSUPPORTED_VERSION";
    if (assignor !== undefined && !assignors.includes(assignor)) return "UNSUPPORTED_ASSIGNOR";
    if (size < sizeMax || this.members.has(client.id) || this.formerOf(client) !== undefined)
      return undefined;
    return "GROUP_MAX_SIZE_REACHED";
  }

  /** A static member takes over what it had; for any other the group changes. */
  private joins(client: ConsumerClient): ConsumerMember {
    const former = this.formerOf(client);
    const member = former ?? new ConsumerMember(client);
    member.client = client;
    this.members.delete(client.id);
    this.members.set(client.id, member);
    if (former === undefined) this.change("a member joined");
    else this.released(member);
    return member;
  }

  /** Topics have more partitions: the next heartbeat leads to a new target. */
  partitionsChanged(): void {
    if (this.members.size === 0) return;
    this.change("partitions were added");
    this.stir(undefined);
  }

  private change(reason: RebalanceReason): void {
    this.epoch++;
    this.host.rebalances(reason);
  }

  private computeTarget(): void {
    const members = [...this.members.values()];
    const target = this.assign(
      members.map(({ client, target }) => ({ ...client.subscription, owned: target })),
      this.topics(),
    );
    for (const member of members) member.target = target.get(member.client.subscription.id) ?? [];
    this.targetEpoch = this.epoch;
  }

  /** One step of a member towards its target. (CurrentAssignmentBuilder) */
  private reconcile(member: ConsumerMember, owned: ReadonlySet<string> | undefined): void {
    if (member.revoking.size > 0) {
      if (owned === undefined || [...member.revoking].some((name) => owned.has(name))) return;
      this.released(member);
      member.epoch++;
    } else if (member.epoch === this.targetEpoch && !member.waits) return;
    const target = new Set(member.target.map((one: TopicPartition) => nameOf(one)));
    for (const name of [...member.assigned])
      if (!target.has(name)) {
        member.assigned.delete(name);
        if (owned === undefined || owned.has(name)) member.revoking.add(name);
        else this.owners.delete(name);
      }
    if (member.revoking.size > 0) {
      member.revokingSince = this.host.now;
      return;
    }
    member.waits = false;
    for (const name of target) {
      const owner = this.owners.get(name);
      if (owner !== undefined && owner !== member) member.waits = true;
      else {
        this.owners.set(name, member);
        member.assigned.add(name);
      }
    }
    member.epoch = this.targetEpoch;
  }

  private released(member: ConsumerMember): void {
    for (const name of member.revoking) this.owners.delete(name);
    member.release();
  }

  private settled(member: ConsumerMember): boolean {
    return member.epoch === this.epoch && member.revoking.size === 0 && !member.waits;
  }

  /** Whoever else can go a step further learns it from its next heartbeat. */
  private stir(by: ConsumerMember | undefined): void {
    for (const member of this.members.values())
      if (member !== by && !this.settled(member)) member.client.stirred();
  }

  private remove(member: ConsumerMember, reason: RebalanceReason): void {
    const { client } = member;
    this.members.delete(client.id);
    for (const [name, owner] of this.owners) if (owner === member) this.owners.delete(name);
    this.host.wake(client.alarm, Infinity);
    this.host.wake(client.alarm + 1, Infinity);
    this.change(reason);
    client.removed(reason);
    this.stir(undefined);
  }
}
