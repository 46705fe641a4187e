import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, codeOf, extension, openYaml, problems, until } from "./editor.ts";

/** The failing example of each check's page. */
async function examples(): Promise<[code: string, text: string][]> {
  const folder = vscode.Uri.joinPath(extension().extensionUri, "docs", "checks");
  const found: [string, string][] = [];
  for (const [page] of await vscode.workspace.fs.readDirectory(folder)) {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, page));
    const bad = /^```yaml bad\n([\s\S]*?)^```$/mu.exec(new TextDecoder().decode(bytes))?.[1];
    assert.ok(bad, `${page} has a failing example`);
    found.push([page.replace(/\.md$/u, ""), bad]);
  }
  return found;
}

const told = (document: vscode.TextDocument): string[] => problems(document).map(codeOf).sort();

describe("every quick fix, at the failing example of its check's page", () => {
  afterEach(closeAll);

  it("takes its problem away and adds none; whatever may be meant can be switched off", async () => {
    const mended = new Set<string>();
    for (const [code, text] of await examples()) {
      const { document } = await openYaml(text);
      await until(`the problem of ${code}`, () => told(document).includes(code));
      const before = told(document);
      const problem = problems(document).find((one) => codeOf(one) === code)!;
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        document.uri,
        problem.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      const off = actions.find(({ title }) => title.startsWith("Disable") && title.includes(code));
      if (problem.severity !== vscode.DiagnosticSeverity.Error) assert.ok(off, `${code} can be switched off`);
      const mend = actions.find(({ title }) => !title.startsWith("Disable")) ?? off;
      if (mend === undefined) continue;
      if (mend !== off) mended.add(code);
      assert.ok(mend.edit);
      assert.ok(await vscode.workspace.applyEdit(mend.edit));
      const left = before.toSpliced(before.indexOf(code), 1);
      await until(
        `'${mend.title}' to mend ${code}: ${told(document).join()} should be ${left.join()} in\n${document.getText()}`,
        () => told(document).join() === left.join(),
      );
      await closeAll();
    }
    for (const code of ["unknown-reference", "dead-letter-missing", "duplicate-binding", "requeue-loop"])
      assert.ok(mended.has(code), `${code} is mended, not only switched off`);
    assert.ok(mended.size >= 30, `${mended.size} codes are mended`);
  }).timeout(600_000);
});
