import type { Costs } from "../model/calibration.ts";
import { CorePool, Link, SerialServer } from "../sim/station.ts";

/** A broker's shared means: its cores, its disk, its network card towards consumers. */
export class Broker {
  /** From 1. */
  readonly number: number;
  readonly cores: CorePool;
  readonly disk = new SerialServer();
  readonly out: Link;
  /** Bytes appended to all its partitions: what is further behind than the page cache is read from disk. */
  appended = 0;

  constructor(number: number, costs: Costs) {
    this.number = number;
    this.cores = new CorePool(costs.brokerCores);
    this.out = new Link(costs.networkBandwidth, costs.networkLatency);
  }
}
