import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll } from "vitest";
import { reportFiles } from "../../src/report/page.ts";

const project = join(import.meta.dirname, "../..");

export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as it ships, in a folder of its own with the files of a test. */
export function commandLine(files: Readonly<Record<string, string>>): {
  run: (...words: string[]) => Answer;
  folder: () => string;
} {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "brokerlab-cli-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    buildSync({
      entryPoints: [join(project, "src/cli/main.ts")],
      outfile: join(folder, "cli.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      alias: { yaml: join(project, "node_modules/yaml/browser/index.js") },
      logLevel: "silent",
    });
    // What a report is made of lies beside the program, as it ships.
    mkdirSync(join(folder, "web"));
    for (const name of reportFiles) writeFileSync(join(folder, name), `/* ${name} */`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder: () => folder,
    run: (...words) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, "cli.mjs"), ...words], {
        cwd: folder,
        encoding: "utf8",
      });
      return { status, stdout, stderr };
    },
  };
}
