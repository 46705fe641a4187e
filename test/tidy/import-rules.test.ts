import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { project, read } from "./files.ts";

/** A file planted at this path with this one line, and the rule that must speak: none when the line is right. */
type Plant = readonly [path: string, code: string, rule?: string];

const imports = "eslint(no-restricted-imports)";
const globals = "eslint(no-restricted-globals)";
const properties = "eslint(no-restricted-properties)";

const plants: readonly Plant[] = [
  ["src/core/text/a.ts", `export { a } from "../model/topology.ts";`, imports],
  ["src/core/text/a.ts", `export { a } from "./span.ts";`],
  ["src/core/model/a.ts", `export { a } from "../sim/kernel.ts";`, imports],
  ["src/core/model/a.ts", `export { a } from "../text/span.ts";`],
  ["src/core/problems/a.ts", `export { a } from "../parse/parse.ts";`, imports],
  ["src/core/sim/a.ts", `export { a } from "../log/partition-log.ts";`, imports],
  ["src/core/sim/a.ts", `export { a } from "../queue/queue.ts";`, imports],
  ["src/core/sim/a.ts", `export { a } from "../model/topology.ts";`, imports],
  ["src/core/sim/a.ts", `export { a } from "../stats/trace.ts";`],
  ["src/core/stats/a.ts", `export { a } from "../queue/queue.ts";`, imports],
  ["src/core/log/a.ts", `export { a } from "../queue/queue.ts";`, imports],
  ["src/core/log/a.ts", `export type { A } from "../queue/queue.ts";`, imports],
  ["src/core/log/a.ts", `export const a = () => import("../queue/queue.ts");`, imports],
  ["src/core/log/deep/a.ts", `export { a } from "../../queue/queue.ts";`, imports],
  ["src/core/log/deep/a.ts", `export { a } from "../../run.ts";`, imports],
  ["src/core/log/deep/a.ts", `export { a } from "../../parse/parse.ts";`, imports],
  ["src/core/log/deep/a.ts", `export { a } from "../partition-log.ts";`],
  ["src/core/log/deep/a.ts", `export { a } from "../other/b.ts";`],
  ["src/core/log/deep/a.ts", `export { a } from "../../sim/kernel.ts";`],
  ["src/core/log/a.ts", `export { a } from "../sim/kernel.ts";`],
  ["src/core/queue/a.ts", `export { a } from "../log/partition-log.ts";`, imports],
  ["src/core/queue/a.ts", `export { a } from "../parse/parse.ts";`, imports],
  ["src/core/queue/deep/a.ts", `export { a } from "../../log/partition-log.ts";`, imports],
  ["src/core/queue/deep/a.ts", `export { a } from "../routing.ts";`],
  ["src/core/workload/a.ts", `export { a } from "../log/partition-log.ts";`, imports],
  ["src/core/workload/a.ts", `export { a } from "../stats/trace.ts";`],
  ["src/core/parse/a.ts", `export { a } from "../checks/all.ts";`, imports],
  ["src/core/parse/a.ts", `export { parse } from "yaml";`],
  ["src/core/expect/a.ts", `export { a } from "../sim/kernel.ts";`, imports],
  ["src/core/explain/a.ts", `export { a } from "../sim/kernel.ts";`, imports],
  ["src/core/explain/a.ts", `export { a } from "../stats/result.ts";`],
  ["src/core/compare/a.ts", `export { a } from "../sim/kernel.ts";`, imports],
  ["src/core/compare/a.ts", `export { a } from "../parse/parse.ts";`, imports],
  ["src/core/compare/a.ts", `export { a } from "../parse/yaml-text.ts";`],
  ["src/core/translation/a.ts", `export { a } from "../run.ts";`, imports],
  ["src/core/translation/a.ts", `export { a } from "../log/murmur2.ts";`, imports],
  ["src/core/translation/a.ts", `export { a } from "../capacity/streams.ts";`],
  ["src/core/checks/a.ts", `export { a } from "../sim/kernel.ts";`, imports],
  ["src/core/checks/a.ts", `export { parse } from "yaml";`, imports],
  ["src/core/checks/a.ts", `export { a } from "../queue/route.ts";`],
  ["src/core/language/a.ts", `export { a } from "../queue/routing.ts";`],
  ["src/core/language/a.ts", `export { a } from "../parse/parse.ts";`],
  ["src/core/language/a.ts", `export { a } from "../run.ts";`, imports],
  ["src/core/language/a.ts", `export { a } from "../log/murmur2.ts";`, imports],
  ["src/worker/session.ts", `export { a } from "../core/language.ts";`],
  ["src/host/a.ts", `export type { A } from "../core/language.ts";`, imports],
  ["src/core/capacity/a.ts", `export { a } from "../run.ts";`, imports],
  ["src/core/sim/a.ts", `export { a } from "node:fs";`, imports],
  ["src/core/a.ts", `export { a } from "vscode";`, imports],
  ["src/core/a.ts", `export { a } from "../protocol/run.ts";`, imports],
  ["src/core/a.ts", `export { a } from "./parse/parse.ts";`],
  ["src/core/sim/a.ts", `export const a = Date.now();`, globals],
  ["src/core/sim/a.ts", `export const a = new Date();`, globals],
  ["src/core/sim/a.ts", `export const a = Math.random();`, properties],
  ["src/core/sim/a.ts", `export const a = Math["pow"](2, 3);`, properties],
  ["src/core/sim/a.ts", `export const { pow } = Math;`, properties],
  ["src/core/sim/a.ts", `export const a = Math.sqrt(2);`],
  ["src/protocol/a.ts", `import { a } from "../core/index.ts";\nexport const b = a;`, imports],
  ["src/protocol/a.ts", `export type { A } from "../core/run.ts";`, imports],
  ["src/protocol/a.ts", `export type { A } from "../core/index.ts";`],
  ["src/worker/session.ts", `export { a } from "../core/sim/kernel.ts";`, imports],
  ["src/worker/session.ts", `export { a } from "node:worker_threads";`, imports],
  ["src/worker/engine-worker.ts", `export { a } from "node:worker_threads";`, imports],
  ["src/worker/thread.ts", `export { a } from "node:worker_threads";`],
  ["src/worker/language-worker.ts", `export { a } from "node:worker_threads";`, imports],
  ["src/worker/session.ts", `export { a } from "../core/run.ts";`],
  ["src/cli/a.ts", `export { a } from "../core/parse/parse.ts";`, imports],
  ["src/cli/a.ts", `export { a } from "vscode";`, imports],
  ["src/cli/a.ts", `export { a } from "node:fs";`],
  ["src/host/a.ts", `export { a } from "../core/run.ts";`, imports],
  ["src/host/a.ts", `export { a } from "../worker/session.ts";`, imports],
  ["src/host/a.ts", `export { a } from "../webview/shared/host.ts";`, imports],
  ["src/host/a.ts", `export { a } from "node:fs";`, imports],
  ["src/host/worker-thread.ts", `export { a } from "node:worker_threads";`],
  ["src/host/a.ts", `export { a } from "../core/index.ts";`, imports],
  ["src/host/a.ts", `export type { A } from "../core/index.ts";`],
  ["src/report/a.ts", `export { a } from "../core/index.ts";`, imports],
  ["src/report/a.ts", `export type { A } from "../core/index.ts";`],
  ["src/report/a.ts", `export { a } from "node:fs";`, imports],
  ["src/report/a.ts", `export { a } from "../protocol/panel.ts";`, imports],
  ["src/host/a.ts", `export { a } from "../report/csv.ts";`],
  ["src/cli/a.ts", `export { a } from "../report/csv.ts";`],
  ["src/webview/report/a.ts", `export { a } from "../panel/figure.tsx";`, imports],
  ["src/webview/report/a.ts", `export { a } from "../../report/outcome-file.ts";`],
  ["src/webview/panel/a.ts", `export { a } from "../../core/index.ts";`, imports],
  ["src/webview/panel/a.ts", `export { a } from "vscode";`, imports],
  ["src/webview/panel/a.ts", `export { a } from "yaml";`, imports],
  ["src/webview/panel/a.ts", `export { a } from "../shared/format.ts";`],
  ["src/webview/panel/chart/a.ts", `export { a } from "../../../protocol/panel.ts";`],
  ["src/webview/shared/a.ts", `export { a } from "../panel/figure.tsx";`, imports],
  ["src/webview/shared/a.ts", `export { h } from "preact";`],
];

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
}

/** The rules that speak about each planted file, by its folder. */
const spoken = new Map<string, string[]>();
const folder = mkdtempSync(join(tmpdir(), "brokerlab-lint-"));

/** Type-aware rules need the whole project, and may be asked for at its root alone. */
const { options: _, ...rules } = JSON.parse(read(".oxlintrc.json")) as Record<string, unknown>;

beforeAll(() => {
  plants.forEach(([path, code], index) => {
    const root = join(folder, String(index));
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${code}\n`);
    writeFileSync(join(root, ".oxlintrc.json"), JSON.stringify(rules));
  });
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  const report = JSON.parse(lint()) as Report;
  for (const { code, filename } of report.diagnostics) {
    const [index = ""] = filename.split(/[\\/]/);
    spoken.set(index, [...(spoken.get(index) ?? []), code]);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lint(): string {
  const oxlint = join(project, "node_modules/oxlint/bin/oxlint");
  try {
    return execFileSync(
      process.execPath,
      [oxlint, "--format=json", ...plants.map((_, index) => String(index))],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
  } catch (error) {
    // Findings make it exit with 1, which is what the plants are for.
    return (error as { stdout: string }).stdout;
  }
}

test.each(plants.map(([path, code, rule], index) => ({ path, code, rule, index })))(
  "$path: $code",
  ({ rule, index }) => {
    const about = (spoken.get(String(index)) ?? []).filter((code) =>
      [imports, globals, properties].includes(code),
    );
    expect([...new Set(about)]).toEqual(rule === undefined ? [] : [rule]);
  },
);
