import type { Flow } from "../model/topology.ts";
import { assertNever } from "../sim/invariant.ts";
import type { RandomStream } from "../sim/random.ts";
import { Sampler } from "../sim/sampler.ts";
import { zero } from "../sim/zero.ts";
import { Pace } from "./pace.ts";

const nanosPerSecond = 1e9;

/** When one instance of a flow sends. `next` is asked once for each message, in turn; times are ns. */
export interface Arrivals {
  /** The time of the next message; Infinity when there is none. */
  next(): number;
  /** The rate is this multiple of the file's from now on; answers when the message comes that `next` told last. */
  change(now: number, factor: number): number;
  /** What has not been sent by now is never sent. */
  skip(now: number): void;
}

/** Their pace is their own: no rate changes it. */
abstract class OwnPaced {
  protected last = Infinity;

  change(): number {
    return this.last;
  }
}

/** Rates and bursts are of all instances together; each instance takes its part. Closed loops answer to `ClosedLoop`. */
export function arrivals(flow: Flow, instance: number, instances: number, stream: RandomStream): Arrivals {
  const { arrivals: process, from } = flow;
  switch (process.kind) {
    case "poisson":
      return new Poisson(from, (nanosPerSecond * instances) / process.rate, stream);
    case "constant":
      return new Constant(from, nanosPerSecond / process.rate, instance, instances);
    case "bursts":
      return new Bursts(from, partOf(process.size, instance, instances), process.every);
    case "onOff":
      return new OnOff(from, (nanosPerSecond * instances) / process.rate, process.on, process.off, stream);
    case "schedule":
      return new Schedule(process.times.filter((at) => at >= from));
    case "closed":
      return new FirstThoughts(
        from,
        partOf(process.clients, instance, instances),
        new Sampler(process.think, stream),
      );
    default:
      return assertNever(process);
  }
}

/** How many of `whole` things fall to one instance. */
export function partOf(whole: number, instance: number, instances: number): number {
  return Math.floor(whole / instances) + (instance < whole % instances ? 1 : 0);
}

class Poisson implements Arrivals {
  private at: number;
  private readonly from: number;
  private readonly gap: number;
  private readonly stream: RandomStream;
  private readonly pace = new Pace();

  constructor(from: number, gap: number, stream: RandomStream) {
    this.at = this.from = zero + from;
    this.gap = gap;
    this.stream = stream;
  }

  next(): number {
    return this.pace.run((this.at += this.gap * this.stream.exponential()));
  }

  change(now: number, factor: number): number {
    this.pace.change(Math.max(now, this.from), factor);
    return this.pace.run(this.at);
  }

  skip(now: number): void {
    this.at = now > this.from ? this.pace.own(now) : this.from;
  }
}

/** Evenly spaced over all instances: instance i sends the messages i, i + n, i + 2n … */
class Constant implements Arrivals {
  private readonly from: number;
  private readonly gap: number;
  private readonly step: number;
  private readonly first: number;
  private readonly pace = new Pace();
  private count: number;
  private last: number;

  constructor(from: number, gap: number, instance: number, instances: number) {
    this.from = this.last = from;
    this.gap = gap;
    this.step = instances;
    this.first = this.count = instance;
  }

  next(): number {
    this.last = this.from + this.count * this.gap;
    this.count += this.step;
    return this.pace.run(this.last);
  }

  change(now: number, factor: number): number {
    this.pace.change(Math.max(now, this.from), factor);
    return this.pace.run(this.last);
  }

  skip(now: number): void {
    const missed = now > this.from ? (this.pace.own(now) - this.from) / this.gap - this.first : 0;
    this.count = this.first + Math.ceil(Math.max(missed, 0) / this.step) * this.step;
  }
}

class Bursts extends OwnPaced implements Arrivals {
  private readonly from: number;
  private readonly size: number;
  private readonly every: number;
  private count = 0;

  constructor(from: number, size: number, every: number) {
    super();
    this.from = from;
    this.size = size;
    this.every = every;
  }

  next(): number {
    if (this.size > 0) this.last = this.from + Math.floor(this.count++ / this.size) * this.every;
    return this.last;
  }

  skip(now: number): void {
    this.count = Math.ceil(Math.max(now - this.from, 0) / this.every) * this.size;
  }
}

/** Poisson while on. The phase is drawn, so that instances do not go on together. */
class OnOff implements Arrivals {
  private readonly from: number;
  private readonly gap: number;
  private readonly on: number;
  private readonly cycle: number;
  private readonly stream: RandomStream;
  /** Start of the cycle that was under way at the beginning. */
  private readonly origin: number;
  /** Time spent on since then, by the source's own time. */
  private spent: number;
  private readonly pace = new Pace();

  constructor(from: number, gap: number, on: number, off: number, stream: RandomStream) {
    this.gap = gap;
    this.on = on;
    this.cycle = on + off;
    this.stream = stream;
    this.from = from;
    const phase = stream.next() * this.cycle;
    this.origin = from - phase;
    this.spent = Math.min(phase, on);
  }

  next(): number {
    this.spent += this.gap * this.stream.exponential();
    return this.time();
  }

  change(now: number, factor: number): number {
    this.pace.change(this.onUntil(now), factor);
    return this.time();
  }

  skip(now: number): void {
    this.spent = this.pace.own(this.onUntil(Math.max(now, this.from)));
  }

  private time(): number {
    const spent = this.pace.run(this.spent);
    if (spent === Infinity) return Infinity;
    const cycles = Math.floor(spent / this.on);
    return this.origin + cycles * this.cycle + (spent - cycles * this.on);
  }

  /** Time spent on from the origin until now. */
  private onUntil(now: number): number {
    const cycles = Math.floor((now - this.origin) / this.cycle);
    return cycles * this.on + Math.min(now - this.origin - cycles * this.cycle, this.on);
  }
}

class Schedule extends OwnPaced implements Arrivals {
  private readonly times: readonly number[];
  private count = 0;

  constructor(times: readonly number[]) {
    super();
    this.times = times.toSorted((a, b) => a - b);
  }

  next(): number {
    return (this.last = this.times[this.count++] ?? Infinity);
  }

  skip(now: number): void {
    this.count = this.times.filter((at) => at < now).length;
  }
}

/** Each client of a closed loop thinks before its first message; the later ones follow an answer. */
class FirstThoughts extends OwnPaced implements Arrivals {
  private readonly times: readonly number[];
  private count = 0;

  constructor(from: number, clients: number, think: Sampler) {
    super();
    this.times = Array.from({ length: clients }, () => from + think.draw()).sort((a, b) => a - b);
  }

  next(): number {
    return (this.last = this.times[this.count++] ?? Infinity);
  }

  skip(now: number): void {
    this.count = this.times.filter((at) => at < now).length;
  }
}
