/** An edge of the diagram as dots run along it. */
export interface Way {
  /** Pixels. */
  readonly length: number;
  /** At even distances, x and y in turn. */
  readonly points: Float32Array;
}

/** Stretches of equal length that a way is cut into. */
export const samples = 32;
/** Straight lines that stand for one curve while it is measured. */
const chords = 16;

/** Cuts a path of cubic curves (`M x y C …`) into stretches of equal length. */
export function wayOf(path: string): Way {
  const numbers = (path.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  const curves = Math.max(0, Math.floor((numbers.length - 2) / 6));
  const points = new Float32Array(2 * (samples + 1));
  if (curves === 0) return { length: 0, points };
  const along = new Float64Array(curves * chords + 1);
  const fine = new Float64Array(2 * along.length);
  fine.set(numbers.slice(0, 2));
  for (let at = 1; at < along.length; at++) {
    const first = 6 * Math.floor((at - 1) / chords);
    const share = (((at - 1) % chords) + 1) / chords;
    for (let axis = 0; axis < 2; axis++) fine[2 * at + axis] = bezier(numbers, first + axis, share);
    along[at] =
      along[at - 1]! + Math.hypot(fine[2 * at]! - fine[2 * at - 2]!, fine[2 * at + 1]! - fine[2 * at - 1]!);
  }
  const length = along[along.length - 1]!;
  let after = 1;
  for (let one = 0; one <= samples; one++) {
    const target = (length * one) / samples;
    while (after < along.length - 1 && along[after]! < target) after++;
    const chord = along[after]! - along[after - 1]!;
    const part = chord > 0 ? Math.min(1, (target - along[after - 1]!) / chord) : 0;
    for (let axis = 0; axis < 2; axis++)
      points[2 * one + axis] = fine[2 * after - 2 + axis]! * (1 - part) + fine[2 * after + axis]! * part;
  }
  return { length, points };
}

/** One coordinate of a curve whose four points stand two numbers apart. */
function bezier(numbers: readonly number[], first: number, share: number): number {
  const rest = 1 - share;
  return (
    rest * rest * rest * numbers[first]! +
    3 * rest * rest * share * numbers[first + 2]! +
    3 * rest * share * share * numbers[first + 4]! +
    share * share * share * numbers[first + 6]!
  );
}
