import fc from "fast-check";

// What random files are put together from.

export const one = <Value>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);

/** One of these texts, or, more often than any of them, none. */
export const maybe = (...texts: readonly string[]): fc.Arbitrary<string> =>
  one(...texts.map(() => ""), ...texts);

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

/** What a producer's messages are, and when there are any. */
export const messages = some(
  maybe("key: unique", "key: {values: 7}", "key: {values: 20, zipf: 1.1}", "key: {a: 2, b: 1}"),
  maybe("size: 3KiB", "size: {lognormal: {median: 1KiB, p99: 40KiB}}"),
  maybe("from: 300ms", "until: 2s", "messages: 60"),
  maybe("instances: 3"),
);
