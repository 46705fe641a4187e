import type { Format } from "./format.ts";

const gap = "\u202f";

/** Decimals that a multiple of `step` needs; what is no round step gets no more than `most`. */
function decimals(step: number, most: number): number {
  for (let count = 0, scaled = step; count < most; count++, scaled *= 10)
    if (Math.abs(scaled - Math.round(scaled)) <= 1e-6 * scaled) return count;
  return most;
}

function fixed(value: number, step: number, most = 12): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: decimals(step, most) });
}

type Unit = readonly [name: string, size: number];

/** In the largest unit that the value has one of. */
function scaled(value: number, step: number, units: readonly Unit[], most?: number): string {
  const [name, size] = units.find(([, one]) => Math.abs(value) >= one) ?? units.at(-1)!;
  return `${fixed(value / size, step / size, most)}${name}`;
}

const counts: readonly Unit[] = [
  ["G", 1e9],
  ["M", 1e6],
  ["k", 1e3],
  ["", 1],
];
const sizes: readonly Unit[] = ["TiB", "GiB", "MiB", "KiB", "B"].map((name, index) => [
  gap + name,
  1024 ** (4 - index),
]);
/** Milliseconds. */
const times: readonly Unit[] = [
  [`${gap}s`, 1e3],
  [`${gap}ms`, 1],
  [`${gap}µs`, 1e-3],
  [`${gap}ns`, 1e-6],
];
const longTimes: readonly Unit[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
];

function duration(ms: number, step: number): string {
  if (ms < 60_000) return scaled(ms, step, times);
  // Tens of nanoseconds are noise of the sums that ticks are made by.
  let rest = Math.round(ms * 1e5) / 1e5;
  const parts: string[] = [];
  for (const [name, size] of longTimes) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${gap}${name}`);
  }
  if (rest >= 1e-5) parts.push(`${fixed(rest / 1000, step / 1000)}${gap}s`);
  return parts.join(" ");
}

/** Four digits are read at a glance as they are. */
const count = (value: number, step: number): string =>
  Math.abs(value) < 1e4 ? fixed(value, step) : scaled(value, step, counts);

const labels: Readonly<Record<Format, (value: number, step: number) => string>> = {
  count,
  rate: count,
  share: (value, step) => `${fixed(value * 100, step * 100)}${gap}%`,
  bytes: (value, step) => scaled(value, step, sizes, 3),
  duration,
};

/** The labels of an axis: as few characters as tell one tick from the next. */
export function ticks(values: readonly number[], as: Format): readonly string[] {
  const step = values.length > 1 ? Math.abs(values[1]! - values[0]!) : Math.abs(values[0] ?? 0);
  return values.map((value) => (value === 0 ? "0" : labels[as](value, step)));
}
