import fc from "fast-check";

// What random files are put together from.

export const one = <Value>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);

/** Some of these entries, as they stand in a map in one line. */
export function some(...entries: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...entries).map(joined);
}

export function joined(entries: readonly string[]): string {
  return entries.filter((entry) => entry !== "").join(", ");
}

export function section(name: string, entries: readonly string[]): string {
  return entries.length === 0 ? "" : `${name}:\n${entries.map((entry) => `  ${entry}\n`).join("")}`;
}

export const arrivals = one(
  "rate: 40/s",
  "rate: 90/s",
  "rate: 25/s, arrivals: constant",
  "rate: 90/s, arrivals: {onOff: {on: 500ms, off: 1s}}",
  "arrivals: {bursts: {size: 12, every: 700ms}}",
  "arrivals: {schedule: [0s, 10ms, 1s, 1s, 2500ms]}",
);
