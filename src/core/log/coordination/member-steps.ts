import { LogEvent } from "../log-event.ts";
import type { Member } from "../member.ts";
import type { Heartbeats } from "./heartbeats.ts";
import { MemberStep } from "./membership.ts";

/** Schedules a member's steps in the protocol of its group. */
export class MemberSteps {
  private readonly member: Member;

  constructor(member: Member) {
    this.member = member;
  }

  get now(): number {
    return this.member.context.kernel.now;
  }

  /** So many times the network's latency from now. */
  afterHops(hops: number, step: MemberStep): void {
    const { context, setup } = this.member;
    context.timer(this.now + hops * context.costs.networkLatency, LogEvent.memberStep, setup.number, step);
  }

  /** When a client that lost its coordinator has looked for it again. */
  afterLookingFor(): void {
    const { context, setup } = this.member;
    const { networkLatency } = context.costs;
    const time = this.now + setup.settings.retryBackoff + 2 * networkLatency;
    context.timer(time, LogEvent.memberStep, setup.number, MemberStep.coordinatorFound);
  }

  /** When the next heartbeat that the coordinator can still answer with its news is sent; the answer is a step. */
  atNextBeat(beats: Heartbeats, step: MemberStep): void {
    const { context, setup } = this.member;
    const { networkLatency } = context.costs;
    const sent = beats.next(this.now - networkLatency);
    context.timer(sent + 2 * networkLatency, LogEvent.memberStep, setup.number, step);
  }

  /** When the next heartbeat reaches the coordinator. */
  whenNextBeatArrives(beats: Heartbeats, step: MemberStep): void {
    const { context, setup } = this.member;
    const { networkLatency } = context.costs;
    const sent = beats.next(this.now);
    context.timer(sent + networkLatency, LogEvent.memberStep, setup.number, step);
  }
}
