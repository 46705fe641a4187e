import { describe, expect, it } from "vitest";
import { run, steps } from "../../core/log/run-log.ts";
import { recorded } from "./recorded.ts";

interface Runset {
  readonly "batch.size": number;
  readonly records: number;
  readonly valueBytes: number;
  readonly partitioner: string;
  readonly runs: readonly { readonly partition: number; readonly count: number }[];
}

describe("records without a key stick to a partition as long as Java's do", () => {
  const { runsets } = recorded("sticky-batching") as { runsets: readonly Runset[] };
  const sticky = runsets.filter(({ partitioner }) => partitioner.includes("sticky"));

  it("the recording has runs to compare with", () => {
    expect(sticky.length).toBeGreaterThanOrEqual(2);
  });

  it.each(sticky)("batch.size $batch.size", ({ "batch.size": batchSize, records, valueBytes, runs }) => {
    const one = Math.min(...runs.slice(0, -1).map(({ count }) => count));
    const result = run(`
kafka: {topics: {t: {partitions: 4}}}
producers:
  p:
    topic: t
    arrivals: {bursts: {size: ${records}, every: 1h}}
    size: ${valueBytes}
    config: {batch.size: ${batchSize}, linger.ms: 20}
run: {duration: 1s, calibration: ideal}
`);
    const places = steps(result, "appended").toSorted((a, b) => a.message - b.message);
    expect(places).toHaveLength(records);
    const lengths: number[] = [];
    for (const [i, { place }] of places.entries())
      if (place === places[i - 1]?.place) lengths[lengths.length - 1]!++;
      else lengths.push(1);
    for (const length of lengths.slice(0, -1)) expect(length % one).toBe(0);
    expect(lengths.length).toBeGreaterThan(records / one / 3);
  });
});
