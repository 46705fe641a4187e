import { zero } from "./zero.ts";

/**
 * First-come-first-served servers whose departures are known on arrival (Lindley's recursion), so that passing one
 * costs no event. Callers arrive in the order of their times. All times and costs are nanoseconds.
 */

/** One thing at a time. */
export class SerialServer {
  busyUntil = zero;
  /** Total work taken on. */
  busy = zero;

  /** When the work leaves: at once if it costs nothing and the server is free, never before what came earlier. */
  serve(now: number, cost: number): number {
    const departure = (now > this.busyUntil ? now : this.busyUntil) + cost;
    this.busyUntil = departure;
    this.busy += cost;
    return departure;
  }
}

/** The cores of one machine, shared by its servers. */
export class CorePool {
  private readonly free: Float64Array;
  readonly unlimited: boolean;

  constructor(cores: number) {
    this.unlimited = cores === Infinity;
    this.free = new Float64Array(this.unlimited ? 0 : cores);
  }

  /**
   * When the work leaves the core that it gets: of those free by then the one that was busy last, so that the others
   * stay open for work that is ready earlier; else the one that is free first. Work without cost needs no core.
   */
  serve(earliest: number, cost: number): number {
    return this.unlimited || cost === 0 ? earliest + cost : this.serveOnOne(earliest, cost);
  }

  private serveOnOne(earliest: number, cost: number): number {
    const { free } = this;
    let idle = -1;
    let idleSince = -1;
    let first = 0;
    for (let core = 0; core < free.length; core++) {
      const since = free[core]!;
      if (since <= earliest && since > idleSince) {
        idle = core;
        idleSince = since;
      }
      if (since < free[first]!) first = core;
    }
    if (idle >= 0) return (free[idle] = earliest + cost);
    return (free[first] = free[first]! + cost);
  }
}

/** Serves when the server and a core are both free; the server is held while it waits for the core. */
export function serveOn(server: SerialServer, cores: CorePool, now: number, cost: number): number {
  const departure = cores.serve(now > server.busyUntil ? now : server.busyUntil, cost);
  server.busyUntil = departure;
  server.busy += cost;
  return departure;
}

/** One direction of a network path: serial in its bandwidth, then a constant latency. */
export class Link {
  readonly latency: number;
  /** Total bytes sent. */
  bytes = 0;
  private readonly nanosPerByte: number;
  private busyUntil = zero;

  constructor(bytesPerSecond: number, latency: number) {
    this.nanosPerByte = zero + 1e9 / bytesPerSecond;
    this.latency = latency;
  }

  /** When the last byte arrives at the other end. Arrivals keep the order of sending, so they fit a lane. */
  send(now: number, bytes: number): number {
    const sent = (now > this.busyUntil ? now : this.busyUntil) + bytes * this.nanosPerByte;
    this.busyUntil = sent;
    this.bytes += bytes;
    return sent + this.latency;
  }
}
