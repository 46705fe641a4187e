import { expect, test } from "vitest";
import { bundleAll } from "../../scripts/build.mjs";

/** Kilobytes, minified, that no bundle exceeds; `docs/performance.md` tells what they are and should be. */
const most: Readonly<Record<string, number>> = {
  "dist/extension.js": 5,
  "dist/lab.js": 200,
  "dist/web/extension.js": 210,
  "dist/worker.js": 200,
  "dist/web/worker.js": 200,
  "dist/panel.js": 150,
};

test("what VS Code loads stays small", async () => {
  const sizes = new Map((await bundleAll(false)).map(({ name, bytes }) => [name, bytes / 1000]));
  for (const [name, limit] of Object.entries(most)) {
    expect(sizes.get(name), name).toBeGreaterThan(0);
    expect(sizes.get(name), name).toBeLessThanOrEqual(limit);
  }
}, 60_000);
