import { assert } from "./invariant.ts";
import type { RandomStream } from "./random.ts";

/** Picks an index with a probability in proportion to its weight, in constant time (the alias method of Vose). */
export class WeightedChoice {
  /** Of those that land on an index, the share that stays; the others go to its alias. */
  private readonly stays: Float64Array;
  private readonly alias: Int32Array;

  constructor(weights: readonly number[] | Float64Array) {
    const count = weights.length;
    let total = 0;
    for (const weight of weights) {
      assert(weight >= 0 && weight < Infinity, "a weight is a finite number of at least 0");
      total += weight;
    }
    assert(total > 0, "of the weights one at least is above 0");
    this.stays = Float64Array.from(weights, (weight) => (weight * count) / total);
    this.alias = Int32Array.from(weights, (_, index) => index);
    this.pair();
  }

  pick(stream: RandomStream): number {
    const position = stream.next() * this.stays.length;
    const index = Math.floor(position);
    return position - index < this.stays[index]! ? index : this.alias[index]!;
  }

  /** Fills each index below the average from one above it. What rounding leaves over stays where it is. */
  private pair(): void {
    const { stays, alias } = this;
    const under: number[] = [];
    const over: number[] = [];
    for (let index = 0; index < stays.length; index++) (stays[index]! < 1 ? under : over).push(index);
    while (under.length > 0 && over.length > 0) {
      const poor = under.pop()!;
      const rich = over.at(-1)!;
      alias[poor] = rich;
      stays[rich]! -= 1 - stays[poor]!;
      if (stays[rich]! < 1) under.push(over.pop()!);
    }
    for (const index of over) stays[index] = 1;
    for (const index of under) stays[index] = 1;
  }
}
