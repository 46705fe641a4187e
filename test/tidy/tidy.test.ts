import { basename, dirname, join } from "node:path";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codes } from "../../src/core/index.ts";
import { bareCode, files, project, read } from "./files.ts";

const linesMax = 400;

/** Lint cannot forbid an operator; its bits differ between versions of Node. */
const powers = (code: string): number[] =>
  bareCode(code)
    .split("\n")
    .flatMap((line, index) => (line.includes("**") ? [index + 1] : []));

describe("the core", () => {
  test("raises nothing to a power", () => {
    const found = files(/^src\/core\/.*\.ts$/).flatMap((file) =>
      powers(read(file)).map((line) => `${file}:${line}`),
    );
    expect(found).toEqual([]);
  });

  test.each([
    ["export const cube = side ** 3;", [1]],
    ["let area = 2;\narea **= 2;", [2]],
    ["/** Two ** three */\nconst glob = '**/x'; // 2 ** 3", []],
  ])("a power is seen in code alone: %s", (code, lines) => {
    expect(powers(code)).toEqual(lines);
  });
});

/** A field that appears later gives its object another shape, and code that met both is slower. */
const shapeless = (code: string): string[] =>
  code
    .split(/^}$/m)
    .map((block) => block.slice(block.search(/^(export )?(abstract )?class /m)))
    .filter((block) => /^(export )?(abstract )?class /.test(block))
    .flatMap((body) => [
      ...body.matchAll(/^ {2}(?:private |protected |override )*(\w+): [^=(;]*undefined;$/gm),
    ])
    .map(([, name = ""]) => name);

test("fields of the core that may be undefined begin as it", () => {
  expect(shapeless("class A {\n  private one: B | undefined;\n  f() { return this.one; }\n}")).toEqual([
    "one",
  ]);
  const found = files(/^src\/core\/.*\.ts$/).flatMap((file) =>
    shapeless(read(file)).map((name) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});

test(`no file is longer than ${linesMax} lines`, () => {
  const long = files(/^(src|scripts|tools|bench)\/.*\.(ts|tsx|mjs|cjs)$/)
    .map((file) => ({ file, lines: read(file).split("\n").length - 1 }))
    .filter(({ lines }) => lines > linesMax);
  expect(long).toEqual([]);
});

test("files are named after things, not after habits", () => {
  const vague = /(^|[/-])(utils?|helpers?|managers?|misc|common)([./-]|$)/;
  expect(files(/^(src|test|scripts|tools|bench)\//).filter((file) => vague.test(file))).toEqual([]);
  expect(files(/^src\/.*\.tsx?$/).filter((file) => /[A-Z_]/.test(file))).toEqual([]);
});

test("no test is switched off or alone", () => {
  const off = /\b(it|test|describe|suite)\.(only|skip|todo|fails)\b/;
  expect(files(/^test\/.*\.ts$/).filter((file) => off.test(bareCode(read(file))))).toEqual([]);
});

test("no type check and no lint rule is switched off on a line", () => {
  const silenced = /@ts-(ignore|expect-error|nocheck)|(oxlint|eslint)-disable/;
  const self = "test/tidy/tidy.test.ts";
  const sources = files(/\.(ts|tsx|mjs|cjs)$/).filter((file) => file !== self);
  expect(sources.filter((file) => silenced.test(read(file)))).toEqual([]);
});

test("lockfiles name no host", () => {
  for (const lockfile of files(/(^|\/)package-lock\.json$/))
    expect(read(lockfile)).not.toMatch(/"resolved":/);
});

test("links between pages lead somewhere", () => {
  const dead = files(/\.md$/).flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !existsSync(join(project, dirname(page), decodeURIComponent(target))))
      .map((target) => `${page}: ${target}`),
  );
  expect(dead).toEqual([]);
});

test("each check has its page, and each page its check", () => {
  const pages = files(/^docs\/checks\/[^/]+\.md$/).map((file) => basename(file, ".md"));
  expect(pages.toSorted()).toEqual([...codes].toSorted());
});
