import { hashOfMapKey } from "./phash2.ts";

/** Erlang keeps so many keys of a map sorted; of more it makes a tree of their hashes, four bits a level. */
const sortedMax = 32;

/** In the order in which Erlang visits a map that has them by these keys: whole numbers from 0 on, each once. (`maps:fold`, OTP 25) */
export function inMapOrder<Item>(items: readonly Item[], keyOf: (item: Item) => number): Item[] {
  const isSorted = items.length <= sortedMax;
  const places = new Map(
    items.map((item) => [item, isSorted ? keyOf(item) : pathOf(hashOfMapKey(keyOf(item)))]),
  );
  return items.toSorted((a, b) => places.get(a)! - places.get(b)!);
}

/** The way down the tree: the lowest four bits come first. */
function pathOf(hash: number): number {
  let path = 0;
  for (let level = 0; level < 32; level += 4) path = path * 16 + ((hash >>> level) & 15);
  return path;
}
