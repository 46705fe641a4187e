import type { KeyChoice } from "../model/topology.ts";
import { exp, log } from "../sim/exp-log.ts";
import { Keys } from "../sim/keys.ts";
import { KeyHash } from "./key-hash.ts";
import { partitionForHash } from "./murmur2.ts";

/** So many of the most frequent keys are placed one by one; the others count as even. */
const placedMax = 10_000;

/** A topic of more partitions, or a group of more members, is a slip of the pen: nobody looks at them one by one. */
export const spreadMax = 10_000;

/** Where messages with keys go. Shares are of all messages of one choice of keys. */
export interface KeyPlacement {
  /** By partition. */
  readonly shares: Float64Array;
  /** By partition the most frequent key, and its share. */
  readonly keys: readonly { readonly text: string; readonly share: number }[];
}

/** The partitions of a choice of keys under Kafka's own partitioner; undefined where every partition gets the same. */
export function placeKeys(choice: KeyChoice, partitions: number): KeyPlacement | undefined {
  if (choice.kind === "none" || choice.kind === "unique") return undefined;
  if (choice.kind === "uniform" && choice.values > placedMax) return undefined;
  const weights = weightsOf(choice);
  const shares = new Float64Array(partitions);
  const keys = Array.from({ length: partitions }, () => ({ text: "", share: 0 }));
  const ids = new Keys();
  const hash = new KeyHash(ids);
  for (let index = 0; index < weights.placed.length; index++) {
    const share = weights.placed[index]! / weights.total;
    if (share === 0) continue;
    const text = choice.kind === "weights" ? choice.keys[index]! : String(index);
    const partition = partitionForHash(hash.hash(ids.idOf(text)), partitions);
    shares[partition]! += share;
    if (share > keys[partition]!.share) keys[partition] = { text, share };
  }
  const even = (weights.total - sum(weights.placed)) / weights.total / partitions;
  return { shares: shares.map((share) => share + even), keys };
}

/** The share of all messages that have this key; undefined where each has its own, or none. */
export function keyShare(choice: KeyChoice, key: string): number | undefined {
  if (choice.kind === "none" || choice.kind === "unique") return undefined;
  const { placed, total } = weightsOf(choice);
  const index = choice.kind === "weights" ? choice.keys.indexOf(key) : rankOf(key, placed.length);
  return index < 0 ? 0 : placed[index]! / total;
}

/** The place of a numbered key among the first ones; −1 where it is none of them. */
function rankOf(key: string, count: number): number {
  const rank = Number(key);
  return String(rank) === key && Number.isInteger(rank) && rank >= 0 && rank < count ? rank : -1;
}

interface Weights {
  readonly placed: readonly number[];
  readonly total: number;
}

function weightsOf(choice: Exclude<KeyChoice, { readonly kind: "none" | "unique" }>): Weights {
  if (choice.kind === "weights") return { placed: choice.weights, total: sum(choice.weights) };
  const { values } = choice;
  const exponent = choice.kind === "zipf" ? choice.exponent : 0;
  const count = Math.min(values, placedMax);
  const placed = Array.from({ length: count }, (_, rank) => power(rank + 1, -exponent));
  return { placed, total: sum(placed) + tail(count, values, exponent) };
}

/** The sum of rank^−s over the ranks after the first ones, by its integral. */
function tail(count: number, values: number, exponent: number): number {
  if (values <= count) return 0;
  const [from, to] = [count + 0.5, values + 0.5];
  const rest = 1 - exponent;
  return Math.abs(rest) < 1e-9 ? log(to / from) : (power(to, rest) - power(from, rest)) / rest;
}

function power(base: number, exponent: number): number {
  return exp(exponent * log(base));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
