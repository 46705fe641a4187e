import type { Distribution } from "../text/distribution.ts";
import { readQuantity } from "../text/units.ts";
import type { Unit } from "../text/units.ts";
import { at, describe, entriesOf } from "./tree.ts";
import type { Entry, MapTree, Tree } from "./tree.ts";

/** The quantity of a scalar, or undefined: the form check has reported why. */
export function quantityOf(tree: Tree | undefined, unit: Unit): number | undefined {
  if (tree?.kind !== "scalar" || (typeof tree.value !== "string" && typeof tree.value !== "number"))
    return undefined;
  const value = readQuantity(unit, tree.value);
  return typeof value === "number" ? value : undefined;
}

export function numberOf(tree: Tree | undefined): number | undefined {
  return tree?.kind === "scalar" && typeof tree.value === "number" && Number.isFinite(tree.value)
    ? tree.value
    : undefined;
}

export function booleanOf(tree: Tree | undefined): boolean | undefined {
  if (tree?.kind !== "scalar") return undefined;
  if (tree.value === true || tree.value === "true") return true;
  return tree.value === false || tree.value === "false" ? false : undefined;
}

/** A rule between the numbers of a distribution that does not hold. */
export interface BrokenRule {
  readonly tree: Tree;
  readonly reason: string;
}

/** A distribution; undefined where a part cannot be read, a broken rule where the parts contradict each other. */
export function distributionOf(tree: Tree | undefined, unit: Unit): Distribution | BrokenRule | undefined {
  if (tree === undefined) return undefined;
  if (tree.kind !== "map") {
    const value = quantityOf(tree, unit);
    return value === undefined ? undefined : { kind: "constant", value };
  }
  for (const read of readers) {
    const inside = at(tree, read.key);
    if (inside !== undefined) return read.of(inside, unit);
  }
  return undefined;
}

/** A sound distribution, or undefined. */
export function soundDistribution(tree: Tree | undefined, unit: Unit): Distribution | undefined {
  const distribution = distributionOf(tree, unit);
  return distribution === undefined || "reason" in distribution ? undefined : distribution;
}

interface DistributionReader {
  readonly key: Distribution["kind"];
  readonly of: (tree: Tree, unit: Unit) => Distribution | BrokenRule | undefined;
}

const readers: readonly DistributionReader[] = [
  { key: "exponential", of: exponential },
  { key: "uniform", of: uniform },
  { key: "normal", of: normal },
  { key: "lognormal", of: lognormal },
  { key: "erlang", of: erlang },
  { key: "pareto", of: pareto },
  { key: "empirical", of: empirical },
];

export const distributionKeys: readonly string[] = readers.map(({ key }) => key);

function exponential(tree: Tree, unit: Unit): Distribution | undefined {
  const mean = quantityOf(tree, unit);
  return mean === undefined ? undefined : { kind: "exponential", mean };
}

function uniform(tree: Tree, unit: Unit): Distribution | BrokenRule | undefined {
  if (tree.kind !== "list" || tree.items.length !== 2) return undefined;
  const from = quantityOf(tree.items[0], unit);
  const to = quantityOf(tree.items[1], unit);
  if (from === undefined || to === undefined) return undefined;
  if (from > to)
    return {
      tree,
      reason: `the first end, ${describe(tree.items[0]!)}, is above the second, ${describe(tree.items[1]!)}`,
    };
  return { kind: "uniform", from, to };
}

function normal(tree: Tree, unit: Unit): Distribution | undefined {
  const mean = quantityOf(at(tree, "mean"), unit);
  const deviation = quantityOf(at(tree, "deviation"), unit);
  return mean === undefined || deviation === undefined ? undefined : { kind: "normal", mean, deviation };
}

function lognormal(tree: Tree, unit: Unit): Distribution | BrokenRule | undefined {
  const median = quantityOf(at(tree, "median"), unit);
  const p99 = quantityOf(at(tree, "p99"), unit);
  if (median === undefined || p99 === undefined) return undefined;
  if (median === 0)
    return { tree: at(tree, "median")!, reason: "the median of a lognormal distribution is above 0" };
  if (p99 < median) return { tree: at(tree, "p99")!, reason: "the 99th percentile is at least the median" };
  return { kind: "lognormal", median, p99 };
}

function erlang(tree: Tree, unit: Unit): Distribution | BrokenRule | undefined {
  const shape = quantityOf(at(tree, "shape"), "count");
  const mean = quantityOf(at(tree, "mean"), unit);
  if (shape === undefined || mean === undefined) return undefined;
  if (shape < 1)
    return { tree: at(tree, "shape")!, reason: "an Erlang distribution has a shape of 1 or more" };
  return { kind: "erlang", shape, mean };
}

function pareto(tree: Tree, unit: Unit): Distribution | undefined {
  const minimum = quantityOf(at(tree, "minimum"), unit);
  const shape = numberOf(at(tree, "shape"));
  return minimum === undefined || shape === undefined || shape <= 0
    ? undefined
    : { kind: "pareto", minimum, shape };
}

function empirical(tree: Tree, unit: Unit): Distribution | BrokenRule | undefined {
  if (tree.kind !== "map") return undefined;
  const values: number[] = [];
  const weights: number[] = [];
  for (const { key, value } of entriesOf(tree)) {
    const read = readQuantity(unit, key.text);
    const weight = numberOf(value);
    if (typeof read !== "number" || weight === undefined || weight < 0) return undefined;
    values.push(read);
    weights.push(weight);
  }
  return weightless(tree, weights) ?? { kind: "empirical", values, weights };
}

function weightless(tree: Tree, weights: readonly number[]): BrokenRule | undefined {
  return weights.some((weight) => weight > 0)
    ? undefined
    : { tree, reason: "no weight is above 0, so nothing can be drawn" };
}

/** The durations of a list, ns; what is none is left out. */
export function durationsOf(tree: Tree | undefined): number[] {
  const items = tree?.kind === "list" ? tree.items : [];
  return items.map((item) => quantityOf(item, "duration")).filter((duration) => duration !== undefined);
}

export interface Weighted<T> {
  readonly values: readonly T[];
  readonly weights: readonly number[];
}

/** A map from value to weight; a broken rule where no weight is above 0. */
export function weightsOf(tree: MapTree): Weighted<Entry> | BrokenRule | undefined {
  const entries = [...tree.entries.values()];
  const weights: number[] = [];
  for (const { value } of entries) {
    const weight = numberOf(value);
    if (weight === undefined || weight < 0) return undefined;
    weights.push(weight);
  }
  return weightless(tree, weights) ?? { values: entries, weights };
}
