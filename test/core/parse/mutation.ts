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

/** Lines that make a text of many forms, most of them plain. */
export const line = fc
  .tuple(
    fc.constantFrom("", "", "  ", "    ", "- ", "  - ", "   ", "\t"),
    fc.constantFrom("a: ", "b : ", "'c': ", '"d":', "e:", "- ", "", "{a: ", "[", "? ", ": "),
    fc.constantFrom(
      "",
      "1",
      "-0x1f",
      "0o17",
      "1e3",
      ".5",
      "-.inf",
      ".NaN",
      "~",
      "null",
      "True",
      "yes",
      "a b",
      "a#b",
      "a: b",
      "a:b",
      "'it''s'",
      '"x\\n"',
      "'x",
      "{}",
      "[]",
      "{x}",
      "{x: , y: [1, a b ,]}",
      "{'x':1}",
      "{x:1}",
      "[a: b]",
      "[{a: 1}, [b]]",
      "[",
      "]",
      "}",
      "*x",
      "&x 1",
      "!!str 1",
      "|",
      "|-",
      "|2+ # c",
      ">",
      "> x",
      '"a\\n\\x41\\q b"',
      '"a  ',
      "&x",
      "!t a",
      "!!int 3",
      "!!int a",
      "&x !!str b",
      "--- ",
      "...",
      "-",
      "-a",
      "%",
    ),
    fc.constantFrom("", "", " ", " # c", "#c", ",", "\r"),
  )
  .map((parts) => parts.join(""));

/** A file that somebody is typing in: an example after some edits, whole or cut off at the cursor, and the cursor in it. */
export const fileInWork = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(edit, { maxLength: 6 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.boolean(),
  )
  .map(([text, edits, where, cut]) => {
    const mutant = mutate(text, edits);
    const cursor = Math.floor(where * mutant.length);
    return { text: cut ? mutant.slice(0, cursor) : mutant, cursor };
  });
