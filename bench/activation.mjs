// How long the extension takes to activate in a real VS Code, by the editor's own table of its extensions.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inProject } from "../scripts/paths.mjs";

const starts = 5;

/** Lines of a table, one row for each start of the editor: milliseconds. The tests of activation print their row. */
export async function measureActivation() {
  const rows = [];
  for (let start = 1; start <= starts; start++) {
    const { stdout } = await promisify(execFile)(process.execPath, [inProject("scripts/test-host.mjs")], {
      env: { ...process.env, BROKERLAB_TEST_FILES: "activation" },
    });
    const row = stdout.split("\n").find((line) => line.includes("brokerlab") && line.includes("onLanguage"));
    if (row === undefined) throw new Error(`The editor told nothing of the activation:\n${stdout}`);
    rows.push(row.trim().replace(/^\| *| *\|$/g, ""));
  }
  return [
    "| start | extension | eager | load code | call activate | finish activate | event | by |",
    "| ---: | --- | --- | ---: | ---: | ---: | --- | --- |",
    ...rows.map((row, index) => `| ${index + 1} | ${row} |`),
  ];
}
