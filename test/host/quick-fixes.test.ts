import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, openYaml, problems, thumbnails, until } from "./editor.ts";

async function fixesAt(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
}

describe("quick fixes", () => {
  afterEach(closeAll);

  it("replace the wrong word by the nearest name", async () => {
    const { document } = await openYaml(
      thumbnails.replace("{queue: mails, prefetch", "{queue: mailz, prefetch"),
    );
    const [problem] = await until("the problem", () => problems(document).length > 0 && problems(document));
    assert.ok(problem);
    const fixes = await fixesAt(document, problem.range);
    const preferred = fixes.find(({ isPreferred }) => isPreferred === true);
    assert.ok(preferred?.edit, `one of ${fixes.map(({ title }) => title).join(", ")} is preferred`);
    assert.match(preferred.title, /mails/);
    assert.ok(await vscode.workspace.applyEdit(preferred.edit));
    assert.equal(document.getText(), thumbnails);
    await until("no problem", () => problems(document).length === 0);
  });

  it("switch a check off where it stands", async () => {
    const { document } = await openYaml(
      thumbnails.replace("{queue: mails, prefetch: 2, processing", "{queue: mails, processing"),
    );
    const [problem] = await until("the problem", () => problems(document).length > 0 && problems(document));
    assert.ok(problem);
    const off = (await fixesAt(document, problem.range)).find(({ title }) => title.startsWith("Disable"));
    assert.ok(off?.edit);
    assert.notEqual(off.isPreferred, true);
    assert.ok(await vscode.workspace.applyEdit(off.edit));
    assert.match(document.getText(), /\n {2}# brokerlab-disable-next-line unlimited-prefetch\n {2}mailer:/);
    await until("no problem", () => problems(document).length === 0);
  });

  it("are made all at once where they are safe", async () => {
    const twice = "    - {source: amq.fanout, destination: mails}\n";
    const { document } = await openYaml(
      thumbnails.replace("producers:", `  bindings:\n${twice}${twice}producers:`),
    );
    await until("the problem", () => problems(document).length > 0);
    const fixAll = vscode.CodeActionKind.SourceFixAll.append("brokerlab");
    const [action] = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      new vscode.Range(0, 0, document.lineCount, 0),
      fixAll.value,
    );
    assert.ok(action?.edit);
    assert.ok(await vscode.workspace.applyEdit(action.edit));
    assert.equal(document.getText().split(twice).length, 2);
    await until("no problem", () => problems(document).length === 0);
  });

  it("offer nothing in a YAML file that is no topology", async () => {
    const { document } = await openYaml("queue: mial\n");
    assert.deepEqual(await fixesAt(document, new vscode.Range(0, 0, 0, 5)), []);
  });
});
