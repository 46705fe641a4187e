import type { Distribution } from "../text/distribution.ts";
import type { KeyChoice } from "./topology.ts";

/** Messages that a topic or a queue holds when the run starts, written evenly over the time before. */
export interface Preload {
  readonly messages: number;
  /** Nanoseconds. */
  readonly over: number;
  readonly key: KeyChoice;
  /** Bytes of the value. */
  readonly size: Distribution;
}
