import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, openYaml, thumbnails } from "./editor.ts";

type Asked = readonly [command: string, ...args: unknown[]];

/** Everything that an editor asks of a file, at a place of it. */
function questions({ uri, lineCount }: vscode.TextDocument, at: vscode.Position): Asked[] {
  const all = new vscode.Range(0, 0, lineCount, 0);
  return [
    ["vscode.executeCompletionItemProvider", uri, at],
    ["vscode.executeHoverProvider", uri, at],
    ["vscode.executeDefinitionProvider", uri, at],
    ["vscode.executeReferenceProvider", uri, at],
    ["vscode.executeDocumentHighlights", uri, at],
    ["vscode.executeDocumentSymbolProvider", uri],
    ["vscode.executeFoldingRangeProvider", uri],
    ["vscode.executeSelectionRangeProvider", uri, [at]],
    ["vscode.executeLinkProvider", uri],
    ["vscode.executeFormatDocumentProvider", uri, { insertSpaces: true, tabSize: 2 }],
    ["vscode.executeCodeActionProvider", uri, all],
    ["vscode.executeCodeLensProvider", uri],
    ["vscode.executeInlayHintProvider", uri, all],
    ["vscode.executeWorkspaceSymbolProvider", "thumb"],
  ];
}

const broken: readonly (readonly [what: string, text: string])[] = [
  ["a file that has only begun", "topology"],
  ["a file that ends within a list", thumbnails.slice(0, thumbnails.indexOf("prefetch: 2") + 4)],
  [
    "a bracket that is not closed",
    thumbnails.replace("{queue: mails, rate: 5/s}", "{queue: mails, rate: [5/s"),
  ],
  ["a quote that is not closed", thumbnails.replace("name: Thumbnails", 'name: "Thumbnails')],
  ["a tab that indents", thumbnails.replace("    mails", "\tmails")],
  [
    "wrong types everywhere",
    "topology: 1\nrabbitmq: [1, 2]\nproducers: x\nconsumers: {a: 3, b: [], c: {queue: {}}}\n",
  ],
  ["a key that stands twice", thumbnails.replace("consumers:", "producers:")],
  ["aliases in a circle", "topology: 1\nproducers: &a {x: *a}\nconsumers: *b\n"],
  ["control characters", `topology: 1\nname: \u0000\u0007\ufffe x\n${thumbnails}`],
  ["two documents", `${thumbnails}---\n${thumbnails}`],
];

describe("every provider answers about", () => {
  afterEach(closeAll);

  for (const [what, text] of broken)
    it(what, async () => {
      const { document } = await openYaml(text);
      for (const share of [0, 0.3, 0.6, 1]) {
        const at = document.positionAt(Math.floor(document.getText().length * share));
        // Where a provider throws, VS Code logs it and answers without it: commands of one provider alone reject.
        for (const [command, ...args] of questions(document, at))
          assert.notEqual(await vscode.commands.executeCommand(command, ...args), null, command);
      }
      const names = await vscode.commands.executeCommand<vscode.CompletionList>(
        "vscode.executeCompletionItemProvider",
        document.uri,
        document.positionAt(document.getText().length),
      );
      assert.ok(Array.isArray(names.items));
    }).timeout(120_000);
});

describe("rename", () => {
  afterEach(closeAll);

  it("changes more than 50 mentions of a name at once, and back", async () => {
    const bindings = Array.from(
      { length: 60 },
      (_, at) => `    - {source: amq.topic, destination: orders, routing_key: k${at}}\n`,
    ).join("");
    const text = `topology: 1\nrabbitmq:\n  queues:\n    orders: {}\n    orders-2: {}\n  bindings:\n${bindings}consumers:\n  orders: {queue: orders, prefetch: 1, processing: 1ms}\n`;
    const { document } = await openYaml(text);
    for (const name of ["purchase orders: all", "orders"]) {
      const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
        "vscode.executeDocumentRenameProvider",
        document.uri,
        new vscode.Position(3, 5),
        name,
      );
      assert.equal(edit.get(document.uri).length, 62);
      assert.ok(await vscode.workspace.applyEdit(edit));
      if (name !== "orders") {
        assert.equal(document.getText().split(`"${name}"`).length - 1, 62);
        assert.match(document.getText(), /^ {4}orders-2: \{\}$/m);
        assert.match(document.getText(), /^ {2}orders: \{queue: "purchase orders: all"/m);
      } else assert.equal(document.getText(), text);
    }
  });
});
