import { assert, InvariantError } from "../sim/invariant.ts";

/**
 * Message copies × subscriptions, each in exactly one state: a copy enters once and then moves, so the counts of the
 * states sum up to what was created.
 */
export class Ledger {
  created = 0;
  private readonly states: readonly string[];
  private readonly counts: Float64Array;

  /** The states by name; `create`, `move` and `count` take their indices. */
  constructor(states: readonly string[]) {
    this.states = states;
    this.counts = new Float64Array(states.length);
  }

  create(state: number, copies = 1): void {
    this.created += copies;
    this.counts[state]! += copies;
  }

  move(from: number, to: number, copies = 1): void {
    const left = this.counts[from]! - copies;
    if (!(left >= 0)) throw new InvariantError(`no copy is left to move from '${this.states[from]}'`);
    this.counts[from] = left;
    this.counts[to]! += copies;
  }

  count(state: number): number {
    return this.counts[state]!;
  }

  audit(): void {
    let sum = 0;
    for (let state = 0; state < this.counts.length; state++) {
      assert(this.counts[state]! >= 0, `fewer than no copies are '${this.states[state]}'`);
      sum += this.counts[state]!;
    }
    if (sum !== this.created)
      throw new InvariantError(
        `${this.created} copies were created, the states hold ${sum}: ${this.listing()}`,
      );
  }

  private listing(): string {
    return this.states.map((name, state) => `${name} ${this.counts[state]}`).join(", ");
  }
}
