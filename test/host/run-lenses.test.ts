import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, openYaml, thumbnails, until } from "./editor.ts";

async function titles(document: vscode.TextDocument): Promise<string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    document.uri,
    10,
  );
  return lenses.map(({ command }) => command?.title ?? "");
}

describe("the lens over the `topology:` line", () => {
  afterEach(closeAll);

  it("names the seed, stands on that line, and tells how the last run ended", async () => {
    const { document } = await openYaml(`# A comment comes first.\n${thumbnails}`);
    await until("the lens", () => vscode.languages.getDiagnostics(document.uri) !== undefined);
    let shown: string[] = [];
    while (!shown.includes("▷ Run · seed 3")) shown = await titles(document);
    const [lens] = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
    );
    assert.equal(lens?.range.start.line, 1);
    await vscode.commands.executeCommand("brokerlab.run");
    assert.deepEqual(await titles(document), ["▷ Run · seed 3", "✓ 1 expectation holds"]);
    await vscode.window.showTextDocument(document, { viewColumn: 1 });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), "# Edited.\n");
    await vscode.workspace.applyEdit(edit);
    assert.deepEqual(await titles(document), [
      "▷ Run · seed 3",
      "✓ 1 expectation holds (before the last edits)",
    ]);
  });
});
