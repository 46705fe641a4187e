import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";

const folder = new URL("../../../examples/", import.meta.url);
const examples = readdirSync(folder)
  .filter((file) => file.endsWith(".topology.yaml"))
  .map((file) => readFileSync(new URL(file, folder), "utf8"));
const fixture = readFileSync(new URL("../../fixtures/order-flow.topology.yaml", import.meta.url), "utf8");
/** The examples and the order flow. */
export const texts = [...examples, fixture];

export const pieces = [
  "{",
  "}",
  "[",
  "]",
  ":",
  ": ",
  "- ",
  "#",
  " #",
  "*",
  "&a ",
  "*a",
  "|",
  ">",
  '"',
  "'",
  "\n",
  "\t",
  "  ",
  "\0",
  "\uFEFF",
  "---\n",
  "!!x ",
  "? ",
  "__proto__",
  "~",
  "1e999",
  "-1",
  "%",
  ",",
  "\u2028",
  "topology: 1\n",
];

/** A place of a text, and what comes there. */
export const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat({ max: 12 }),
  inserted: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })),
});

export function mutate(
  text: string,
  edits: readonly { at: number; removed: number; inserted: string }[],
): string {
  return edits.reduce((mutant, { at, removed, inserted }) => {
    const start = Math.floor(at * mutant.length);
    return mutant.slice(0, start) + inserted + mutant.slice(start + removed);
  }, text);
}
