import { expect, it } from "vitest";
import {
  hashOfInteger,
  hashOfText,
  hashOfTextInList,
  hashOfTypedBoolean,
  hashOfTypedText,
  rangeDefault,
} from "../../../src/core/queue/phash2.ts";

/** Answers of Erlang's own `phash2`, with a range where one is given. */
it("hashes texts, lists of one text and typed texts as Erlang does", () => {
  expect(hashOfText("eu") % 127).toBe(13);
  expect(hashOfText("")).toBe(147_926_629);
  expect(hashOfTextInList("eu")).toBe(1_151_426_982);
  expect(hashOfTextInList("eu") % 127).toBe(24);
  expect(hashOfTextInList("europe") % 2039).toBe(551);
  expect(hashOfTypedText("eu")).toBe(2_642_339_402);
  expect(hashOfTypedText("a longer value of 20") % rangeDefault).toBe(41_758_816);
  expect(hashOfTypedText("") % rangeDefault).toBe(116_351_706);
});

it("hashes typed truth values and whole numbers as Erlang does", () => {
  expect(hashOfTypedBoolean(true)).toBe(568_901_355);
  expect(hashOfTypedBoolean(false)).toBe(3_141_153_463);
  expect([0, 1, 2, -1].map(hashOfInteger)).toEqual([
    3_175_731_469, 539_485_162, 2_577_631_668, 1_117_813_597,
  ]);
  expect([100_000, 134_217_727, -134_217_727].map(hashOfInteger)).toEqual([
    718_565_498, 4_273_352_567, 3_317_612_222,
  ]);
});
