import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, openNamedYaml, replace, thumbnails, until } from "./editor.ts";

async function titles(document: vscode.TextDocument): Promise<string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    document.uri,
    10,
  );
  return lenses.map(({ range, command }) => `${range.start.line} ${command?.title ?? ""}`);
}

/** Lenses are asked for again until they are these: after an edit they come with the check of the text. */
async function untilTitles(document: vscode.TextDocument, wanted: readonly string[]): Promise<void> {
  let shown: string[] = [];
  const deadline = Date.now() + 30_000;
  do shown = await titles(document);
  while (Date.now() < deadline && shown.join("\n") !== wanted.join("\n"));
  assert.deepEqual(shown, wanted);
}

describe("lenses", () => {
  afterEach(closeAll);

  it("name the seed over the `topology:` line, and tell how the last run ended, there and over each expectation", async () => {
    const editor = await openNamedYaml(
      "/lenses.yaml",
      `# A comment comes first.\n${thumbnails}  - {metric: utilization, of: {consumer: workers}, below: 1%}\n`,
    );
    const { document } = editor;
    await until("the lens", () => vscode.languages.getDiagnostics(document.uri) !== undefined);
    await untilTitles(document, ["1 ▷ Run · seed 3"]);
    await vscode.commands.executeCommand("brokerlab.run");
    const shown = await titles(document);
    assert.deepEqual(shown.slice(0, 4), [
      "1 ▷ Run · seed 3",
      "1 ✗ 1 of 2 expectations fails",
      "1 ⇆ Compare models",
      "15 ✓ holds: 0",
    ]);
    assert.match(shown[4] ?? "", /^16 ✗ fails: \d+(\.\d+)?%$/);
    const fails = shown[4]!.slice("16 ".length);

    // A comment changes nothing that was measured; the verdict over the file says that the text is another.
    const shownEditor = await vscode.window.showTextDocument(document, { viewColumn: 1 });
    await replace(shownEditor, "# A comment comes first.\n", "# Edited.\n# Twice.\n");
    await untilTitles(document, [
      "2 ▷ Run · seed 3",
      "2 ✗ 1 of 2 expectations fails (before the last edits)",
      "2 ⇆ Compare models",
      "16 ✓ holds: 0",
      `17 ${fails}`,
    ]);
    await replace(shownEditor, "rate: 20/s", "rate: 21/s");
    await untilTitles(document, [
      "2 ▷ Run · seed 3",
      "2 ✗ 1 of 2 expectations fails (before the last edits)",
      "2 ⇆ Compare models",
      "16 ✓ holds: 0 (before the last edits)",
      `17 ${fails} (before the last edits)`,
    ]);
    // Another bound is another expectation, of which nothing is known.
    await replace(shownEditor, "rate: 21/s", "rate: 20/s");
    await replace(shownEditor, "below: 1%", "below: 2%");
    await untilTitles(document, [
      "2 ▷ Run · seed 3",
      "2 ✗ 1 of 2 expectations fails (before the last edits)",
      "2 ⇆ Compare models",
      "16 ✓ holds: 0",
    ]);
  });

  it("lay the last run beside those before it, once there are two", async () => {
    const { document } = await openNamedYaml("/compared.yaml", thumbnails);
    await vscode.commands.executeCommand("brokerlab.run", document.uri);
    await untilTitles(document, [
      "0 ▷ Run · seed 3",
      "0 ✓ 1 expectation holds",
      "0 ⇆ Compare models",
      "14 ✓ holds: 0",
    ]);
    await vscode.commands.executeCommand("brokerlab.run", document.uri);
    await untilTitles(document, [
      "0 ▷ Run · seed 3",
      "0 ✓ 1 expectation holds",
      "0 ⇆ Compare models",
      "0 ⇄ Compare 2 runs",
      "14 ✓ holds: 0",
    ]);
    const panel = (): vscode.Tab | undefined =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(({ label }) => label === "BrokerLab Results");
    await vscode.window.tabGroups.close(await until("the results", panel));
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
      10,
    );
    const compare = lenses.find(({ command }) => command?.title === "⇄ Compare 2 runs");
    assert.deepEqual(compare?.command?.arguments, [document.uri.toString()]);
    await vscode.commands.executeCommand(compare!.command!.command, document.uri.toString());
    await until("the results once more", panel);
  });
});
