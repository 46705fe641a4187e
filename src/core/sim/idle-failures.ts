import { AtOnce } from "./at-once.ts";

const failuresMax = 1_000_000;

/** Failures of one instance's deliveries: what fails for ever in no time would hold the clock for ever. */
export function idleFailures(): AtOnce {
  return new AtOnce(
    failuresMax,
    "retries",
    `Messages failed ${failuresMax} times at one instant; give their consumer a processing time, or do not try again what fails.`,
  );
}
