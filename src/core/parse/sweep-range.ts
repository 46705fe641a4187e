const written = /^(-?\d+(?:\.\d+)?)\s*(\S*)$/u;

export interface RangeEnds {
  readonly from: string;
  readonly to: string;
  readonly steps: number;
  readonly scale: "linear" | "log";
}

/** The values of a range as a person would write them; a text says what is wrong with it. */
export function rangeValues({ from, to, steps, scale }: RangeEnds): readonly string[] | string {
  const first = written.exec(from);
  const last = written.exec(to);
  if (first === null || last === null) return "its ends are numbers, with or without a unit";
  const unit = first[2]!;
  if (unit !== last[2]) return "its ends are written in different units. Write both in one";
  const [low, high] = [Number(first[1]), Number(last[1])];
  if (scale === "log" && !(low > 0 && high > 0)) return "on a logarithmic scale both ends are above 0";
  const values = scale === "log" ? spacedByFactor(low, high, steps) : spacedEvenly(low, high, steps);
  return rounded(values, low, high).map((value) => `${value}${unit}`);
}

function spacedEvenly(low: number, high: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => low + ((high - low) * i) / (steps - 1));
}

/** By halving, since only the four operations give the same digits everywhere. */
function spacedByFactor(low: number, high: number, steps: number): number[] {
  const reach = (factor: number): number => {
    let product = 1;
    for (let i = 1; i < steps; i++) product *= factor;
    return product;
  };
  const ratio = high / low;
  let [below, above] = [0, Math.max(ratio, 1)];
  for (;;) {
    const factor = (below + above) / 2;
    if (factor <= below || factor >= above) break;
    if (reach(factor) < ratio) below = factor;
    else above = factor;
  }
  const values = [low];
  for (let i = 1; i < steps; i++) values.push(i === steps - 1 ? high : values[i - 1]! * above);
  return values;
}

/** Between whole numbers to whole numbers, where they stay different; else to six digits. */
function rounded(values: readonly number[], low: number, high: number): number[] {
  const whole = values.map(Math.round);
  if (Number.isInteger(low) && Number.isInteger(high) && new Set(whole).size === values.length) return whole;
  return values.map((value) => Number(value.toPrecision(6)));
}
