/**
 * One circle for each set of things that lead to one another, each from its first thing on, in the order given; a thing
 * that leads to itself is a circle of one. (Tarjan 1972, without recursion)
 */
export function circles(
  things: readonly string[],
  leadsTo: (thing: string) => readonly string[],
): string[][] {
  const number = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const waiting = new Set<string>();
  const together: Set<string>[] = [];
  for (const start of things) {
    if (number.has(start)) continue;
    const walk: { thing: string; next: number; to: readonly string[] }[] = [];
    const enter = (thing: string): void => {
      number.set(thing, number.size);
      low.set(thing, number.get(thing)!);
      stack.push(thing);
      waiting.add(thing);
      walk.push({ thing, next: 0, to: leadsTo(thing) });
    };
    enter(start);
    for (let step = walk.at(-1); step !== undefined; step = walk.at(-1)) {
      const { thing } = step;
      const to = step.to[step.next++];
      if (to !== undefined) {
        if (!number.has(to)) enter(to);
        else if (waiting.has(to)) low.set(thing, Math.min(low.get(thing)!, number.get(to)!));
        continue;
      }
      walk.pop();
      const parent = walk.at(-1)?.thing;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent)!, low.get(thing)!));
      if (low.get(thing) !== number.get(thing)) continue;
      const set = new Set<string>();
      for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
        waiting.delete(one);
        set.add(one);
        if (one === thing) break;
      }
      if (set.size > 1 || leadsTo(thing).includes(thing)) together.push(set);
    }
  }
  return together.map((set) =>
    shortest(
      things.find((thing) => set.has(thing))!,
      set,
      leadsTo,
    ),
  );
}

/** The shortest way from a thing back to it. */
function shortest(
  from: string,
  within: ReadonlySet<string>,
  leadsTo: (thing: string) => readonly string[],
): string[] {
  const before = new Map<string, string>();
  const queue = [from];
  for (const thing of queue)
    for (const to of leadsTo(thing)) {
      if (to === from) {
        const way = [thing];
        for (let at = thing; at !== from; at = before.get(at)!) way.unshift(before.get(at)!);
        return way;
      }
      if (!within.has(to) || before.has(to)) continue;
      before.set(to, thing);
      queue.push(to);
    }
  return [from];
}
