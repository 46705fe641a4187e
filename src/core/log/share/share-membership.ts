import type { Subscriber, TopicPartition } from "../assignment/assignment.ts";
import { Heartbeats } from "../coordination/heartbeats.ts";
import { MemberStep } from "../coordination/membership.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { ShareCoordinator } from "./share-coordinator.ts";
import type { ShareMember } from "./share-member.ts";

/** A new member finds its coordinator before its first heartbeat: two hops; its heartbeat is one more. */
const hopsToJoin = 3;

/** A member's part in its share group: heartbeats say that it is there, their answers what it may fetch. */
export class ShareMembership {
  readonly id: string;
  readonly alarm: number;
  readonly subscription: Subscriber;
  /** What the coordinator wants it to fetch. */
  target: readonly TopicPartition[] = [];
  readonly member: ShareMember;
  private readonly context: LogContext;
  private readonly coordinator: ShareCoordinator;
  private readonly beats: Heartbeats;
  private dead = false;
  private stirs = false;
  private out = false;
  private cut = false;
  private refused = false;
  /** It has heard which partitions it may read. */
  private told = false;

  constructor(
    context: LogContext,
    member: ShareMember,
    id: string,
    alarm: number,
    coordinator: ShareCoordinator,
    heartbeatInterval: number,
  ) {
    this.context = context;
    this.member = member;
    this.id = id;
    this.alarm = alarm;
    this.coordinator = coordinator;
    this.subscription = { id, topics: member.setup.topics };
    this.beats = new Heartbeats(heartbeatInterval);
  }

  /** It has not heard yet which partitions it may read. */
  get rebalancing(): boolean {
    return !this.dead && !this.told;
  }

  /** It has been a member since before the run. */
  begin(): void {
    this.beats.begin(this.context.kernel.now);
    this.fetchTarget();
  }

  join(): void {
    this.afterHops(hopsToJoin, MemberStep.requestArrives);
  }

  leave(): void {
    this.dead = true;
    this.goes();
  }

  crash(): void {
    this.dead = true;
    this.beats.stop(this.context.kernel.now);
    this.coordinator.silent(this);
  }

  /** It leaves, finishes what it has in hand, and joins anew at its next `poll()`. */
  pollTimedOut(): void {
    if (this.out) return;
    this.out = true;
    this.told = false;
    this.member.sessions.assign([]);
    this.goes();
  }

  polled(): void {
    if (!this.out) return;
    this.out = false;
    this.afterHops(1, MemberStep.requestArrives);
  }

  /** It finds its coordinator again as any client does; who was removed meanwhile joins anew. */
  reviewCoordinator(): void {
    if (this.dead) return;
    const { coordinator } = this.member.group;
    const { now } = this.context.kernel;
    const cut = !coordinator.reaches(this.member);
    if (cut === this.cut) return;
    this.cut = cut;
    if (!cut) {
      const { retryBackoff } = this.member.setup.settings;
      const time = now + retryBackoff + 3 * this.context.costs.networkLatency;
      this.context.timer(time, LogEvent.shareStep, this.member.setup.number, MemberStep.requestArrives);
      return;
    }
    this.beats.stop(now);
    if (!coordinator.down) this.coordinator.silent(this);
  }

  /** When its last heartbeat reached the coordinator, ns. */
  heardAt(): number {
    return this.beats.last(this.context.kernel.now);
  }

  /** The answer to its next heartbeat brings another assignment. */
  stirred(): void {
    if (this.stirs || this.dead || this.out || this.cut) return;
    this.stirs = true;
    const { networkLatency } = this.context.costs;
    const sent = this.beats.next(this.context.kernel.now - networkLatency);
    this.context.timer(
      sent + 2 * networkLatency,
      LogEvent.shareStep,
      this.member.setup.number,
      MemberStep.heartbeatAnswered,
    );
  }

  step(step: number): void {
    if (step === MemberStep.leaveArrives)
      this.coordinator.leave(this, this.dead ? "a member left" : "max.poll.interval.ms");
    else if (this.dead || this.out || this.cut) this.stirs = false;
    else if (step === MemberStep.requestArrives) {
      this.beats.begin(this.context.kernel.now);
      this.refused = !this.coordinator.join(this);
      this.afterHops(1, MemberStep.answerArrives);
    } else if (this.refused) this.member.refused();
    else {
      this.stirs = false;
      this.fetchTarget();
    }
  }

  private goes(): void {
    this.beats.stop(this.context.kernel.now);
    this.afterHops(1, MemberStep.leaveArrives);
  }

  private fetchTarget(): void {
    const { member, target } = this;
    if (member.stopped || member.gone) return;
    this.told = true;
    member.sessions.assign(target.map((one) => member.group.partition(one)));
    member.pump();
  }

  private afterHops(hops: number, step: MemberStep): void {
    const { kernel, costs } = this.context;
    this.context.timer(
      kernel.now + hops * costs.networkLatency,
      LogEvent.shareStep,
      this.member.setup.number,
      step,
    );
  }
}
