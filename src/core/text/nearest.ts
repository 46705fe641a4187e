/** Longer names are not compared: nobody mistypes one, and the comparison is quadratic. */
const longest = 80;

/**
 * The known name that a mistyped one most likely means: the fewest letters added, left out, changed or swapped with
 * their neighbour, at most a third of its length, of equally near ones the first; else the only one that it is a word of.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longest) return undefined;
  const lower = name.toLowerCase();
  let best: string | undefined;
  const longer: string[] = [];
  let limit = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (candidate === name || candidate.length > longest) continue;
    const other = candidate.toLowerCase();
    if (other.includes(lower) && wordsOf(candidate).includes(lower)) longer.push(candidate);
    if (Math.abs(candidate.length - name.length) >= limit) continue;
    const distance = edits(lower, other, limit);
    if (distance < limit) {
      best = candidate;
      limit = distance;
      if (limit === 0) break;
    }
  }
  return best ?? (longer.length === 1 ? longer[0] : undefined);
}

/** `destination_type`, `linger.ms`, `onFailure`: two words each. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/[a-z](?=[A-Z])/gu, "$&_")
    .toLowerCase()
    .split(/[^a-z0-9]+/u);
}

/** Damerau's distance (neighbours swapped count once), or `limit` as soon as it cannot be below. */
function edits(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, before[column - 2]! + 1);
      next.push(cost);
      if (cost < least) least = cost;
    }
    if (least >= limit) return limit;
    before = last;
    last = next;
  }
  return last[b.length]!;
}
