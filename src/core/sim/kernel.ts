import { EventList } from "./event-list.ts";
import { assert, InvariantError } from "./invariant.ts";
import { LimitReached } from "./limit.ts";
import { RandomStream } from "./random.ts";
import { zero } from "./zero.ts";

const kindBits = 8;
const kindMask = 255;
/** After so many events simulated time has to have moved. */
export const eventsAtOnceMax = 20_000_000;

/** What happens at events: a model registers itself and receives the events of its own kinds (0 to 255). */
export interface Process {
  handle(kind: number, a: number, b: number): void;
}

/** Simulated time in float64 nanoseconds, the events to come, and one named random stream per cause of chance. */
export class Kernel {
  now = zero;
  /** How many were handled. */
  events = 0;
  readonly seed: number;
  private readonly list = new EventList();
  private readonly processes: Process[] = [];
  /** How far the slice under way may go. */
  private eventsEnd = 0;
  private until = zero;
  private readonly streams = new Map<string, RandomStream>();
  private audit: (() => void) | undefined;
  private auditEvery = Infinity;
  private untilAudit = Infinity;
  private untilLook = eventsAtOnceMax;
  private lookedAt = Number.NaN;
  /** Events that wait to happen and keep nothing going. */
  private background = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Events waiting to happen. */
  get pending(): number {
    return this.list.size;
  }

  /** The process's base: it schedules its event of kind k as `base | k`. */
  register(process: Process): number {
    return (this.processes.push(process) - 1) << kindBits;
  }

  /**
   * As `register`, for events that keep nothing going, such as a check now and then: a run without an end is over when
   * it waits for these alone. They are scheduled by `inBackground`.
   */
  registerBackground(process: Process): number {
    return this.register({
      handle: (kind, a, b) => {
        this.background--;
        process.handle(kind, a, b);
      },
    });
  }

  inBackground(time: number, kind: number, a: number, b: number): void {
    this.background++;
    this.at(time, kind, a, b);
  }

  /** An event that waits to happen keeps the run going no longer. Whoever handles it has to `retain` it first. */
  release(): void {
    this.background++;
  }

  /** It does again. */
  retain(): void {
    this.background--;
  }

  at(time: number, kind: number, a: number, b: number): void {
    if (!(time >= this.now && time < Infinity)) throw this.misplaced(time);
    this.list.push(time, kind, a, b);
  }

  after(delay: number, kind: number, a: number, b: number): void {
    this.at(this.now + delay, kind, a, b);
  }

  /** A place in the order of scheduling for `goesOn` and `atTurn`. */
  turn(): number {
    return this.list.turn();
  }

  /** As `at` would have scheduled the event when the turn was taken. */
  atTurn(turn: number, time: number, kind: number, a: number, b: number): void {
    if (!(time >= this.now && time < Infinity)) throw this.misplaced(time);
    this.list.pushTurn(turn, time, kind, a, b);
  }

  /**
   * If an event of this time and turn is the very next to happen, the clock moves on to it, and the caller handles it
   * without scheduling it. Called last in the handling of an event.
   */
  goesOn(turn: number, time: number): boolean {
    if (this.events >= this.eventsEnd || time > this.until || !this.list.leads(time, turn)) return false;
    this.events++;
    this.now = time;
    return true;
  }

  /** For events that are scheduled in the order of their times: a constant delay, the departures of one server. */
  lane(): number {
    return this.list.lane();
  }

  atLane(lane: number, time: number, kind: number, a: number, b: number): void {
    if (!(time >= this.now && time < Infinity)) throw this.misplaced(time);
    this.list.pushLane(lane, time, kind, a, b);
  }

  /** The stream of this name: its draws depend on the seed and the name alone, not on which other streams exist. */
  stream(name: string): RandomStream {
    let stream = this.streams.get(name);
    if (stream === undefined) this.streams.set(name, (stream = new RandomStream(this.seed, name)));
    return stream;
  }

  /** Calls the audit after every so many events. */
  onAudit(every: number, audit: () => void): void {
    assert(every >= 1, "an audit happens after one event or more");
    this.auditEvery = this.untilAudit = every;
    this.audit = audit;
  }

  /**
   * Handles the events at or before `until`, at most so many. Ends with "events" when as many were handled; else the
   * clock stands at `until` (if that is finite) and nothing is left ("empty") or only what is later ("until").
   */
  advance(maxEvents: number, until: number): "events" | "until" | "empty" {
    // Every event has a finite time.
    const bound = Math.min(until, Number.MAX_VALUE);
    let left = maxEvents;
    while (left > 0) {
      const slice = Math.min(left, this.untilAudit, this.untilLook);
      const before = this.events;
      this.slice(slice, bound);
      const handled = this.events - before;
      left -= handled;
      this.untilAudit -= handled;
      this.untilLook -= handled;
      if (this.untilLook === 0) this.look();
      if (this.untilAudit === 0) {
        this.untilAudit = this.auditEvery;
        this.audit?.();
      }
      if (handled < slice) {
        if (this.now < until && until < Infinity) this.now = until;
        return this.list.size <= (until === Infinity ? this.background : 0) ? "empty" : "until";
      }
    }
    return "events";
  }

  /** What goes round without taking time would go round for ever. */
  private look(): void {
    if (this.now === this.lookedAt)
      throw new LimitReached(
        "instant",
        `At ${(this.now / 1e6).toFixed(3)} ms one thing leads to the next without any time going by, ${eventsAtOnceMax} times and more: messages that fail, come back and fail again, or are sent in a circle. Give the work, the retries or the calibration a duration.`,
      );
    this.lookedAt = this.now;
    this.untilLook = eventsAtOnceMax;
  }

  private slice(maxEvents: number, until: number): void {
    const { list, processes } = this;
    const eventsEnd = this.events + maxEvents;
    this.eventsEnd = eventsEnd;
    this.until = until;
    const endless = until === Number.MAX_VALUE;
    while (this.events < eventsEnd) {
      if (endless && list.size <= this.background) break;
      if (!list.pop(until)) break;
      this.now = list.time;
      this.events++;
      const { kind } = list;
      processes[kind >> kindBits]!.handle(kind & kindMask, list.a, list.b);
    }
  }

  private misplaced(time: number): InvariantError {
    return new InvariantError(
      `an event at ${time} ns is scheduled at ${this.now} ns: it must be later and finite`,
    );
  }
}
