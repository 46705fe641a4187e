/** Names in a sentence; of many only the first ones. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `\`${name}\``);
  if (names.length > shown.length) return `${shown.join(", ")} and ${names.length - shown.length} more`;
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

const units = [
  ["d", 86_400e9],
  ["h", 3600e9],
  ["min", 60e9],
  ["s", 1e9],
  ["ms", 1e6],
] as const;

/** Nanoseconds in the largest unit of which there is one at least. */
export function span(nanoseconds: number): string {
  for (const [unit, length] of units)
    if (nanoseconds >= length) return `${Number((nanoseconds / length).toPrecision(3))} ${unit}`;
  return `${Number((nanoseconds / 1e3).toPrecision(3))} µs`;
}
