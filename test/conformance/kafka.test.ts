import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { murmur2, partitionForHash } from "../../src/core/log/murmur2.ts";
import { rangeAssign, type Subscriber } from "../../src/core/log/range-assignor.ts";
import { run, steps } from "../core/log/run-log.ts";

function recorded(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`recorded/kafka/${name}.json`, import.meta.url), "utf8"));
}

interface Vector {
  readonly keyHex: string;
  readonly murmur2: number;
  readonly partitions: Readonly<Record<string, number>>;
}

interface Configuration {
  readonly name: string;
  readonly topics: Readonly<Record<string, number>>;
  readonly members: readonly Subscriber[];
  readonly range: Readonly<Record<string, readonly string[]>>;
}

interface Runset {
  readonly "batch.size": number;
  readonly records: number;
  readonly valueBytes: number;
  readonly partitioner: string;
  readonly runs: readonly { readonly partition: number; readonly count: number }[];
}

describe("the default partitioner places each key as Java's does", () => {
  const { vectors } = recorded("partition-murmur2") as { vectors: readonly Vector[] };

  it.each(vectors)("key $keyHex", ({ keyHex, murmur2: hash, partitions }) => {
    const key = Uint8Array.from(Buffer.from(keyHex, "hex"));
    expect(murmur2(key)).toBe(hash);
    for (const [count, partition] of Object.entries(partitions))
      expect(partitionForHash(murmur2(key), Number(count))).toBe(partition);
  });
});

describe("the range assignor gives each member what Java's does", () => {
  const { configurations } = recorded("assign-range") as { configurations: readonly Configuration[] };

  it.each(configurations)("$name", ({ topics, members, range }) => {
    const assigned = rangeAssign(members, new Map(Object.entries(topics)));
    for (const { id } of members)
      expect(new Set(assigned.get(id)!.map(({ topic, partition }) => `${topic}-${partition}`))).toEqual(
        new Set(range[id]),
      );
  });
});

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
