import { hashOfKey } from "./phash2.ts";

/** Erlang keeps so many keys of a map sorted; of more it makes a tree of their hashes, four bits a level. */
const sortedMax = 32;

/** Whole numbers from 0 on, each once, in the order in which Erlang visits them as the keys of one map. (`maps:fold`, OTP 25) */
export function mapOrder(keys: readonly number[]): readonly number[] {
  if (keys.length <= sortedMax) return keys.toSorted((a, b) => a - b);
  const paths = new Map(keys.map((key) => [key, pathOf(hashOfKey(key))]));
  return keys.toSorted((a, b) => paths.get(a)! - paths.get(b)!);
}

/** The way down the tree: the lowest four bits come first. */
function pathOf(hash: number): number {
  let path = 0;
  for (let level = 0; level < 32; level += 4) path = path * 16 + ((hash >>> level) & 15);
  return path;
}
