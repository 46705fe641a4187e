import type { Arrivals } from "./topology.ts";

const nanosPerSecond = 1e9;

/** Messages per second of all instances together, on average; undefined where answers set the pace, or a list of times. */
export function arrivalRate(arrivals: Arrivals): number | undefined {
  switch (arrivals.kind) {
    case "poisson":
    case "constant":
      return arrivals.rate;
    case "bursts":
      return (arrivals.size * nanosPerSecond) / arrivals.every;
    case "onOff":
      return (arrivals.rate * arrivals.on) / (arrivals.on + arrivals.off);
    case "closed":
    case "schedule":
      return undefined;
  }
}
