import { describe, expect, it } from "vitest";
import { parse, stopsRun } from "../../src/core/index.ts";
import { faultKinds, plantedFaults } from "./faults.ts";
import { judgements } from "./judgements.ts";
import { foreignReports, isReported, precisionPage } from "./precision-page.ts";
import { story } from "./story.ts";
import { foreignFiles } from "./topology-of.ts";

const files = foreignFiles();

describe("files of others", () => {
  it("are at least thirty, half of them held out, and fit the format", () => {
    expect(files.length).toBeGreaterThanOrEqual(30);
    expect(files.filter(({ heldOut }) => heldOut)).toHaveLength(files.length / 2);
    for (const { source, inUse } of files) {
      const wrong = parse(inUse).problems.filter((one) => stopsRun(one) && one.code !== "not-simulated-yet");
      expect(wrong, source).toEqual([]);
    }
  });

  it("have no report that has not been judged", () => {
    const judged = ({ file, code }: { file: { source: string }; code: string }) =>
      [...judgements].some(
        ([known, { files: in_ }]) => known === code && in_.some((one) => file.source.startsWith(`${one}/`)),
      );
    expect(foreignReports().filter((report) => !judged(report))).toEqual([]);
  });
});

describe("faults planted in them", () => {
  const faults = plantedFaults(2);

  it("are two hundred, of every kind", () => {
    expect(faults).toHaveLength(200);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(faultKinds));
  });

  it("are reported at their word, 95% of them at least, with another seed than the page's", () => {
    const missed = faults.filter((fault) => !isReported(fault));
    const told = missed.map(({ kind, file }) => `${kind.what} in ${file.source}`);
    expect(missed.length, told.join("\n")).toBeLessThanOrEqual(faults.length * 0.05);
  });
});

it("stands in docs/precision.md", async () => {
  await expect(precisionPage(story)).toMatchFileSnapshot("../../docs/precision.md");
});
