import fc from "fast-check";
import { expect, test } from "vitest";
import { readYaml } from "../../../src/core/parse/yaml-text.ts";
import { copied, fileText, text, type Written } from "../../../src/core/translation/written.ts";

const plain = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "5ms",
    "400/s",
    "1%",
    "1e3",
    "0x1f",
    "yes",
    "null",
    "~",
    "a: b",
    "# c",
    "*.x",
    "-",
    "3.10",
    "",
    " a",
    "7",
  ),
);

test("a text is read back as it was", () => {
  fc.assert(
    fc.property(plain, (value) => {
      const { tree, problems } = readYaml(`value: ${text(value)}\n`);
      expect(problems).toEqual([]);
      expect(tree?.kind === "map" && tree.entries.get("value")?.value).toMatchObject({
        kind: "scalar",
        value,
      });
    }),
  );
});

const written: fc.Arbitrary<Written> = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    plain.map(text),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(plain, tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
})).value;

test("a file says what was to be written, however long its lines are", () => {
  const sections = fc.tuple(written, written, written).map(
    ([kafka, producers, run]) =>
      new Map<string, Written>([
        ["kafka", kafka],
        ["producers", producers],
        ["run", run],
      ]),
  );
  fc.assert(
    fc.property(sections, (value) => {
      const { tree, problems } = readYaml(fileText(value));
      expect(problems).toEqual([]);
      expect(copied(tree!)).toEqual(value);
    }),
  );
});
