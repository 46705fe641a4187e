import type { Flow } from "../model/topology.ts";
import { assertNever } from "../sim/invariant.ts";
import type { RandomStream } from "../sim/random.ts";
import { Sampler } from "../sim/sampler.ts";

const nanosPerSecond = 1e9;

/** When one instance of a flow sends. `next` is asked once for each message, in turn; times are ns. */
export interface Arrivals {
  /** The time of the next message; Infinity when there is none. */
  next(): number;
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
  private readonly gap: number;
  private readonly stream: RandomStream;

  constructor(from: number, gap: number, stream: RandomStream) {
    this.at = from;
    this.gap = gap;
    this.stream = stream;
  }

  next(): number {
    return (this.at += this.gap * this.stream.exponential());
  }
}

/** Evenly spaced over all instances: instance i sends the messages i, i + n, i + 2n … */
class Constant implements Arrivals {
  private readonly from: number;
  private readonly gap: number;
  private readonly step: number;
  private count: number;

  constructor(from: number, gap: number, instance: number, instances: number) {
    this.from = from;
    this.gap = gap;
    this.step = instances;
    this.count = instance;
  }

  next(): number {
    const at = this.from + this.count * this.gap;
    this.count += this.step;
    return at;
  }
}

class Bursts implements Arrivals {
  private readonly from: number;
  private readonly size: number;
  private readonly every: number;
  private count = 0;

  constructor(from: number, size: number, every: number) {
    this.from = from;
    this.size = size;
    this.every = every;
  }

  next(): number {
    return this.size === 0 ? Infinity : this.from + Math.floor(this.count++ / this.size) * this.every;
  }
}

/** Poisson while on. The phase is drawn, so that instances do not go on together. */
class OnOff implements Arrivals {
  private readonly gap: number;
  private readonly on: number;
  private readonly cycle: number;
  private readonly stream: RandomStream;
  /** Start of the cycle that was under way at the beginning. */
  private readonly origin: number;
  /** Time spent on since then. */
  private spent: number;

  constructor(from: number, gap: number, on: number, off: number, stream: RandomStream) {
    this.gap = gap;
    this.on = on;
    this.cycle = on + off;
    this.stream = stream;
    const phase = stream.next() * this.cycle;
    this.origin = from - phase;
    this.spent = Math.min(phase, on);
  }

  next(): number {
    this.spent += this.gap * this.stream.exponential();
    const cycles = Math.floor(this.spent / this.on);
    return this.origin + cycles * this.cycle + (this.spent - cycles * this.on);
  }
}

class Schedule implements Arrivals {
  private readonly times: readonly number[];
  private count = 0;

  constructor(times: readonly number[]) {
    this.times = times.toSorted((a, b) => a - b);
  }

  next(): number {
    return this.times[this.count++] ?? Infinity;
  }
}

/** Each client of a closed loop thinks before its first message; the later ones follow an answer. */
class FirstThoughts implements Arrivals {
  private readonly times: readonly number[];
  private count = 0;

  constructor(from: number, clients: number, think: Sampler) {
    this.times = Array.from({ length: clients }, () => from + think.draw()).sort((a, b) => a - b);
  }

  next(): number {
    return this.times[this.count++] ?? Infinity;
  }
}
