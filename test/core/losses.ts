import { expect } from "vitest";
import type { Result, SimulationOptions } from "../../src/core/run.ts";
import { run, steps, textOf } from "./log/run-log.ts";

/**
 * Runs a file: how many traced messages were lost at each place, by which rule and after which fault, with the sentence and the
 * line of that.
 */
export function lostIn(text: string, options?: SimulationOptions): Record<string, number> {
  const result = run(text, options);
  const lost = steps(result, "lost");
  const { broker, consumer } = result.summary.totals.lost;
  expect(lost.length, "each loss is a step of a journey").toBe(broker + consumer);
  const counts: Record<string, number> = {};
  for (const { detail, place } of lost) {
    const { says, fault } = result.trace.losses[detail]!;
    const line = fault && `topology: 1\n${text}`.slice(fault.span.start, fault.span.end);
    const way = [place, says, ...(fault === null ? [] : [`${fault.at} ${fault.says}`, line])].join("; ");
    counts[way] = (counts[way] ?? 0) + 1;
  }
  return counts;
}

/** Where traced messages were dropped, and why. */
export function dropped(result: Result): string[] {
  return steps(result, "dropped").map(({ place, detail }) => `${place}: ${textOf(result, detail)}`);
}
