import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReplicaPlacer } from "../../../../src/core/log/replication/replica-placer.ts";
import { RandomStream } from "../../../../src/core/sim/random.ts";

function placements(racks: readonly string[], replicas: number, partitions: number, seed = 1): number[][] {
  const placer = new ReplicaPlacer(racks, new RandomStream(seed, "replicas"));
  return Array.from({ length: partitions }, () => placer.place(replicas));
}

function countBy(list: readonly number[], brokers: number): number[] {
  return Array.from({ length: brokers }, (_, broker) => list.filter((one) => one === broker).length);
}

const cluster = fc.record({
  racks: fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 9 }),
  replicas: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(1000),
});

describe("replicas of a topic", () => {
  it("lie on different brokers, in as many racks as there can be", () => {
    fc.assert(
      fc.property(cluster, ({ racks, replicas, seed }) => {
        for (const placed of placements(racks, replicas, 40, seed)) {
          expect(placed).toHaveLength(Math.min(replicas, racks.length));
          expect(new Set(placed).size).toBe(placed.length);
          const used = new Set(placed.map((broker) => racks[broker]));
          expect(used.size).toBe(Math.min(placed.length, new Set(racks).size));
        }
      }),
    );
  });

  it("give each broker of equal racks as many leaders in each round", () => {
    for (const racks of [
      ["", "", ""],
      ["a", "b", "c"],
    ])
      for (let seed = 0; seed < 20; seed++) {
        const leaders = placements(racks, 2, 4 * racks.length, seed).map(([leader]) => leader!);
        expect(countBy(leaders, racks.length)).toEqual(racks.map(() => 4));
      }
  });

  it("begin one broker further with each partition, until all have led", () => {
    const [[first = 0] = [], ...others] = placements(["", "", "", ""], 3, 4, 7);
    expect(others).toEqual([1, 2, 3].map((step) => [0, 1, 2].map((place) => (first + step + place) % 4)));
  });

  it("begin anywhere", () => {
    const firsts = Array.from({ length: 100 }, (_, seed) => placements(["", "", ""], 1, 1, seed)[0]![0]!);
    for (const count of countBy(firsts, 3)) expect(count).toBeGreaterThan(15);
  });
});
