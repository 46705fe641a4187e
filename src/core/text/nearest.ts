/** Longer names are not compared: nobody mistypes one, and the comparison is quadratic. */
const longest = 80;

/**
 * The known name that a mistyped one most likely means: the fewest letters added, left out, changed or swapped with
 * their neighbour, at most a third of its length; undefined where none is that near. Of equally near ones the first.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longest) return undefined;
  const lower = name.toLowerCase();
  let best: string | undefined;
  let limit = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (candidate === name || candidate.length > longest) continue;
    if (Math.abs(candidate.length - name.length) >= limit) continue;
    const distance = edits(lower, candidate.toLowerCase(), limit);
    if (distance < limit) {
      best = candidate;
      limit = distance;
      if (limit === 0) break;
    }
  }
  return best;
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
