import type { Series } from "./result.ts";

/**
 * How long after a fault a level (lag, depth) was back at its mean before the first fault, ms: the longest time of all
 * faults; null where it never was. The level counts as back in the first bucket after its peak whose mean is no higher, so
 * a series of 512 buckets resolves a 512th of the run. `faults` and `from`, the start of the window: ms, the faults in order.
 */
export function recoveryOf(
  { time, mean }: Pick<Series, "time" | "mean">,
  faults: readonly number[],
  from: number,
): number | null {
  const usual = meanBetween(time, mean, from, faults[0] ?? from);
  let longest = 0;
  for (const [number, fault] of faults.entries()) {
    const next = faults[number + 1] ?? Infinity;
    let peak = -1;
    for (let bucket = 0; bucket < time.length; bucket++)
      if (endOf(time, bucket) > fault && time[bucket]! < next && (peak < 0 || mean[bucket]! > mean[peak]!))
        peak = bucket;
    if (peak < 0 || mean[peak]! <= usual) continue;
    let back = peak + 1;
    while (back < time.length && mean[back]! > usual) back++;
    if (back >= time.length) return null;
    longest = Math.max(longest, time[back]! - fault);
  }
  return longest;
}

function meanBetween(time: Float64Array, mean: Float64Array, from: number, to: number): number {
  let area = 0;
  let covered = 0;
  for (let bucket = 0; bucket < time.length; bucket++) {
    const share = Math.min(endOf(time, bucket), to) - Math.max(time[bucket]!, from);
    if (share <= 0) continue;
    area += share * mean[bucket]!;
    covered += share;
  }
  return covered > 0 ? area / covered : 0;
}

function endOf(time: Float64Array, bucket: number): number {
  return time[bucket + 1] ?? Infinity;
}
