import type { Costs } from "../model/calibration.ts";
import { CorePool, Link, SerialServer } from "../sim/station.ts";

/** A broker's shared means: its cores, its disk, its network card towards consumers and followers. */
export class Broker {
  /** From 1. */
  readonly number: number;
  /** Empty where the file names none. */
  readonly rack: string;
  readonly out: Link;
  /** Bytes appended to all its partitions: what is further behind than the page cache is read from disk. */
  appended = 0;
  /** Its process runs. */
  alive = true;
  /** The controllers let it lead nothing: its session is over, or it has not yet begun. */
  fenced = false;
  /** Share sessions that it keeps. */
  shareSessions = 0;
  /** Everything that it begins takes so many times as long. */
  slowness = 1;
  private readonly cores: CorePool;
  private readonly disk = new SerialServer();
  private readonly nanosPerDiskByte: number;

  /** `threads`: `num.io.threads`, which handle requests. */
  constructor(number: number, costs: Costs, rack = "", threads = Infinity) {
    this.number = number;
    this.rack = rack;
    this.cores = new CorePool(Math.min(costs.brokerCores, threads));
    this.out = new Link(costs.networkBandwidth, costs.networkLatency);
    this.nanosPerDiskByte = 1e9 / costs.diskBandwidth;
  }

  /** When one of its cores is done with the work. */
  work(earliest: number, cost: number): number {
    return this.cores.serve(earliest, cost * this.slowness);
  }

  /** When its disk has read so much. */
  read(earliest: number, bytes: number): number {
    return this.disk.serve(earliest, bytes * this.nanosPerDiskByte * this.slowness);
  }
}
