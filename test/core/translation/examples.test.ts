import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/parse/parse.ts";
import { brokerModels, modelsOf, translate } from "../../../src/core/translation/translation.ts";
import { expectSameWorkload, translated } from "./conserved.ts";

const folders = ["examples", "starters"].map((folder) => new URL(`../../../${folder}/`, import.meta.url));
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".topology.yaml"))
    .map((name) => [name, readFileSync(new URL(name, folder), "utf8")] as const),
);

describe.each(files)("%s", (_, text) => {
  const models = modelsOf(parse(text).topology);

  it("is the same workload in the other model", () => {
    expectSameWorkload(text, translated(text));
  });

  it.each(brokerModels)("is a file as %s alone, unless it is one already", (to) => {
    if (models.length === 1 && models[0] === to) {
      expect(translate(parse(text), to)).toBeUndefined();
      return;
    }
    const translation = translated(text, to);
    expect(translation.to).toEqual([to]);
    expect(modelsOf(parse(translation.text).topology)).toEqual([to]);
    // What has come over goes back without an error as well.
    translated(translation.text);
  });
});
