import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { check, parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";

const folder = new URL("../../starters/", import.meta.url);
const files = readdirSync(folder);
const seeds = [1, 2, 3, 4, 5];

describe.each(files)("%s", (file) => {
  const text = readFileSync(new URL(file, folder), "utf8");

  test("checks clean", () => expect(check(text)).toEqual([]));

  test.each(seeds)("holds what it expects with seed %i", (seed) => {
    const { expect: outcomes } = simulate(parse(text).topology, { seed }).summary;
    expect(outcomes.length).toBeGreaterThan(0);
    expect(outcomes.filter(({ holds }) => !holds)).toEqual([]);
  });
});
