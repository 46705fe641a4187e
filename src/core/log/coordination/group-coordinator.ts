import type { Broker } from "../broker.ts";
import type { CoordinatorLog } from "./coordinator-log.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import { groupAlarm, type CoordinatorHost, type RebalanceReason } from "./coordinator-host.ts";

/** An alarm that is ended early leaves an event behind, which is never further away than this, ns. */
const step = 3e9;

interface Coordinated {
  expire(alarm: number): void;
}

/** What the engine gives a group's coordinator: the clock, alarms, and the log of what happens. */
export class GroupCoordinator implements CoordinatorHost {
  rebalanceCount = 0;
  /** The group's partition of `__consumer_offsets`; its leader coordinates. */
  readonly log: CoordinatorLog;
  private readonly context: LogContext;
  private readonly group: number;
  readonly place: number;
  private readonly due: number[] = [];
  /** When the event that an alarm waits for comes; Infinity without one. */
  private readonly pending: number[] = [];
  private nextAlarm = 1;
  private coordinated: Coordinated | undefined = undefined;

  constructor(context: LogContext, group: number, place: number, log: CoordinatorLog) {
    this.context = context;
    this.log = log;
    this.group = group;
    this.place = place;
  }

  get now(): number {
    return this.context.kernel.now;
  }

  /** The coordinator, or the one that was it last. */
  get broker(): Broker {
    return this.log.broker;
  }

  /** Nobody coordinates the group. */
  get down(): boolean {
    return this.log.down;
  }

  reaches(member: object): boolean {
    return !this.down && this.context.cluster.network.reaches(member, this.broker);
  }

  /** The controllers have fenced a broker, or let one lead again. The next one has the group's state, and begins all sessions anew. */
  elect(session: number): void {
    if (!this.log.elect()) return;
    for (let alarm = groupAlarm + 1; alarm < this.nextAlarm; alarm++)
      if ((this.due[alarm] ?? Infinity) < Infinity)
        this.due[alarm] = Math.max(this.due[alarm]!, this.now + session);
    const { occurrences } = this.context.world;
    occurrences.add(this.now, "coordinatorElected", this.place, this.broker.number, "__consumer_offsets");
  }

  coordinate(coordinated: Coordinated): void {
    this.coordinated = coordinated;
  }

  /** The first of so many alarms that nobody has. */
  alarms(count: number): number {
    this.nextAlarm += count;
    return this.nextAlarm - count;
  }

  wake(alarm: number, time: number): void {
    this.due[alarm] = time;
    const event = Math.min(time, this.now + step);
    if (time === Infinity || event >= (this.pending[alarm] ?? Infinity)) return;
    this.pending[alarm] = event;
    this.context.timer(event, LogEvent.groupAlarm, this.group, alarm);
  }

  /** An alarm's event comes. */
  ring(alarm: number): void {
    const { now } = this;
    if (this.pending[alarm] !== now) return;
    this.pending[alarm] = Infinity;
    const due = this.due[alarm]!;
    if (this.down) this.wake(alarm, Math.max(due, now + step));
    else if (due > now) this.wake(alarm, due);
    else {
      this.due[alarm] = Infinity;
      this.coordinated!.expire(alarm);
    }
  }

  rebalances(reason: RebalanceReason): void {
    const { world } = this.context;
    if (this.now >= world.window.from) this.rebalanceCount++;
    world.occurrences.add(this.now, "rebalanceStarted", this.place, 0, reason);
  }

  stable(generation: number): void {
    this.context.world.occurrences.add(this.now, "rebalanceEnded", this.place, generation);
  }

  /** The coordinator removed a member. */
  evicted(place: number, reason: RebalanceReason): void {
    if (reason === "a member left") return;
    this.context.world.occurrences.add(this.now, "evicted", place, 0, reason);
  }
}
