import { expect } from "vitest";
import { studentQuantile } from "../../src/core/stats/confidence.ts";
import { stations } from "./closed-forms.ts";

/** With BROKERLAB_FULL the runs are as long as a narrow interval asks; else they are a part of that. */
export const full = process.env["BROKERLAB_FULL"] !== undefined;

/** None is chosen. */
export const seeds: readonly number[] = Array.from({ length: 20 }, (_, i) => i + 1);

/**
 * Values held against theory: of each station the wait and its probability in both models and the length of the
 * queue in one, and the four partitions. Each may be missed with 1% ÷ their number (Bonferroni), so that all of them
 * together are missed with at most 1%.
 */
const rows = 5 * stations.length + 1;
const confidence = 1 - 0.01 / rows;

/** Relative. Who waited is known of the traced messages alone, so of fewer. */
export const halfWidthMax = full ? { mean: 0.015, share: 0.1 } : { mean: 0.3, share: 0.3 };

/** The closed form lies inside the interval of the seeds' means, and the interval is narrow enough to mean it. */
export function expectMean(values: readonly number[], theory: number, narrow = halfWidthMax.mean): void {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (n - 1);
  const halfWidth = studentQuantile(1 - (1 - confidence) / 2, n - 1) * Math.sqrt(variance / n);
  expect(halfWidth / theory, "relative half-width").toBeLessThanOrEqual(narrow);
  expect(theory, `the mean over the seeds is ${mean}`).toBeGreaterThanOrEqual(mean - halfWidth);
  expect(theory, `the mean over the seeds is ${mean}`).toBeLessThanOrEqual(mean + halfWidth);
}
