import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, problems, replace, thumbnails, until } from "./editor.ts";

/** The editor's comparison of two texts that is in front, if one is. */
function shownDiff(): vscode.TabInputTextDiff | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff ? input : undefined;
}

async function textOf(uri: vscode.Uri): Promise<string> {
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

/** Takes the first of what is asked for, as often as something is. */
async function takeFirst(done: Thenable<unknown>): Promise<void> {
  const state = { ended: false };
  const end = (): void => void (state.ended = true);
  done.then(end, end);
  while (!state.ended) {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await done;
}

describe("the last runs of a file", () => {
  after(closeAll);

  it("keep the text of each: the editor compares two of them", async function () {
    this.timeout(120_000);
    // A name of its own: untitled files share theirs, and with it what was run.
    const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, "kept.topology.yaml");
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(thumbnails));
    const editor = await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand("brokerlab.run", uri);
    await replace(editor, "rate: 20/s", "rate: 30/s");
    await vscode.commands.executeCommand("brokerlab.run", uri);
    await vscode.window.showTextDocument(editor.document);
    await takeFirst(vscode.commands.executeCommand("brokerlab.compareRuns", uri));
    const diff = await until("the comparison", shownDiff);
    assert.match(await textOf(diff.original), /rate: 20\/s/);
    assert.match(await textOf(diff.modified), /rate: 30\/s/);
    // What was run is history: nothing in it can be mended.
    assert.deepEqual(problems(await vscode.workspace.openTextDocument(diff.original)), []);
  });

  it("say so where a run is not kept any more", async () => {
    const query = JSON.stringify({ file: "file:///none.topology.yaml", id: 7 });
    const gone = vscode.Uri.from({ scheme: "brokerlab-run", path: "/none.topology.yaml", query });
    assert.equal(await textOf(gone), "This run is not kept any more.");
  });

  it("open with the results", async () => {
    await vscode.commands.executeCommand("brokerlab.showHistory");
    const shown = (tab: vscode.Tab): boolean => tab.label === "BrokerLab Results";
    await until("the results", () => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(shown)));
  });
});
