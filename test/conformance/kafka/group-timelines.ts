import type { CoordinatorHost } from "../../../src/core/log/coordination/coordinator-host.ts";
import { Kernel, type Process } from "../../../src/core/sim/kernel.ts";

/** An event of a recorded timeline. */
export interface TimelineEvent {
  readonly atMs: number;
  readonly event: string;
  readonly member?: string;
  readonly [field: string]: unknown;
}

export interface Timeline {
  readonly protocol: "classic" | "consumer";
  readonly name: string;
  readonly assignor?: "uniform" | "range";
  readonly topics?: Readonly<Record<string, number>>;
  readonly settings: Readonly<Record<string, number>>;
  readonly events: readonly TimelineEvent[];
}

const nanosPerMilli = 1e6;

/** A clock for a coordinator and its clients: alarms, and what clients do later, by the engine's kernel. */
export class Stage implements Process, CoordinatorHost {
  readonly events: TimelineEvent[] = [];
  /** Called after each thing that happened. */
  after = (): void => {};
  onAlarm = (_alarm: number): void => {};
  private readonly kernel = new Kernel(1);
  private readonly base: number;
  private readonly due = new Map<number, number>();
  private readonly acts: (() => void)[] = [];

  constructor() {
    this.base = this.kernel.register(this);
  }

  get now(): number {
    return this.kernel.now;
  }

  wake(alarm: number, time: number): void {
    this.due.set(alarm, time);
    if (time < Infinity) this.kernel.at(time, this.base, alarm, 0);
  }

  rebalances(): void {}

  stable(): void {}

  at(time: number, act: () => void): void {
    this.kernel.at(time, this.base | 1, this.acts.push(act) - 1, 0);
  }

  note(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.events.push({ atMs: this.now / nanosPerMilli, event, ...fields });
  }

  run(untilMs: number): void {
    this.kernel.advance(Infinity, untilMs * nanosPerMilli);
  }

  handle(kind: number, a: number): void {
    if (kind === 1) this.acts[a]!();
    else if (this.due.get(a) === this.now) this.onAlarm(a);
    this.after();
  }
}

export function inNanos(milliseconds: number): number {
  return milliseconds * nanosPerMilli;
}
