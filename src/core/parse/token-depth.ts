import type { CST } from "yaml";
import { depthMax } from "./limits.ts";

interface Held {
  readonly tokens: readonly (CST.Token | null | undefined)[];
  readonly depth: number;
}

/**
 * Empties the collections that lie too deep, so that what recurses over the tokens later cannot exhaust the stack.
 * `depth`: that of the document in the file. Gives the offset of the first of them, undefined where there is none.
 */
export function cutDepth(document: CST.Token, depth: number): number | undefined {
  const pending: Held[] = [{ tokens: [document], depth }];
  let cut: number | undefined;
  for (let held = pending.pop(); held !== undefined; held = pending.pop())
    for (const token of held.tokens) {
      if (token === null || token === undefined) continue;
      if (token.type === "document") {
        pending.push({ tokens: [token.value], depth: held.depth });
        continue;
      }
      if (!("items" in token)) continue;
      if (held.depth >= depthMax) {
        if (token.items.length > 0) cut = Math.min(cut ?? token.offset, token.offset);
        token.items.length = 0;
        continue;
      }
      const inside: (CST.Token | null | undefined)[] = [];
      for (const item of token.items) inside.push(item.key, item.value);
      pending.push({ tokens: inside, depth: held.depth + 1 });
    }
  return cut;
}
