import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, extension, openYaml, problems, thumbnails, until } from "./editor.ts";

/** VS Code's own table of the extensions that it has activated (`Developer: Startup Performance`). */
async function activated(): Promise<string> {
  await vscode.commands.executeCommand("perfview.show");
  const table = await until("VS Code's table of activations", () =>
    vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === "perf"),
  );
  return until("the table's rows", () => {
    const text = table.getText();
    return text.includes("Activated by") || text.includes("## Extension Activation Stats") ? text : undefined;
  });
}

/** The bundle of parser, checks and views, apart from the one that only looks. */
function labLoaded(): boolean {
  const lab = vscode.Uri.joinPath(extension().extensionUri, "dist", "lab.js").fsPath;
  return Object.hasOwn(require.cache, lab);
}

// The files run in the order of their names: nothing has opened a YAML file before these.
describe("activation", () => {
  after(closeAll);

  it("does not happen in a window whose open files are of other kinds", async () => {
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ language: "json", content: "{}" }),
    );
    assert.equal(extension().isActive, false);
    assert.doesNotMatch(await activated(), /brokerlab/);
  });

  it("loads neither parser nor checks for a YAML file that is no topology", async () => {
    const { document } = await openYaml("name: something else\nqueues: [a, b]\n");
    await until("the activation", () => extension().isActive);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
    );
    assert.deepEqual(lenses, []);
    assert.deepEqual(problems(document), []);
    assert.equal(labLoaded(), false);
  });

  it("happens with the first topology file, and is told by VS Code's own table", async () => {
    const { document } = await openYaml(thumbnails.replace("queue: mails, rate", "queue: mail, rate"));
    await until("a problem of the file", () => problems(document).length > 0);
    assert.equal(labLoaded(), true);
    const row = (await activated()).split("\n").find((line) => line.includes("brokerlab"));
    assert.ok(row !== undefined, "the table has a row of ours");
    assert.match(row, /onLanguage:yaml/);
    console.log(`      ${row.replace(/\s+/g, " ")}`);
  });
});
