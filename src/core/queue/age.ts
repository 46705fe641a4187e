import type { FieldValue } from "../model/topology.ts";

const second = 1e9;
const day = 86_400 * second;
const nanosPer: Readonly<Record<string, number>> = {
  Y: 365 * day,
  M: 30 * day,
  D: day,
  h: 3600 * second,
  m: 60 * second,
  s: second,
};

/** ns of what the broker writes as a number and a unit, such as `7D` or `12h`; undefined for anything else. */
export function nanosOfAge(written: FieldValue): number | undefined {
  const [, count, unit] = /^(\d+)([YMDhms])$/.exec(String(written)) ?? [];
  return count === undefined ? undefined : Number(count) * nanosPer[unit!]!;
}
