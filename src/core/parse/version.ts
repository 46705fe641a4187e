/** Whether a text is a version such as `4.1` or `3.13.7`. */
export function isVersion(text: string): boolean {
  return /^\d+(?:\.\d+){1,2}$/u.test(text);
}

/** Compares versions number by number: 3.10 is after 3.9. */
export function atLeast(version: string, least: string): boolean {
  const numbers = version.split(".").map(Number);
  const wanted = least.split(".").map(Number);
  for (const [index, number] of wanted.entries()) {
    const own = numbers[index] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}
