import { AfterWarmUp } from "./after-warm-up.ts";

/**
 * What windows and joins alike measure of the messages that they keep, until these close or have a partner. Counters of
 * events after the warm-up, but for `lost`, which is of the whole run.
 */
export abstract class KeptStats extends AfterWarmUp {
  /** Messages that came when they would have been let go already. */
  late = 0;
  /** Messages without the key that they are kept by. */
  keyless = 0;
  /** Kept messages that went with their instance, or that it lost with a partition. */
  lost = 0;
  /** Messages that are kept now. */
  kept = 0;

  comeLate(now: number): void {
    if (this.counts(now)) this.late++;
  }

  lackKey(now: number): void {
    if (this.counts(now)) this.keyless++;
  }

  lose(messages: number): void {
    this.kept -= messages;
    this.lost += messages;
  }
}
