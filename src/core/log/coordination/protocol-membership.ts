import type { Subscriber } from "../assignment/assignment.ts";
import type { Member } from "../member.ts";
import { Heartbeats } from "./heartbeats.ts";
import { MemberSteps } from "./member-steps.ts";
import { MemberStep } from "./membership.ts";

/** From its assignment to the first fetch: committed offsets, then where logs begin and end. */
export const roundTripsToPositions = 2;

/** A member as the coordinators of both protocols know it: who it is, when it was heard, how it goes. */
export abstract class ProtocolMembership {
  readonly id: string;
  readonly instanceId: string | undefined;
  readonly alarm: number;
  readonly rebalanceTimeout: number;
  protected readonly member: Member;
  protected readonly steps: MemberSteps;
  protected readonly beats: Heartbeats;
  protected dead = false;
  /** It does not reach its coordinator. */
  protected cut = false;
  private looking = false;

  constructor(member: Member, id: string, alarm: number, heartbeatInterval: number) {
    const { settings, instanceId } = member.setup;
    this.member = member;
    this.id = id;
    this.alarm = alarm;
    this.instanceId = instanceId;
    this.rebalanceTimeout = settings.maxPollInterval;
    this.steps = new MemberSteps(member);
    this.beats = new Heartbeats(heartbeatInterval);
  }

  leave(): void {
    this.dead = true;
    this.goes(this.member.setup.settings.leavesOnClose);
  }

  crash(): void {
    this.dead = true;
    this.beats.stop(this.steps.now);
    this.silent();
  }

  heardAt(): number {
    return this.beats.last(this.steps.now);
  }

  /** It sends no heartbeats that anybody hears while it lacks its coordinator; it looks for it until it is there. */
  reviewCoordinator(): void {
    if (this.dead) return;
    const { coordinator } = this.member.group;
    if (!coordinator.reaches(this.member)) {
      if (this.cut) return;
      this.cut = true;
      this.beats.stop(this.steps.now);
      if (!coordinator.down) this.silent();
    } else if (this.cut && !this.looking) {
      this.looking = true;
      this.steps.afterLookingFor();
    }
  }

  /** True when the coordinator is still not to be reached. */
  protected staysCut(): boolean {
    this.looking = false;
    this.cut = !this.member.group.coordinator.reaches(this.member);
    if (!this.cut) this.member.commits.resume();
    return this.cut;
  }

  protected get identity(): Subscriber {
    const { id, instanceId } = this;
    const { topics, settings } = this.member.setup;
    const rack = settings.clientRack;
    return { id, topics, rack, ...(instanceId === undefined ? {} : { instanceId }) };
  }

  /** A static member does not say so: it may be back within its session. (KIP-345) */
  protected goes(saysSo = true): void {
    this.beats.stop(this.steps.now);
    if (saysSo && this.instanceId === undefined) this.steps.afterHops(1, MemberStep.leaveArrives);
    else this.silent();
  }

  /** The coordinator hears nothing from it any more. */
  protected abstract silent(): void;
}
