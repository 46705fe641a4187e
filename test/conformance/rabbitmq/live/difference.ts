/** Where two outcomes part first, in words; undefined where they are equal. Fields that are undefined count as missing. */
export function firstDifference(expected: unknown, found: unknown, path = ""): string | undefined {
  if (isObject(expected) && isObject(found) && Array.isArray(expected) === Array.isArray(found)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
    for (const name of names) {
      const at = Array.isArray(expected) ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;
      const difference = firstDifference(expected[name], found[name], at);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return Object.is(expected, found)
    ? undefined
    : `${path} is ${show(expected)} here and ${show(found)} there`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
