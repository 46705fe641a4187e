import { LimitReached } from "./limit.ts";

/** Counts what happens at one instant: what goes round without taking time would hold the clock for ever. */
export class AtOnce {
  private readonly max: number;
  private readonly limit: string;
  private readonly message: string;
  private at = Number.NaN;
  private count = 0;

  /** `message`: what a person is told when `max` is reached. */
  constructor(max: number, limit: string, message: string) {
    this.max = max;
    this.limit = limit;
    this.message = message;
  }

  /** It happens once more; throws LimitReached when that is too often. */
  happens(now: number): void {
    this.count = now === this.at ? this.count + 1 : 0;
    this.at = now;
    if (this.count === this.max) throw new LimitReached(this.limit, this.message);
  }
}
