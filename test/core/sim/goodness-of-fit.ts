/**
 * Kolmogorov and Smirnov's distance between draws and a distribution, times √n: above 1.95 in one of a thousand runs
 * if the draws follow the distribution.
 */
export function distance(draws: Float64Array, probability: (x: number) => number): number {
  const sorted = draws.slice().sort();
  let largest = 0;
  sorted.forEach((x, index) => {
    const p = probability(x);
    largest = Math.max(largest, (index + 1) / sorted.length - p, p - index / sorted.length);
  });
  return largest * Math.sqrt(sorted.length);
}

/**
 * How far counts lie from what is expected of them, in deviations of a standard normal (Pearson's χ² by Wilson and
 * Hilferty's cube root). Cells of fewer than 10 expected are taken together.
 */
export function deviations(counts: ArrayLike<number>, expected: ArrayLike<number>): number {
  let square = 0;
  let cells = -1;
  let count = 0;
  let due = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    count += counts[cell]!;
    due += expected[cell]!;
    if (due < 10 && cell < counts.length - 1) continue;
    if (due > 0) {
      square += ((count - due) * (count - due)) / due;
      cells++;
    } else if (count > 0) return Infinity;
    count = due = 0;
  }
  const spread = 2 / (9 * cells);
  return (Math.cbrt(square / cells) - (1 - spread)) / Math.sqrt(spread);
}

export function drawn(count: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: count }, draw);
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum / values.length;
}
