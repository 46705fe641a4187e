import { execFileSync } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { upToDatePackage } from "../../scripts/package.mjs";
import { projectFolder } from "../../scripts/paths.mjs";
import { openPackaged } from "../../tools/editor/packaged.mjs";
import { command, openFile, resultsPanel } from "../../tools/editor/person.mjs";

const example = "orders.topology.yaml";

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
        !/^(dist\/(web\/)?[\w-]+\.(js|css)|schemas\/[\w.]+\.json|starters\/[\w-]+\.topology\.yaml|docs\/.*\.(md|png)|media\/[\w/-]+\.(png|svg)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(
          name,
        ),
    );
    expect(strange).toEqual([]);
    for (const needed of [
      "dist/extension.js",
      "dist/lab.js",
      "dist/worker.js",
      "dist/web/extension.js",
      "dist/web/worker.js",
      "dist/panel.js",
      "dist/panel.css",
    ])
      expect(shipped).toContain(needed);
    expect((await stat(file)).size).toBeLessThan(1_000_000);
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
