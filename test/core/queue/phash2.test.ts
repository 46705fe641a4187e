import { expect, it } from "vitest";
import {
  hashOfText,
  hashOfTextInList,
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
