import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/sim/random.ts";
import { normalProbability } from "../../../src/core/stats/normal.ts";
import { deviations, distance, drawn, mean } from "./goodness-of-fit.ts";

const many = 400_000;
/** In deviations of a standard normal; the streams are fixed, so a test passes always or never. */
const far = 4;

const moment = (values: Float64Array, power: number, around: number) =>
  mean(values.map((value) => Math.pow(value - around, power)));

describe("RandomStream", () => {
  it("draws the same numbers for the same seed and name, in every build", () => {
    const stream = new RandomStream(7, "producer:checkout");
    const numbers = Array.from({ length: 4 }, () => stream.uint32());
    expect(numbers).toMatchInlineSnapshot(`
      [
        182960905,
        539418069,
        145305738,
        679010581,
      ]
    `);
    expect([stream.next(), stream.exponential(), stream.normal(), stream.below(1000)]).toMatchInlineSnapshot(`
      [
        0.18062446244648667,
        0.38255416778331475,
        -0.01910089175725129,
        930,
      ]
    `);
  });

  it("is sfc32: its words are those of the published recurrence", () => {
    const stream = new RandomStream(1, "reference");
    let [a, b, c, counter] = [...(Reflect.get(stream, "state") as Int32Array)].map((word) =>
      BigInt.asUintN(32, BigInt(word)),
    ) as [bigint, bigint, bigint, bigint];
    const word = (value: bigint) => BigInt.asUintN(32, value);
    for (let draw = 0; draw < 1000; draw++) {
      const sum = word(a + b + counter);
      counter = word(counter + 1n);
      a = b ^ (b >> 9n);
      b = word(c + (c << 3n));
      c = word(word((c << 21n) | (c >> 11n)) + sum);
      expect(BigInt(stream.uint32())).toBe(sum);
    }
  });

  it("differs between seeds and names that differ by little", () => {
    const firsts = new Set<number>();
    let streams = 0;
    for (let seed = -2; seed < 50; seed++)
      for (const name of [
        "",
        "\0",
        "a",
        "b",
        "aa",
        "ab",
        "ba",
        "producer:1",
        "producer:10",
        "producer:2",
        "é",
        "日",
      ]) {
        firsts.add(new RandomStream(seed, name).next());
        streams++;
      }
    for (const seed of [0.5, 4_294_967_296, 4_294_967_297, 9_007_199_254_740_991]) {
      firsts.add(new RandomStream(seed, "a").next());
      streams++;
    }
    expect(firsts.size).toBe(streams);
  });

  it("draws without relation between streams of neighbouring seeds and names", () => {
    const correlation = (one: RandomStream, other: RandomStream) =>
      mean(drawn(100_000, () => (one.next() - 0.5) * (other.next() - 0.5) * 12)) * Math.sqrt(100_000);
    const base = () => new RandomStream(1, "consumer:1");
    for (const other of [
      new RandomStream(2, "consumer:1"),
      new RandomStream(1, "consumer:2"),
      new RandomStream(1, "consumer:11"),
    ])
      expect(Math.abs(correlation(base(), other))).toBeLessThan(far);
    const ahead = base();
    ahead.next();
    expect(Math.abs(correlation(base(), ahead))).toBeLessThan(far);
  });

  it("has firsts that are uniform over the seeds", () => {
    let seed = 0;
    expect(
      distance(
        drawn(50_000, () => new RandomStream(seed++, "x").next()),
        (x) => x,
      ),
    ).toBeLessThan(1.95);
  });

  it("draws next() uniformly from 0 to below 1", () => {
    const stream = new RandomStream(1, "uniform");
    const draws = drawn(many, () => stream.next());
    expect(distance(draws, (x) => x)).toBeLessThan(1.95);
    expect(Math.min(...draws.subarray(0, 100_000))).toBeGreaterThanOrEqual(0);
    expect(draws.every((x) => x < 1)).toBe(true);
  });

  it("draws every bit of a word as often set as not", () => {
    const stream = new RandomStream(1, "bits");
    const set = new Array<number>(32).fill(0);
    for (let draw = 0; draw < many; draw++) {
      const word = stream.uint32();
      for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) set[bit]!++;
    }
    for (const count of set) expect(Math.abs(count - many / 2) / Math.sqrt(many / 4)).toBeLessThan(far);
  });

  it.each([1, 2, 3, 7, 1000, 65_536, 65_537, 3_000_000])("draws below(%i) evenly", (n) => {
    const stream = new RandomStream(1, `below ${n}`);
    const cells = Math.min(n, 1000);
    const counts = new Float64Array(cells);
    let outside = 0;
    for (let draw = 0; draw < many; draw++) {
      const value = stream.below(n);
      if (!(value >= 0 && value < n && Number.isInteger(value))) outside++;
      counts[Math.floor((value * cells) / n)]!++;
    }
    expect(outside).toBe(0);
    const first = (cell: number) => Math.ceil((cell * n) / cells);
    const expected = counts.map((_, cell) => ((first(cell + 1) - first(cell)) * many) / n);
    if (n > 1) expect(deviations(counts, expected)).toBeLessThan(far);
  });

  it("draws exponentials with the moments and the distribution of mean 1, its tail included", () => {
    const stream = new RandomStream(1, "exponential");
    const draws = drawn(2 * many, () => stream.exponential());
    expect(distance(draws, (x) => 1 - Math.exp(-x))).toBeLessThan(1.95);
    expect(mean(draws)).toBeCloseTo(1, 2);
    expect(moment(draws, 2, 1)).toBeCloseTo(1, 1.5);
    expect(moment(draws, 3, 1)).toBeCloseTo(2, 0.7);
    const tail = draws.filter((x) => x > 7.69711747013105);
    expect(Math.abs(tail.length - 2 * many * Math.exp(-7.69711747013105))).toBeLessThan(far * Math.sqrt(363));
    expect(distance(tail, (x) => 1 - Math.exp(7.69711747013105 - x))).toBeLessThan(1.95);
  });

  it("draws normals with the moments and the distribution of mean 0 and deviation 1, its tails included", () => {
    const stream = new RandomStream(1, "normal");
    const draws = drawn(2 * many, () => stream.normal());
    expect(distance(draws, normalProbability)).toBeLessThan(1.95);
    expect(mean(draws)).toBeCloseTo(0, 2);
    expect(moment(draws, 2, 0)).toBeCloseTo(1, 2);
    expect(moment(draws, 3, 0)).toBeCloseTo(0, 1.7);
    expect(moment(draws, 4, 0)).toBeCloseTo(3, 1.3);
    const beyond = 2 * normalProbability(-3.442619855899) * draws.length;
    const tails = draws.filter((x) => Math.abs(x) > 3.442619855899).length;
    expect(Math.abs(tails - beyond)).toBeLessThan(far * Math.sqrt(beyond));
  });

  it("draws normals above a bound as those of the whole distribution that are above it", () => {
    const stream = new RandomStream(1, "tail");
    for (const from of [0, 0.5, 3, 8]) {
      const draws = drawn(50_000, () => stream.normalTail(from));
      const above = normalProbability(-from);
      expect(distance(draws, (x) => 1 - normalProbability(-x) / above)).toBeLessThan(1.95);
    }
  });

  it("gives each layer of the ziggurats the right share: counts in 1,000 equally likely cells agree", () => {
    const stream = new RandomStream(2, "cells");
    const counts = new Float64Array(1000);
    const normals = new Float64Array(1000);
    for (let draw = 0; draw < 2 * many; draw++) {
      counts[Math.floor(1000 * Math.exp(-stream.exponential()) * (1 - 1e-16))]!++;
      normals[Math.floor(1000 * normalProbability(stream.normal()))]!++;
    }
    const expected = counts.map(() => (2 * many) / 1000);
    expect(deviations(counts, expected)).toBeLessThan(far);
    expect(deviations(normals, expected)).toBeLessThan(far);
  });
});
