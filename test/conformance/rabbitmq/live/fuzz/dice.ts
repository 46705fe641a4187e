import { RandomStream } from "../../../../../src/core/sim/random.ts";

/** Choices drawn from a seed. */
export class Dice {
  private readonly random: RandomStream;

  constructor(seed: number, name: string) {
    this.random = new RandomStream(seed, name);
  }

  below(n: number): number {
    return this.random.below(n);
  }

  /** From the first to the last, both included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** As many different ones, in their order. */
  some<T>(from: readonly T[], count: number): T[] {
    const left = [...from.keys()];
    const taken = Array.from({ length: Math.min(count, left.length) }, () =>
      left.splice(this.below(left.length), 1),
    );
    return taken
      .flat()
      .sort((a, b) => a - b)
      .map((at) => from[at]!);
  }

  weighted<T>(from: readonly (readonly [T, number])[]): T {
    let rest = this.random.next() * from.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of from) if ((rest -= weight) < 0) return choice;
    return from.at(-1)![0];
  }
}
