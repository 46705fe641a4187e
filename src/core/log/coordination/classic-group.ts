import type { Assignment, Subscriber, TopicPartition } from "../assignment/assignment.ts";
import { hashMapOrder, stringHash } from "../assignment/java-hash.ts";
import { zero } from "../../sim/zero.ts";
import type { ClassicClient } from "./classic-client.ts";
import { ClassicMember } from "./classic-member.ts";
import type { GroupLimits } from "../../model/kafka-cluster.ts";
import {
  groupAlarm,
  type CoordinatorHost,
  type JoinRefusal,
  type RebalanceReason,
} from "./coordinator-host.ts";

export type ClassicState = "Empty" | "PreparingRebalance" | "CompletingRebalance" | "Stable";

/**
 * A group of the classic protocol at its coordinator: members join, all who are known have to join again before a
 * generation begins, the leader assigns, members fetch their assignments by SyncGroup. Whoever is not heard of for its
 * session is removed, as is whoever does not join again within the longest rebalance timeout. (GroupMetadataManager)
 */
export class ClassicGroup {
  state: ClassicState = "Empty";
  generation = 0;
  /** When its last member was gone, ns. */
  emptySince = zero;
  private readonly host: CoordinatorHost;
  /** `group.initial.rebalance.delay.ms`, ns. */
  private readonly initialDelay: number;
  private readonly limits: GroupLimits | undefined;
  /** In the order in which they came. */
  private readonly members = new Map<string, ClassicMember>();
  private leader: ClassicMember | undefined = undefined;
  private strategy = "";
  /** How much longer the first join may wait for members; undefined for any other join. */
  private initialWait: number | undefined = undefined;
  private newcomers = false;

  constructor(host: CoordinatorHost, initialDelay: number, limits?: GroupLimits) {
    this.host = host;
    this.initialDelay = initialDelay;
    this.limits = limits;
  }

  get size(): number {
    return this.members.size;
  }

  knows(client: ClassicClient): boolean {
    return this.members.get(client.id)?.client === client;
  }

  leads(client: ClassicClient): boolean {
    return this.leader?.client === client;
  }

  /** JoinGroup: answered when the generation begins, or at once where nothing has to change. */
  join(client: ClassicClient, claim: Subscriber, why?: RebalanceReason): void {
    const known = this.members.get(client.id) ?? this.staticMember(client);
    const refusal = this.refusal(client, known !== undefined);
    if (refusal !== undefined) {
      client.joinAnswered(refusal);
      return;
    }
    if (known === undefined) {
      this.add(client, claim);
      return;
    }
    const returns = known.client !== client;
    known.client = client;
    const changed = known.changes(claim);
    if (this.state === "Stable" && ((returns && !changed) || (known !== this.leader && !changed))) {
      // A static member that comes back, or a follower that lost its answer: nothing moves. (KIP-345)
      this.awake(known);
      this.answerJoin(known, false);
      return;
    }
    known.claim = claim;
    known.awaitsJoin = true;
    this.awake(known);
    if (this.state !== "PreparingRebalance")
      this.prepareRebalance(why ?? (changed ? "a member gave partitions up" : "a member joined again"));
    else this.tryCompleteJoin();
  }

  /** SyncGroup: the leader brings the assignment, the others get theirs. */
  sync(client: ClassicClient, generation: number, assignment: Assignment | undefined): void {
    const member = this.members.get(client.id);
    if (member === undefined || member.client !== client) client.syncAnswered("UNKNOWN_MEMBER_ID");
    else if (generation !== this.generation) client.syncAnswered("ILLEGAL_GENERATION");
    else if (this.state === "PreparingRebalance") client.syncAnswered("REBALANCE_IN_PROGRESS");
    else {
      this.awake(member);
      if (this.state === "Stable") client.syncAnswered(member.assignment);
      else {
        member.awaitsSync = true;
        if (member === this.leader && assignment !== undefined) this.assigned(assignment);
      }
    }
  }

  /** What a member was given in this generation. */
  assignedTo(client: ClassicClient): readonly TopicPartition[] {
    return this.members.get(client.id)!.assignment;
  }

  /** LeaveGroup; a static member does not send it when it closes. */
  leave(client: ClassicClient, reason: RebalanceReason): void {
    const member = this.members.get(client.id);
    if (member?.client === client) this.remove(member, reason);
  }

  /** Nothing more is heard of it: its session ends some time. The sessions of others need no watch. */
  silent(client: ClassicClient): void {
    const member = this.members.get(client.id);
    if (member?.client === client) this.host.wake(client.alarm, member.expiresAt);
  }

  /** Who of them did not get in before the run begins, and why. */
  refusals<T extends ClassicClient>(clients: readonly T[]): Map<T, JoinRefusal> {
    const { limits } = this;
    const refused = new Map<T, JoinRefusal>();
    for (const client of clients) {
      const refusal = this.refusal(client, true);
      if (refusal !== undefined) refused.set(client, refusal);
      else if (limits !== undefined && clients.indexOf(client) - refused.size >= limits.size)
        refused.set(client, "GROUP_MAX_SIZE_REACHED");
    }
    return refused;
  }

  /** The members have joined and have this assignment before the run begins; the first one leads. */
  begin(
    clients: readonly ClassicClient[],
    claims: readonly Subscriber[],
    assign: (strategy: string) => Assignment,
  ): void {
    for (const [i, client] of clients.entries())
      this.members.set(client.id, new ClassicMember(client, claims[i]!));
    this.leader = this.members.values().next().value;
    this.strategy = this.vote();
    const assignment = assign(this.strategy);
    for (const [id, member] of this.members) member.assignment = assignment.get(id)!;
    this.generation = 1;
    this.state = "Stable";
  }

  /** An alarm that was set with the host rings. */
  expire(alarm: number): void {
    if (alarm === groupAlarm) this.waitIsOver();
    else
      for (const member of this.members.values()) if (member.client.alarm === alarm) this.sessionEnds(member);
  }

  private sessionEnds(member: ClassicMember): void {
    const { host } = this;
    if (member.awaits) host.wake(member.client.alarm, host.now + member.client.sessionTimeout);
    else if (member.expiresAt > host.now) host.wake(member.client.alarm, member.expiresAt);
    else this.remove(member, "session.timeout.ms");
  }

  /** A rebalance counts those who have joined again, so that a new member can take the place of one that is gone. (acceptJoiningMember) */
  private refusal({ sessionTimeout }: ClassicClient, isKnown: boolean): JoinRefusal | undefined {
    const { limits, members, state } = this;
    if (limits === undefined) return undefined;
    if (sessionTimeout < limits.sessionMin || sessionTimeout > limits.sessionMax)
      return "INVALID_SESSION_TIMEOUT";
    if (isKnown) return undefined;
    const taken =
      state === "PreparingRebalance"
        ? [...members.values()].filter(({ awaitsJoin }) => awaitsJoin).length
        : members.size;
    return taken < limits.size ? undefined : "GROUP_MAX_SIZE_REACHED";
  }

  private staticMember({ instanceId }: ClassicClient): ClassicMember | undefined {
    if (instanceId === undefined) return undefined;
    const known = [...this.members].find(([, { client }]) => client.instanceId === instanceId);
    return known?.[1];
  }

  private add(client: ClassicClient, claim: Subscriber): void {
    const member = new ClassicMember(client, claim);
    this.members.set(client.id, member);
    member.awaitsJoin = true;
    this.awake(member);
    if (this.state === "PreparingRebalance") {
      if (this.initialWait !== undefined) this.newcomers = true;
      this.tryCompleteJoin();
    } else this.prepareRebalance("a member joined");
  }

  private prepareRebalance(reason: RebalanceReason): void {
    const { host } = this;
    for (const member of this.members.values())
      if (member.awaitsSync) {
        member.awaitsSync = false;
        member.client.syncAnswered("REBALANCE_IN_PROGRESS");
      }
    const timeout = longest(this.members.values());
    if (this.state === "Empty") {
      this.initialWait = Math.max(timeout - this.initialDelay, 0);
      this.newcomers = false;
      host.wake(groupAlarm, host.now + this.initialDelay);
    } else {
      this.initialWait = undefined;
      host.wake(groupAlarm, host.now + timeout);
    }
    this.state = "PreparingRebalance";
    host.rebalances(reason);
    for (const member of this.members.values()) if (!member.awaitsJoin) member.client.rebalances();
    this.tryCompleteJoin();
  }

  private tryCompleteJoin(): void {
    if (this.initialWait === undefined && [...this.members.values()].every(({ awaitsJoin }) => awaitsJoin))
      this.completeJoin();
  }

  private waitIsOver(): void {
    const { host, initialWait = 0 } = this;
    if (this.state === "CompletingRebalance") {
      const late = [...this.members.values()].filter(({ awaitsSync }) => !awaitsSync);
      for (const member of late) this.drop(member, "max.poll.interval.ms");
      this.prepareRebalance("max.poll.interval.ms");
    } else if (this.state === "PreparingRebalance") {
      if (this.newcomers && initialWait > 0) {
        const delay = Math.min(this.initialDelay, initialWait);
        this.newcomers = false;
        this.initialWait = initialWait - delay;
        host.wake(groupAlarm, host.now + delay);
      } else this.completeJoin();
    }
  }

  /** Who has not joined again by now is out, unless it is static; the generation begins. */
  private completeJoin(): void {
    const { host } = this;
    this.initialWait = undefined;
    host.wake(groupAlarm, Infinity);
    for (const member of this.members.values())
      if (!member.awaitsJoin && member.client.instanceId === undefined)
        this.drop(member, "max.poll.interval.ms");
    const joined = inHashOrder(this.members.values()).filter(({ awaitsJoin }) => awaitsJoin);
    if (joined.length === 0 && this.members.size > 0) {
      // Static members that are away: their sessions decide.
      host.wake(groupAlarm, host.now + longest(this.members.values()));
      return;
    }
    this.generation++;
    this.state = joined.length === 0 ? "Empty" : "CompletingRebalance";
    if (this.leader?.awaitsJoin !== true) this.leader = joined[0];
    if (joined.length === 0) {
      this.emptySince = host.now;
      return;
    }
    this.strategy = this.vote();
    host.wake(groupAlarm, host.now + longest(joined));
    for (const member of joined) member.awaitsJoin = false;
    for (const member of joined) {
      this.awake(member);
      this.answerJoin(member, member === this.leader);
    }
  }

  private answerJoin({ client }: ClassicMember, leads: boolean): void {
    const members = leads ? [...this.members.values()].map(({ claim }) => claim) : undefined;
    client.joinAnswered({ generation: this.generation, strategy: this.strategy, members });
  }

  /** Each member votes for the first of its strategies that all have; the most votes win, the earlier in a draw. */
  private vote(): string {
    const lists = [...this.members.values()].map(({ client }) => client.strategies);
    const votes = new Map<string, number>();
    for (const list of lists) {
      const choice = list.find((name) => lists.every((other) => other.includes(name)));
      if (choice !== undefined) votes.set(choice, (votes.get(choice) ?? 0) + 1);
    }
    return [...votes].reduce((best, next) => (next[1] > best[1] ? next : best), ["", 0] as const)[0];
  }

  private assigned(assignment: Assignment): void {
    this.state = "Stable";
    this.host.wake(groupAlarm, Infinity);
    for (const [id, member] of this.members) member.assignment = assignment.get(id) ?? [];
    for (const member of this.members.values())
      if (member.awaitsSync) {
        member.awaitsSync = false;
        this.awake(member);
        member.client.syncAnswered(member.assignment);
      }
    this.host.stable(this.generation);
  }

  private remove(member: ClassicMember, reason: RebalanceReason): void {
    this.drop(member, reason);
    if (this.state === "PreparingRebalance") this.tryCompleteJoin();
    else this.prepareRebalance(reason);
  }

  private drop(member: ClassicMember, reason: RebalanceReason): void {
    this.members.delete(member.client.id);
    if (this.leader === member) this.leader = undefined;
    member.client.removed(reason);
  }

  private awake(member: ClassicMember): void {
    member.requestedAt = this.host.now;
  }
}

/** The coordinator keeps its members in a HashMap, and answers them in its order. */
function inHashOrder(members: Iterable<ClassicMember>): ClassicMember[] {
  return hashMapOrder([...members], ({ client }) => stringHash(client.id));
}

/** The longest rebalance timeout among the members. */
function longest(members: Iterable<ClassicMember>): number {
  return Math.max(0, ...[...members].map(({ client }) => client.rebalanceTimeout));
}
