/** How a number is written for people. The exact number stands beside it, in `data-value` and in the tooltip. */
export type Format = "count" | "duration" | "share" | "rate" | "bytes";

const gap = "\u202f";
const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Three significant digits, without an exponent and without trailing zeros. */
function three(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return grouped.format(value);
  const digits = size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
  return String(Number(value.toFixed(digits)));
}

const whole = (value: number): string => (Number.isInteger(value) ? grouped.format(value) : three(value));

function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size === 0) return `0${gap}ms`;
  if (size < 1e-3) return `${three(ms * 1e6)}${gap}ns`;
  if (size < 1) return `${three(ms * 1e3)}${gap}µs`;
  if (size < 1000) return `${three(ms)}${gap}ms`;
  if (size < 60_000) return `${three(ms / 1000)}${gap}s`;
  if (size < 3_600_000) return pair(ms / 60_000, "m", 60, "s");
  if (size < 86_400_000) return pair(ms / 3_600_000, "h", 60, "m");
  return pair(ms / 86_400_000, "d", 24, "h");
}

function pair(value: number, unit: string, parts: number, part: string): string {
  const total = Math.round(value * parts);
  const rest = total % parts;
  const head = `${grouped.format((total - rest) / parts)}${gap}${unit}`;
  return rest === 0 ? head : `${head} ${rest}${gap}${part}`;
}

function share(value: number): string {
  const percent = value * 100;
  if (percent === 0) return `0${gap}%`;
  if (percent > 0 && percent < 0.1) return `<${gap}0.1${gap}%`;
  const rounded = Math.round(percent);
  // What is not whole must not read as whole.
  if (rounded === 100 && percent < 100) return `${Math.floor(percent * 10) / 10}${gap}%`;
  return `${percent >= 10 ? rounded : Number(percent.toFixed(1))}${gap}%`;
}

function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${three(size)}${gap}${units[unit] ?? "B"}`;
}

const formats: Readonly<Record<Format, (value: number) => string>> = {
  count: whole,
  duration,
  share,
  rate: (value) => `${three(value)}/s`,
  bytes,
};

export function format(value: number | null, as: Format): string {
  if (value === null || Number.isNaN(value)) return "–";
  return formats[as](value);
}

/** `1 message`, `2 messages`: the word alone. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}
