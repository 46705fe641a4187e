import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { check, codes } from "../../src/core/index.ts";
import { allMetrics } from "../../src/core/model/metrics.ts";

const docs = new URL("../../docs/", import.meta.url);
const pages = readdirSync(docs, { recursive: true, encoding: "utf8" }).filter((page) => page.endsWith(".md"));

interface Block {
  readonly page: string;
  readonly line: number;
  readonly bad: boolean;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(new URL(page, docs), "utf8");
  return [...text.matchAll(/^```yaml([^\n]*)\n([\s\S]*?)^```$/gmu)].map(
    ({ 1: mark = "", 2: block = "", index }) => ({
      page,
      line: text.slice(0, index).split("\n").length,
      bad: mark.trim() === "bad",
      text: block,
    }),
  );
}

const blocks = pages.flatMap(blocksOf);

test.each(blocks.filter(({ bad }) => !bad).map((block) => [`${block.page}:${block.line}`, block] as const))(
  "%s checks clean",
  (_, { text }) => {
    expect(check(text)).toEqual([]);
  },
);

test.each(blocks.filter(({ bad }) => bad).map((block) => [`${block.page}:${block.line}`, block] as const))(
  "%s is bad in the way of its page",
  (_, { page, text }) => {
    const code = page.replace(/^checks\//u, "").replace(/\.md$/u, "");
    expect([...new Set(check(text).map((problem) => problem.code))]).toEqual([code]);
  },
);

describe("every code", () => {
  test.each(codes)("%s has a page with a failing and a mended example", (code) => {
    const own = blocksOf(`checks/${code}.md`);
    expect(own.map(({ bad }) => bad)).toEqual([true, false]);
  });

  test("that has a page is in the catalogue", () => {
    const written = pages
      .filter((page) => page.startsWith("checks/"))
      .map((page) => page.slice("checks/".length, -".md".length));
    expect(written.toSorted()).toEqual([...codes].toSorted());
  });
});

test.each([...new Set(allMetrics.map(({ name }) => name.replace(/\.(?:mean|p\d+|max|end)$/u, "")))])(
  "the metric %s stands in the format's page",
  (name) => {
    expect(readFileSync(new URL("format.md", docs), "utf8")).toContain(`\`${name}\``);
  },
);
