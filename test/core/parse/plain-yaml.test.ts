import { expect, test } from "vitest";
import { OffsetMap } from "../../../src/core/parse/offset-map.ts";
import { readPlain } from "../../../src/core/parse/plain-yaml.ts";
import { readYaml } from "../../../src/core/parse/yaml-text.ts";
import { texts } from "./mutation.ts";
import { describeReading } from "./reading.ts";

const plain = (text: string) => readPlain(text, 0, text.length, new OffsetMap([]))?.tree;

function sorted({ tree, problems }: ReturnType<typeof readYaml>) {
  return {
    tree,
    problems: problems
      .map(({ span, code, message }) => `${span.start} ${span.end} ${code} ${message}`)
      .sort(),
  };
}

function same(text: string): void {
  expect(sorted(readYaml(text)), text).toEqual(sorted(readYaml(text, true)));
}

test("every example is plain", () => {
  for (const text of texts) same(text);
  for (const text of texts) expect(plain(text), text).toBeDefined();
});

describeReading("the quick way and the library read the same", same, 3);
