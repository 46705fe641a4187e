import type { Topology } from "./model/topology.ts";
import { Repeats } from "./repeats.ts";
import type { SimulationOptions } from "./simulation.ts";
import type { Result, Summary } from "./stats/result.ts";

export type { Topology } from "./model/topology.ts";
export { Repeats } from "./repeats.ts";
export type { SimulationOptions } from "./simulation.ts";
export type { Finding } from "./stats/finding.ts";
export type { Result, Summary } from "./stats/result.ts";

/** Events in one go of `simulate`. */
const slice = 1_000_000;

/** Runs a topology to its end. The same topology and seed give the same result, to the byte, on every machine. */
export function simulate(topology: Topology, options: SimulationOptions = {}): Result {
  const runs = new Repeats(topology, options);
  while (!runs.advance(slice));
  return runs.result();
}

/** The text that `simulate --json` prints. */
export function summaryText(summary: Summary): string {
  return `${JSON.stringify(summary, undefined, 1)}\n`;
}
