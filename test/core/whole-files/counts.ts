/** How many there are of what a part of a file may name: `t0`, `q0`, `e0`, `p0`, `c0` and so on; nodes and brokers from 1. */
export interface Counts {
  readonly topics: number;
  readonly queues: number;
  readonly exchanges: number;
  readonly producers: number;
  readonly consumers: number;
  readonly brokers: number;
  readonly nodes: number;
  /** The numbers of queues that are streams. */
  readonly streams: ReadonlySet<number>;
}
