import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OffsetMap } from "../../../src/core/parse/offset-map.ts";
import { readPlain } from "../../../src/core/parse/plain-yaml.ts";
import { readYaml } from "../../../src/core/parse/yaml-text.ts";
import { edit, line, mutate, texts } from "./mutation.ts";

/** Milliseconds; a full run takes minutes on a busy machine. */
const patience = 900_000;
const scale = process.env["BROKERLAB_FULL"] === "1" ? 10 : 1;

const plain = (text: string) => readPlain(text, 0, text.length, new OffsetMap([]))?.map;

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

describe("the quick way and the library read the same", () => {
  test(
    "in mutations of the examples",
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...texts), fc.array(edit, { maxLength: 3 }), (text, edits) => {
          same(mutate(text, edits));
        }),
        { numRuns: 500 * scale },
      );
    },
    patience,
  );

  test(
    "in lines put together by chance",
    () => {
      fc.assert(
        fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
          same(lines.join("\n"));
        }),
        { numRuns: 3000 * scale },
      );
    },
    patience,
  );
});
