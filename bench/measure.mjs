export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** CPU seconds of the whole process, its worker threads included. */
export async function cpuSeconds(run) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/**
 * The variants one after another, as often as there are rounds: a machine that slows down slows all of them.
 * Each answers its CPU seconds; the first round warms up and does not count.
 */
export async function interleaved(variants, rounds, tell) {
  const seconds = new Map(variants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const { name, run } of variants) {
      tell(`${round === 0 ? "warming up" : `round ${round} of ${rounds}`}: ${name}`);
      const spent = await run();
      if (round > 0) seconds.get(name).push(spent);
    }
  return new Map([...seconds].map(([name, values]) => [name, median(values)]));
}
