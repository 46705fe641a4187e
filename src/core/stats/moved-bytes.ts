import { zero } from "../sim/zero.ts";
import { AfterWarmUp } from "./after-warm-up.ts";

/** Bytes that the network moved for a topic or a queue, inside the window. */
export class MovedBytes extends AfterWarmUp {
  total = zero;

  add(now: number, bytes: number): void {
    if (this.counts(now)) this.total += bytes;
  }
}
