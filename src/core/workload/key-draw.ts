import type { KeyChoice } from "../model/topology.ts";
import type { Keys } from "../sim/keys.ts";
import { noKey } from "../sim/messages.ts";
import type { RandomStream } from "../sim/random.ts";
import { WeightedChoice, Zipf } from "../sim/sampler.ts";

/** Draws the keys of one flow instance, as key ids. */
export class KeyDraw {
  private readonly choice: KeyChoice;
  private readonly stream: RandomStream;
  private readonly zipf: Zipf | undefined;
  private readonly weighted: WeightedChoice | undefined;
  private readonly ids: Int32Array;
  private readonly step: number;
  private unique: number;

  /** The unique keys of n instances are dealt in turn: instance i has i, i + n, i + 2n … */
  constructor(choice: KeyChoice, keys: Keys, stream: RandomStream, instance: number, instances: number) {
    this.choice = choice;
    this.stream = stream;
    this.zipf = choice.kind === "zipf" ? new Zipf(choice.values, choice.exponent) : undefined;
    const texts = choice.kind === "weights" ? choice : { keys: [], weights: [1] };
    this.weighted = texts.keys.length > 1 ? new WeightedChoice(texts.weights) : undefined;
    this.ids = Int32Array.from(texts.keys, (text) => keys.idOf(text));
    this.unique = instance;
    this.step = instances;
  }

  draw(): number {
    switch (this.choice.kind) {
      case "none":
        return noKey;
      case "unique": {
        const key = this.unique;
        this.unique += this.step;
        return key;
      }
      case "uniform":
        return this.stream.below(this.choice.values);
      case "zipf":
        return this.zipf!.pick(this.stream);
      case "weights":
        return this.ids[this.weighted === undefined ? 0 : this.weighted.pick(this.stream)]!;
    }
  }
}
