// Runs test/host inside a real VS Code: the one that npm carries, or with --desktop one that is downloaded.
import { cp, mkdir, mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { build as bundle } from "esbuild";
import { carriedEditorRuns, editorFolder } from "../tools/editor/carried.mjs";
import { build } from "./build.mjs";
import { buildFolder, inProject, projectFolder } from "./paths.mjs";

const bundled = inProject("dist-test/host");

async function bundleTests() {
  const names = await readdir(inProject("test/host"), { recursive: true });
  await rm(bundled, { recursive: true, force: true });
  await bundle({
    absWorkingDir: projectFolder,
    entryPoints: names.filter((name) => /(\.test|^index)\.ts$/.test(name)).map((name) => `test/host/${name}`),
    outbase: "test/host",
    outdir: bundled,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    external: ["vscode", "mocha"],
    alias: { yaml: inProject("node_modules/yaml/browser/dist/index.js") },
    logLevel: "warning",
  });
}

/** @param {{ desktop: boolean, report: string }} options */
async function runInEditor({ desktop, report }) {
  const temporary = await realpath(await mkdtemp(join(tmpdir(), "brokerlab-host-")));
  const workspace = join(temporary, "workspace");
  await mkdir(workspace);
  await cp(inProject("examples"), workspace, { recursive: true });
  try {
    return await runTests({
      ...(desktop ? {} : { vscodeExecutablePath: join(editorFolder, "code.mjs") }),
      extensionDevelopmentPath: projectFolder,
      extensionTestsPath: join(bundled, "index.cjs"),
      launchArgs: [
        workspace,
        "--disable-extensions",
        `--user-data-dir=${join(temporary, "user-data")}`,
        `--extensions-dir=${join(temporary, "extensions")}`,
      ],
      extensionTestsEnv: {
        BROKERLAB_TEST_REPORT: report,
        BROKERLAB_TEST_FILES: process.env["BROKERLAB_TEST_FILES"],
      },
    });
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
}

const report = join(buildFolder, "reports/host.json");
await mkdir(join(buildFolder, "reports"), { recursive: true });
await rm(report, { force: true });
await build();
await bundleTests();
try {
  const desktop = process.argv.includes("--desktop") || !carriedEditorRuns();
  process.exitCode = await runInEditor({ desktop, report });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
