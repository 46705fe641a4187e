import type { Kernel } from "../sim/kernel.ts";
import { CorePool, Link, SerialServer, serveOn } from "../sim/station.ts";

/** The run's kernel, and the process that takes the events. */
interface Schedule {
  readonly world: { readonly kernel: Kernel };
  readonly base: number;
}

/**
 * What leaves one station in the order of time: a server's departures, a link's arrivals. What leaves at the very
 * instant goes on without an event, unless something before it waits for its event at this instant.
 */
class Passage {
  private readonly kernel: Kernel;
  private readonly base: number;
  private readonly lane: number;
  private last = -Infinity;

  constructor({ world: { kernel }, base }: Schedule) {
    this.kernel = kernel;
    this.base = base;
    this.lane = kernel.lane();
  }

  /** Schedules the event and answers true; false when the caller shall go on at once. */
  delays(time: number, kind: number, a: number, b: number): boolean {
    const { kernel } = this;
    if (time === kernel.now && this.last < time) return false;
    this.last = time;
    kernel.atLane(this.lane, time, this.base | kind, a, b);
    return true;
  }

  /** As `delays`, with an event in any case. */
  put(time: number, kind: number, a: number, b: number): void {
    this.last = time;
    this.kernel.atLane(this.lane, time, this.base | kind, a, b);
  }
}

/** What servers run on; everything on it takes `slowness` times as long. */
export interface Machine {
  readonly cores: CorePool;
  readonly slowness: number;
}

/** As many cores as there is work: a client's machine is not modelled. */
export const clientMachine: Machine = { cores: new CorePool(Infinity), slowness: 1 };

/** A thread or process, which does one thing at a time on one of the machine's cores. */
export class Server {
  /** Its own work takes so many times as long. */
  slowness = 1;
  private readonly kernel: Kernel;
  private machine: Machine;
  private readonly passage: Passage;
  private readonly server = new SerialServer();

  constructor(schedule: Schedule, machine: Machine) {
    this.kernel = schedule.world.kernel;
    this.machine = machine;
    this.passage = new Passage(schedule);
  }

  /** It goes on elsewhere. */
  moveTo(machine: Machine): void {
    this.machine = machine;
  }

  /** Schedules the event for the end of the work and answers true; false when the caller shall go on at once. */
  delays(cost: number, kind: number, a: number, b: number): boolean {
    return (cost !== 0 || this.server.busyUntil >= this.kernel.now) && this.takes(cost, kind, a, b);
  }

  private takes(cost: number, kind: number, a: number, b: number): boolean {
    const { machine } = this;
    const work = cost * this.slowness * machine.slowness;
    return this.passage.delays(serveOn(this.server, machine.cores, this.kernel.now, work), kind, a, b);
  }
}

/** What waits on a wire that is cut. */
export interface Waiting {
  readonly bytes: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** One direction of a connection, or a disk. */
export class Wire {
  private readonly kernel: Kernel;
  private readonly passage: Passage;
  private readonly link: Link;
  private instant: boolean;
  /** Where the network is cut: what was sent since. */
  private waiting: Waiting[] | undefined = undefined;

  constructor(schedule: Schedule, bytesPerSecond: number, latency: number) {
    this.kernel = schedule.world.kernel;
    this.passage = new Passage(schedule);
    this.link = new Link(bytesPerSecond, latency);
    this.instant = bytesPerSecond === Infinity && latency === 0;
  }

  get takesTime(): boolean {
    return !this.instant;
  }

  /** Schedules the event for the arrival and answers true; false when the caller shall go on at once. */
  delays(bytes: number, kind: number, a: number, b: number): boolean {
    return !this.instant && this.carries(bytes, kind, a, b);
  }

  private carries(bytes: number, kind: number, a: number, b: number): boolean {
    if (this.waiting !== undefined) {
      this.waiting.push({ bytes, kind, a, b });
      return true;
    }
    return this.passage.delays(this.link.send(this.kernel.now, bytes), kind, a, b);
  }

  /** The network is cut: what is sent waits. */
  hold(): void {
    this.instant = false;
    this.waiting ??= [];
  }

  /** What waits never arrives, or what of it is meant. */
  dropIf(meant: (one: Waiting) => boolean): readonly Waiting[] {
    const dropped = this.waiting?.filter(meant) ?? [];
    if (dropped.length > 0) this.waiting = this.waiting!.filter((one) => !dropped.includes(one));
    return dropped;
  }

  drop(): readonly Waiting[] {
    return this.dropIf(() => true);
  }

  /** The network is mended: what waits is sent now, in its order. */
  goOn(): void {
    const { waiting } = this;
    this.waiting = undefined;
    for (const { bytes, kind, a, b } of waiting ?? [])
      this.passage.put(this.link.send(this.kernel.now, bytes), kind, a, b);
  }

  /** For whose arrival nobody waits. */
  send(bytes: number): void {
    if (!this.instant) this.link.send(this.kernel.now, bytes);
  }
}
