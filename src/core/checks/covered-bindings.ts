import type { Binding, ExchangeType } from "../model/topology.ts";
import { topicCovers, TopicTrie } from "../queue/topic-pattern.ts";

/** Patterns of one pair that are held against each other: the comparison is quadratic. */
const patternsMax = 100;

/** For each binding that another makes needless, that other one: the first of two that do the same. */
export function coveredBindings(
  bindings: readonly Binding[],
  typeOf: (exchange: string) => ExchangeType,
): ReadonlyMap<number, number> {
  const covered = new Map<number, number>();
  const first = new Map<string, number>();
  const patterns = new Map<string, number[]>();
  for (const [index, binding] of bindings.entries()) {
    const type = typeOf(binding.source.text);
    const pair = `${binding.source.text}\n${binding.destinationType}\n${binding.destination.text}`;
    const same = `${pair}\n${identity(binding, type)}`;
    const other = first.get(same);
    if (other !== undefined) covered.set(index, other);
    else first.set(same, index);
    if (other !== undefined || type !== "topic") continue;
    const known = patterns.get(pair);
    if (known === undefined) patterns.set(pair, [index]);
    else known.push(index);
  }
  for (const indices of patterns.values())
    if (indices.length > 1) coveredPatterns(bindings, indices, covered);
  return covered;
}

/** What a binding goes by: two that agree in it do the same. */
function identity({ routingKey, arguments: args }: Binding, type: ExchangeType): string {
  if (type === "fanout" || type === "x-recent-history") return "";
  if (type === "direct" || type === "topic") return routingKey.text;
  const table = [...args].sort(([a], [b]) => (a < b ? -1 : 1));
  return type === "headers" ? JSON.stringify(table) : JSON.stringify([routingKey.text, table]);
}

function coveredPatterns(
  bindings: readonly Binding[],
  indices: readonly number[],
  covered: Map<number, number>,
): void {
  const keyOf = (index: number): string => bindings[index]!.routingKey.text;
  const isWild = (index: number): boolean =>
    keyOf(index)
      .split(".")
      .some((word) => word === "*" || word === "#");
  const wild = indices.filter(isWild);
  const trie = new TopicTrie();
  for (const index of wild) trie.add(keyOf(index), index);
  for (const index of indices)
    if (!isWild(index)) for (const by of trie.match(keyOf(index))) covered.set(index, by);
  if (wild.length > patternsMax) return;
  for (const index of wild) {
    const by = wild.find(
      (other) =>
        other !== index &&
        topicCovers(keyOf(other), keyOf(index)) &&
        // Of two that match the same, the first stays.
        (other < index || !topicCovers(keyOf(index), keyOf(other))),
    );
    if (by !== undefined) covered.set(index, by);
  }
}
