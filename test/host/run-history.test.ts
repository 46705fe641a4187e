import assert from "node:assert/strict";
import * as vscode from "vscode";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { RunHistory } from "../../src/host/run-history.ts";
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

describe("what is kept of the last runs", () => {
  const storage = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, "storage");
  const uri = "file:///kept.topology.yaml";
  const result = simulate(parse(thumbnails).topology);
  const keep = (history: RunHistory, text: string, of = uri): Promise<void> =>
    history.keep({ uri: of, text, wallMs: 1, result });
  const texts = async (history: RunHistory, of = uri): Promise<readonly string[]> =>
    (await history.of(of)).map(({ text }) => text);

  it("are the newest ten of each file, also for another window; columns of the newest two, in this one", async () => {
    const history = new RunHistory(storage);
    for (let run = 1; run <= 12; run++) await keep(history, `run ${run}`);
    const newest = [
      "run 12",
      "run 11",
      "run 10",
      "run 9",
      "run 8",
      "run 7",
      "run 6",
      "run 5",
      "run 4",
      "run 3",
    ];
    assert.deepEqual(await texts(history), newest);
    assert.deepEqual(
      [12, 11, 10].map((id) => history.columnsOf(uri, id) !== undefined),
      [true, true, false],
    );
    const another = new RunHistory(storage);
    assert.deepEqual(await texts(another), newest);
    assert.deepEqual((await another.of(uri))[0]!.summary, result.summary);
    assert.equal(another.columnsOf(uri, 12), undefined);
    await keep(another, "run 13");
    assert.equal((await another.of(uri))[0]!.id, 13);
    await keep(history, "other", "file:///other.topology.yaml");
    assert.deepEqual(await texts(history, "file:///other.topology.yaml"), ["other"]);
    assert.equal(history.columnsOf(uri, 12), undefined);
  });

  it("makes room for large files: the older ones go, the newest stays whatever its size", async () => {
    const history = new RunHistory(storage);
    const large = (letter: string, length: number): string => letter.repeat(length);
    for (const [letter, length] of [
      ["a", 1.5e6],
      ["b", 1.5e6],
      ["c", 1.5e6],
      ["d", 5e6],
    ] as const) {
      await keep(history, large(letter, length), "file:///large.topology.yaml");
      const kept = (await texts(history, "file:///large.topology.yaml")).map((text) => text[0]).join("");
      assert.equal(kept, { a: "a", b: "ba", c: "cb", d: "d" }[letter]);
    }
  });

  it("is nothing where another version, or something else, has written", async () => {
    const folder = vscode.Uri.joinPath(storage, "runs");
    for (const [name] of await vscode.workspace.fs.readDirectory(folder))
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), new TextEncoder().encode("{"));
    assert.deepEqual(await texts(new RunHistory(storage)), []);
  });
});
