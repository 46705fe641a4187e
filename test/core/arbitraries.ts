import fc from "fast-check";

/** One of these. */
export function one<T extends string | number>(...choices: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...choices);
}

/** A line of a timeline: one of these, which say as well how long they last, at any time up to `latest`, ms. */
export function line(latest: number, ...choices: readonly string[]): fc.Arbitrary<string> {
  return fc
    .record({ at: fc.nat(latest), action: one(...choices) })
    .map(({ at, action }) => `{at: ${at}ms, ${action}}`);
}

/** A fault that lasts for a while, at any time up to `latest`, s. */
export function fault(
  latest: number,
  lasts: readonly string[],
  ...choices: readonly string[]
): fc.Arbitrary<string> {
  return fc
    .record({ at: fc.nat(latest), lasts: one(...lasts), what: one(...choices) })
    .map((of) => `{at: ${of.at}s, for: ${of.lasts}, ${of.what}}`);
}
