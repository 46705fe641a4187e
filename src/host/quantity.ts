import type { PlacedExpectation } from "../core/index.ts";

const grouped = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Three digits that count; counts and what is above 100 without a fraction. */
export function number(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? whole.format(value) : grouped.format(value);
}

export function quantity(value: number, unit: PlacedExpectation["unit"]): string {
  switch (unit) {
    case "ms":
      return Math.abs(value) < 1000 ? `${number(value)} ms` : `${number(value / 1000)} s`;
    case "share":
      return `${number(value * 100)}%`;
    case "per second":
      return `${number(value)}/s`;
    case "bytes":
      return bytes(value);
    case "count":
      return number(value);
  }
}

function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
  let size = value;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${number(size)} ${units[unit]}`;
}
