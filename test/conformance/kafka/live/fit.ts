import { measure, type Figure } from "./comparison.ts";
import type { Facts } from "./facts.ts";
import { simulated } from "./simulated.ts";

/** The factor on all costs under which the simulated figure is the measured one, by halving. */
export function slownessOf(text: string, figure: Figure, real: Facts): number {
  const goal = measure(figure, real);
  let [low, high] = [0, 1000];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (measure(figure, simulated(text, middle).facts) < goal) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
