import { expect, test } from "vitest";
import { bundleAll } from "../../scripts/build.mjs";

/** Kilobytes, minified, that no bundle exceeds; `docs/performance.md` tells what they are and should be. */
const most: Readonly<Record<string, number>> = {
  "dist/extension.js": 5,
  "dist/lab.js": 60,
  "dist/language.js": 490,
  "dist/worker.js": 585,
  "dist/layout.js": 60,
  "dist/models.js": 100,
  "dist/thread.js": 2,
  "dist/web/extension.js": 65,
  "dist/panel.js": 150,
  "dist/pictures.js": 31,
  "dist/history.js": 30,
  "dist/report.js": 10,
};

const bundles = new Map((await bundleAll(false)).map(({ name, ...bundle }) => [name, bundle]));

test("what VS Code loads stays small", () => {
  for (const [name, limit] of Object.entries(most)) {
    const kilobytes = (bundles.get(name)?.bytes ?? 0) / 1000;
    expect(kilobytes, name).toBeGreaterThan(0);
    expect(kilobytes, name).toBeLessThanOrEqual(limit);
  }
});

test("the extension host holds neither parser nor checks nor engine: it asks the workers", () => {
  for (const name of ["dist/extension.js", "dist/lab.js", "dist/web/extension.js"])
    expect(
      bundles.get(name)?.sources.filter((source) => !/^src\/(host|report)\//.test(source)),
      name,
    ).toEqual([]);
});

test("the engine's worker holds no parser, and the language worker no engine", () => {
  const sources = (bundle: string) => bundles.get(`dist/${bundle}.js`)?.sources ?? [];
  expect(sources("worker").filter((source) => source.startsWith("src/core/parse/"))).toEqual([]);
  expect(sources("language")).not.toContain("src/core/run.ts");
  expect(sources("language")).toContain("src/core/parse/parse.ts");
});
