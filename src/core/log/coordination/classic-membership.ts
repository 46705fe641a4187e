import type { Assignment, Assignor, Subscriber, TopicPartition } from "../assignment/assignment.ts";
import { rangeAssign } from "../assignment/range-assignor.ts";
import { roundRobinAssign } from "../assignment/round-robin-assignor.ts";
import { cooperativeStickyAssign, stickyAssign } from "../assignment/sticky-assignor.ts";
import type { AssignmentStrategy } from "../../model/topology.ts";
import type { GroupPartition } from "../group-partition.ts";
import type { Member } from "../member.ts";
import type { ClassicClient, JoinAnswer } from "./classic-client.ts";
import type { ClassicGroup } from "./classic-group.ts";
import type { GroupError, JoinRefusal, RebalanceReason } from "./coordinator-host.ts";
import { replicaRacks } from "../replica-racks.ts";
import { MemberStep, type Membership } from "./membership.ts";
import { ProtocolMembership, roundTripsToPositions } from "./protocol-membership.ts";

export const strategies: Readonly<Record<AssignmentStrategy, Assignor>> = {
  range: rangeAssign,
  roundrobin: roundRobinAssign,
  sticky: stickyAssign,
  "cooperative-sticky": cooperativeStickyAssign,
};

/** Round trips of a new member before its JoinGroup: find the coordinator, get a member id. */
const roundTripsToJoin = 2;

/** The classic protocol at the client: join in `poll()`, sync, heartbeats beside. (AbstractCoordinator) */
export class ClassicMembership extends ProtocolMembership implements Membership, ClassicClient {
  readonly sessionTimeout: number;
  readonly strategies: readonly AssignmentStrategy[];
  wantsPoll = false;
  private readonly group: ClassicGroup;
  /** All its assignors can let partitions move one by one, so that it gives up only what it has to. (KIP-429) */
  private readonly cooperative: boolean;
  private generation: number | undefined = undefined;
  private request: "join" | "sync" | undefined = undefined;
  private answer: JoinAnswer | readonly TopicPartition[] | GroupError | JoinRefusal | undefined = undefined;
  private assignment: Assignment | undefined = undefined;
  private gained: readonly TopicPartition[] = [];
  private revoking: readonly GroupPartition[] = [];
  private told = false;
  /** Something waits for its next heartbeat. */
  private news = false;
  private unknown = false;
  /** It assigned last by metadata of this time, ns; undefined where another member leads. */
  private assignedBy: number | undefined = undefined;
  /** It joins anew because of this. */
  private why: RebalanceReason | undefined = undefined;
  /** Owned before it gave everything up to join; what sticky assignors go by. */
  private lastOwned: readonly TopicPartition[] = [];

  constructor(member: Member, id: string, alarm: number, group: ClassicGroup) {
    const { settings } = member.setup;
    super(member, id, alarm, settings.heartbeatInterval);
    this.group = group;
    this.sessionTimeout = settings.sessionTimeout;
    this.strategies = settings.strategies;
    this.cooperative = settings.strategies.every((name) => name === "cooperative-sticky");
  }

  get rebalancing(): boolean {
    if (this.wantsPoll) return true;
    if (this.member.partitions.length > 0) return false;
    return this.request !== undefined || this.gained.length > 0 || this.unknown;
  }

  get claim(): Subscriber {
    const { generation } = this;
    const owned = this.cooperative ? this.member.ownership.named : this.stickyOwned;
    return { ...this.identity, owned, ...(generation === undefined ? {} : { generation }) };
  }

  begin(): void {
    this.generation = this.group.generation;
    if (this.group.leads(this)) this.assignedBy = 0;
    this.lastOwned = this.group.assignedTo(this);
    this.beats.begin(this.steps.now);
    this.member.ownership.take(this.lastOwned);
  }

  join(): void {
    this.request = "join";
    this.steps.afterHops(2 * roundTripsToJoin + 1, MemberStep.requestArrives);
  }

  pollTimedOut(): void {
    if (this.request === undefined && !this.unknown) this.goes();
  }

  poll(): boolean {
    const { member } = this;
    if (this.unknown) {
      if (!member.drained()) return false;
      this.generation = undefined;
      this.unknown = false;
      return this.rejoin();
    }
    if (this.revoking.length > 0) {
      if (!member.drained() || !member.commits.flush()) return false;
      for (const of of this.revoking) member.ownership.release(of);
      this.revoking = [];
      return this.rejoin();
    }
    if (!this.cooperative) {
      if (!member.drained() || !member.commits.flush()) return false;
      this.lastOwned = member.ownership.named;
      member.ownership.releaseAll();
    }
    return this.rejoin();
  }

  step(step: number): void {
    if (step === MemberStep.leaveArrives)
      this.group.leave(this, this.dead ? "a member left" : "max.poll.interval.ms");
    else if (this.dead) return;
    else if (step === MemberStep.coordinatorFound) this.found();
    else if (this.cut && step !== MemberStep.positionsKnown) {
      // What is on its way is lost: a request is sent again, news come again.
      if (step === MemberStep.heartbeatAnswered) this.told = false;
    } else if (step === MemberStep.requestArrives) this.requestArrives();
    else if (step === MemberStep.answerArrives) this.answerArrives();
    else if (step === MemberStep.heartbeatAnswered) this.heartbeatAnswered();
    else if (step === MemberStep.positionsKnown) this.positionsKnown();
  }

  /** Who leads looks after the partitions, as it knows them. (ConsumerCoordinator.rejoinNeededOrPending) */
  topicsRefreshed(): void {
    const { member, assignedBy } = this;
    if (assignedBy === undefined || this.request !== undefined || this.wantsPoll || this.unknown) return;
    if (!member.group.grewBetween(assignedBy, member.sessions.refreshedAt)) return;
    this.why = "partitions were added";
    this.wantsPoll = true;
    member.pump();
  }

  joinAnswered(answer: JoinAnswer | JoinRefusal): void {
    this.answers(answer);
  }

  syncAnswered(answer: readonly TopicPartition[] | GroupError): void {
    this.answers(answer);
  }

  rebalances(): void {
    this.hearsSoon();
  }

  removed(reason: RebalanceReason): void {
    this.unknown = true;
    this.gained = [];
    this.member.removed(reason);
    this.hearsSoon();
  }

  protected silent(): void {
    this.group.silent(this);
  }

  private get stickyOwned(): readonly TopicPartition[] {
    return this.strategies.some((name) => name !== "range" && name !== "roundrobin") ? this.lastOwned : [];
  }

  private rejoin(): boolean {
    this.wantsPoll = false;
    this.request = "join";
    this.steps.afterHops(1, MemberStep.requestArrives);
    return true;
  }

  private answers(answer: NonNullable<typeof this.answer>): void {
    this.answer = answer;
    this.steps.afterHops(1, MemberStep.answerArrives);
  }

  private requestArrives(): void {
    const { request, assignment } = this;
    this.assignment = undefined;
    if (request === "join") {
      this.group.join(this, this.claim, this.why);
      this.why = undefined;
    } else if (request === "sync") this.group.sync(this, this.generation!, assignment);
  }

  private answerArrives(): void {
    const { answer } = this;
    if (answer === "GROUP_MAX_SIZE_REACHED" || answer === "INVALID_SESSION_TIMEOUT")
      this.member.ownership.refused(answer);
    else if (answer === undefined || typeof answer === "string") {
      // The group rebalances again, or does not know it: within the same poll it joins again.
      this.request = undefined;
      this.wantsPoll = true;
      this.member.pump();
    } else if ("generation" in answer) {
      this.generation = answer.generation;
      const assign = strategies[answer.strategy as AssignmentStrategy];
      const { context, group, sessions } = this.member;
      this.assignedBy = answer.members && sessions.refreshedAt;
      this.assignment =
        answer.members &&
        assign(answer.members, group.counts(this.assignedBy), replicaRacks(context, group.topics));
      this.request = "sync";
      this.steps.afterHops(1, MemberStep.requestArrives);
    } else this.assigned(answer);
  }

  private assigned(partitions: readonly TopicPartition[]): void {
    this.request = undefined;
    this.news = false;
    this.beats.begin(this.steps.now);
    this.lastOwned = partitions;
    const { gained, lost } = this.member.ownership.compare(partitions);
    this.revoking = lost;
    this.gained = gained;
    if (lost.length > 0) {
      this.wantsPoll = true;
      this.member.pump();
    }
    if (this.gained.length > 0) this.steps.afterHops(2 * roundTripsToPositions, MemberStep.positionsKnown);
    else if (lost.length === 0) this.member.ownership.keepState("rebalance");
    this.topicsRefreshed();
  }

  private positionsKnown(): void {
    this.member.ownership.take(this.gained);
    this.gained = [];
  }

  private found(): void {
    if (this.staysCut()) return;
    this.beats.begin(this.steps.now);
    if (this.request !== undefined) this.steps.afterHops(1, MemberStep.requestArrives);
    else if (this.news || this.unknown) this.hearsSoon();
  }

  /** Its next heartbeat brings an error; where nothing is scheduled yet, its answer is. */
  private hearsSoon(): void {
    this.news = true;
    if (this.told || this.dead || this.cut || this.request !== undefined) return;
    this.told = true;
    this.steps.atNextBeat(this.beats, MemberStep.heartbeatAnswered);
  }

  private heartbeatAnswered(): void {
    this.told = this.news = false;
    if (this.request !== undefined) return;
    this.wantsPoll = true;
    this.member.pump();
  }
}
