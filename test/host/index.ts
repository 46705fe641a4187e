import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";

/** Called by VS Code in its extension host. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", reporter: "spec", color: true, timeout: 60_000, forbidOnly: true });
  const wanted = process.env["BROKERLAB_TEST_FILES"] ?? "";
  for (const name of readdirSync(__dirname, { recursive: true, encoding: "utf8" }).sort())
    if (name.endsWith(".test.cjs") && name.includes(wanted)) mocha.addFile(join(__dirname, name));

  const passed: string[] = [];
  const failed: string[] = [];
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on("pass", (test) => passed.push(test.fullTitle()))
      .on("fail", (test, { message }: Error) => failed.push(`${test.fullTitle()}\n${message}`));
  });
  const report = process.env["BROKERLAB_TEST_REPORT"];
  if (report !== undefined)
    writeFileSync(report, JSON.stringify({ passed: passed.length, failed: failed.length, failures: failed }));
  if (failed.length > 0) throw new Error(`${failed.length} failed in the editor`);
  if (passed.length === 0) throw new Error("No test ran in the editor");
}
