/** Counters of a run that leave out what happens while it warms up. */
export abstract class AfterWarmUp {
  private readonly from: number;

  /** `from`: the end of the warm-up, ns. */
  constructor(from: number) {
    this.from = from;
  }

  protected counts(now: number): boolean {
    return now >= this.from;
  }
}
