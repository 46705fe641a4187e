import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, replace, thumbnails } from "./editor.ts";

/** A place in the folder of the tests' window. */
function target(name: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
}

/** The name of the run that the panel shows. */
async function shownRun(): Promise<string> {
  await vscode.commands.executeCommand("brokerlab.saveResults", "json", target("shown.json"));
  const bytes = await vscode.workspace.fs.readFile(target("shown.json"));
  return (JSON.parse(new TextDecoder().decode(bytes)) as { readonly name: string }).name;
}

async function becomes(name: string): Promise<void> {
  const deadline = Date.now() + 100_000;
  while ((await shownRun()) !== name) {
    assert.ok(Date.now() < deadline, `the panel never showed the run ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe("run on save", () => {
  const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration("brokerlab");
  after(async () => {
    await settings().update("runOnSave", undefined, vscode.ConfigurationTarget.Workspace);
    await closeAll();
  });

  it("runs a saved file where the setting asks for it, and a broken one never", async function () {
    // Three runs and their files, on whatever machine.
    this.timeout(240_000);
    const file = target("saved.topology.yaml");
    const text = thumbnails.replace("name: Thumbnails", "name: first");
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
    const editor = await vscode.window.showTextDocument(file);
    await vscode.commands.executeCommand("brokerlab.run", file);
    assert.equal(await shownRun(), "first");
    await settings().update("runOnSave", true, vscode.ConfigurationTarget.Workspace);
    await replace(editor, "name: first", "name: second");
    await editor.document.save();
    await becomes("second");
    await replace(editor, "name: second", "nmae: broken");
    await editor.document.save();
    await replace(editor, "nmae: broken", "name: third");
    await editor.document.save();
    await becomes("third");
  });
});
