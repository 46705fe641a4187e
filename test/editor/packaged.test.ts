import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { upToDatePackage } from "../../scripts/package.mjs";
import { projectFolder } from "../../scripts/paths.mjs";
import { openPackaged } from "../../tools/editor/packaged.mjs";
import { command, openFile, resultsPanel } from "../../tools/editor/person.mjs";

const example = "orders.topology.yaml";

/** Files that a page leads to, as the package names them; a folder stands for its files. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(projectFolder, page), "utf8");
  return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
    .map(([, target = ""]) => posix.join(posix.dirname(page), decodeURIComponent(target)))
    .filter((target) => !target.endsWith("/"));
}

describe("the package, installed as a user installs it", () => {
  let file: string;
  let editor: Awaited<ReturnType<typeof openPackaged>>;

  beforeAll(async () => {
    ({ file } = await upToDatePackage());
    editor = await openPackaged({ vsix: file, folder: join(projectFolder, "examples") });
  });
  afterAll(() => editor?.close());

  test("holds what runs and what people read, and is smaller than 1 MB", async () => {
    const shipped = await listFiles({ cwd: projectFolder, packageManager: PackageManager.None });
    const strange = shipped.filter(
      (name) =>
        !/^(dist\/(web\/)?[\w-]+\.(js|css)|schemas\/[\w.]+\.json|(starters|examples)\/[\w-]+\.topology\.yaml|l10n\/[\w.-]+\.json|docs\/.*\.(md|webp)|media\/[\w/-]+\.(png|svg|webp)|package(\.nls)?\.json|[A-Z]+\.md|LICENSE)$/.test(
          name,
        ),
    );
    expect(strange).toEqual([]);
    for (const needed of [
      "dist/extension.js",
      "dist/lab.js",
      "dist/worker.js",
      "dist/thread.js",
      "dist/web/extension.js",
      "dist/panel.js",
      "dist/panel.css",
    ])
      expect(shipped).toContain(needed);
    expect((await stat(file)).size).toBeLessThan(1_000_000);
  });

  test("lacks nothing that its pages lead to, or that its manifest names", async () => {
    const shipped = new Set(await listFiles({ cwd: projectFolder, packageManager: PackageManager.None }));
    const pages = [...shipped].filter((name) => name.endsWith(".md"));
    const dead = pages.flatMap((page) => linksOf(page).filter((target) => !shipped.has(target)));
    expect(dead).toEqual([]);
    const manifest = readFileSync(join(projectFolder, "package.json"), "utf8");
    const named = [...manifest.matchAll(/"((?:media|dist|schemas)\/[^"]+|\.\/schemas\/[^"]+)"/g)];
    expect(named.map(([, name = ""]) => posix.normalize(name)).filter((name) => !shipped.has(name))).toEqual(
      [],
    );
  });

  test("runs a simulation from the palette", async () => {
    const { page, workspace } = editor;
    await openFile(page, example);
    await command(page, "BrokerLab: Run Simulation");
    const sent = resultsPanel(page).locator('[data-path="totals.sent"]').first();
    await sent.waitFor();
    const printed = JSON.parse(
      execFileSync(process.execPath, ["dist/cli.mjs", "simulate", join(workspace, example), "--json"], {
        cwd: projectFolder,
        encoding: "utf8",
      }),
    ) as { readonly totals: { readonly sent: number } };
    expect(printed.totals.sent).toBeGreaterThan(0);
    expect(await sent.getAttribute("data-value")).toBe(String(printed.totals.sent));
  });
});
