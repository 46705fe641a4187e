import { expect, it } from "vitest";
import { whyLines } from "../../src/cli/why.ts";

const lines = (count: number) =>
  whyLines(
    Array.from({ length: count }, (_, number) => ({
      kind: "backlog",
      mood: "warn",
      says: [`It is number ${number}.`],
    })),
  );

it("of more than a screen holds it says how many more there are, unless that is one", () => {
  expect(lines(9)).toEqual(Array.from({ length: 9 }, (_, number) => `why: It is number ${number}.`));
  expect(lines(10)).toEqual([...lines(8), "why: and 2 more"]);
});
