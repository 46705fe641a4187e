import type { RemoteAssignor } from "../../model/kafka-cluster.ts";
import type { Subscriber } from "../assignment/assignment.ts";
import type { Member } from "../member.ts";
import type { ConsumerAnswer, ConsumerClient } from "./consumer-client.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import type { JoinRefusal, RebalanceReason } from "./coordinator-host.ts";
import { MemberStep, type Membership } from "./membership.ts";
import { ProtocolMembership, roundTripsToPositions } from "./protocol-membership.ts";

/** Round trips of a new member before its first heartbeat: find the coordinator. */
const roundTripsToJoin = 1;

/** The consumer protocol (KIP-848) at the client: heartbeats tell what it may have; `poll()` gives up and takes. */
export class ConsumerMembership extends ProtocolMembership implements Membership, ConsumerClient {
  readonly subscription: Subscriber;
  readonly assignor: RemoteAssignor | undefined;
  wantsPoll = false;
  private readonly group: ConsumerGroup;
  private epoch = 0;
  /** Names of the partitions that it may have, as far as it has heard. */
  private assigned: ReadonlySet<string> = new Set();
  private answer: ConsumerAnswer | JoinRefusal | undefined = undefined;
  private underWay = false;
  private confirms = false;
  private stirs = false;
  private taking = false;
  private fenced = false;

  constructor(member: Member, id: string, alarm: number, group: ConsumerGroup, heartbeatInterval: number) {
    super(member, id, alarm, heartbeatInterval);
    this.group = group;
    this.subscription = this.identity;
    this.assignor = member.setup.settings.remoteAssignor;
  }

  get rebalancing(): boolean {
    if (this.wantsPoll) return true;
    if (this.member.partitions.length > 0) return false;
    return this.fenced || this.taking || this.underWay || this.group.keepsWaiting(this);
  }

  begin(): void {
    this.epoch = this.group.epoch;
    this.assigned = new Set(this.group.assignedTo(this));
    this.beats.begin(this.steps.now);
    this.member.ownership.take(this.member.ownership.missing(this.assigned));
  }

  join(): void {
    this.underWay = true;
    this.steps.afterHops(2 * roundTripsToJoin + 1, MemberStep.requestArrives);
  }

  pollTimedOut(): void {
    if (!this.fenced) this.goes();
  }

  poll(): boolean {
    const { member } = this;
    if (this.fenced) {
      if (!member.drained()) return false;
      this.fenced = this.wantsPoll = false;
      this.epoch = 0;
      this.assigned = new Set();
      this.send();
      return true;
    }
    const lost = member.ownership.partitions.filter((of) => !this.assigned.has(of.name));
    if (lost.length > 0) {
      if (!member.drained() || !member.commits.flush()) return false;
      for (const of of lost) member.ownership.release(of);
    }
    this.wantsPoll = false;
    member.ownership.keepState("rebalance");
    if (member.ownership.missing(this.assigned).length > 0) {
      if (!this.taking) this.steps.afterHops(2 * roundTripsToPositions, MemberStep.positionsKnown);
      this.taking = true;
    } else this.confirm();
    return true;
  }

  step(step: number): void {
    if (step === MemberStep.leaveArrives)
      this.group.leave(this, this.dead ? "a member left" : "max.poll.interval.ms");
    else if (this.dead) return;
    else if (step === MemberStep.coordinatorFound) this.found();
    else if (this.cut && step !== MemberStep.positionsKnown) this.stirs = false;
    else if (step === MemberStep.requestArrives) this.requestArrives();
    else if (step === MemberStep.answerArrives) this.answerArrives();
    else if (step === MemberStep.heartbeatAnswered) this.beat();
    else if (step === MemberStep.positionsKnown) {
      this.taking = false;
      this.member.ownership.take(this.member.ownership.missing(this.assigned));
      this.confirm();
    }
  }

  stirred(): void {
    if (this.stirs || this.dead || this.cut || this.fenced || this.underWay) return;
    this.stirs = true;
    this.steps.whenNextBeatArrives(this.beats, MemberStep.heartbeatAnswered);
  }

  removed(reason: RebalanceReason): void {
    this.fenced = true;
    this.member.removed(reason);
    if (this.dead || this.cut) return;
    this.steps.whenNextBeatArrives(this.beats, MemberStep.heartbeatAnswered);
  }

  protected silent(): void {
    this.group.silent(this);
  }

  /** Its next heartbeat is at the coordinator. */
  private beat(): void {
    this.stirs = false;
    if (this.fenced) {
      this.wantsPoll = true;
      this.member.pump();
    } else if (!this.underWay) this.requestArrives();
  }

  private found(): void {
    if (this.staysCut()) return;
    if (this.fenced) this.beat();
    else {
      this.underWay = false;
      this.send();
    }
  }

  private confirm(): void {
    this.confirms = true;
    this.send();
  }

  private send(): void {
    if (this.underWay) return;
    this.underWay = true;
    this.steps.afterHops(1, MemberStep.requestArrives);
  }

  private requestArrives(): void {
    this.underWay = true;
    const owned = this.confirms
      ? new Set(this.member.ownership.partitions.map(({ name }) => name))
      : undefined;
    this.confirms = false;
    this.beats.begin(this.steps.now);
    this.answer = this.group.heartbeat(this, { epoch: this.epoch, owned });
    this.steps.afterHops(1, MemberStep.answerArrives);
  }

  private answerArrives(): void {
    const { answer } = this;
    this.underWay = false;
    if (typeof answer === "string") this.member.ownership.refused(answer);
    if (answer === undefined || typeof answer === "string" || this.fenced) return;
    const changed = !same(answer.assigned, this.assigned);
    this.epoch = answer.epoch;
    this.assigned = answer.assigned;
    if (this.confirms) this.send();
    if (!changed) return;
    this.wantsPoll = true;
    this.member.pump();
  }
}

function same(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}
