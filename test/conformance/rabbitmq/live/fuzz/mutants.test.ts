import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutants } from "./mutants.ts";
import { mutated } from "./mutation.ts";

describe("mutants of the rules", () => {
  it.each(mutants)("$rule: $wrong", (mutant) => {
    const file = new URL(`../../../../../src/core/queue/${mutant.file}`, import.meta.url);
    const source = readFileSync(file, "utf8");
    expect(mutated(source, mutant)).not.toBe(source);
  });
});
