import { LimitReached } from "../sim/limit.ts";

/** Failed deliveries in turn that take no time, beyond which a run stops. */
const idleRetriesMax = 100_000;

/** A record that fails for ever in no time would hold the clock for ever. */
export class IdleRetries {
  private count = 0;

  /** A delivery failed after this time, and is tried again. */
  failed(time: number): void {
    this.count = time === 0 ? this.count + 1 : 0;
    if (this.count === idleRetriesMax)
      throw new LimitReached(
        "retries",
        `A message failed ${idleRetriesMax} times in no time; give its consumer a processing time, or skip what fails.`,
      );
  }
}
