/** What is written without quotes, by YAML 1.2's core schema: a text, a number, a truth or nothing. (YAML 1.2.2 §10.3.2) */
export function plainValue(source: string): string | number | boolean | null {
  const first = source.charCodeAt(0);
  // Numbers begin with a sign, a point or a digit; between the sign and the digits lie comma and slash, which end nothing here.
  if (first >= 0x2b && first <= 0x39) return number.test(source) ? Number(source) : special(source);
  return words.get(source) ?? (nothing.has(source) ? null : source);
}

const number =
  /^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+|[-+]?(?:\.\d+|\d+(?:\.\d*)?)[eE][-+]?\d+|[-+]?(?:\.\d+|\d+\.\d*))$/u;
const infinite = /^[-+]?\.(?:inf|Inf|INF)$/u;
const nothing: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);
const words: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
]);

function special(source: string): string | number {
  if (infinite.test(source)) return source.startsWith("-") ? -Infinity : Infinity;
  return source === ".nan" || source === ".NaN" || source === ".NAN" ? NaN : source;
}
