import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, openYaml, problems, thumbnails, until } from "./editor.ts";

/** The place of `│` in a text, and the text without it. */
async function openAt(marked: string): Promise<{ document: vscode.TextDocument; position: vscode.Position }> {
  const { document } = await openYaml(marked.replace("│", ""));
  return { document, position: document.positionAt(marked.indexOf("│")) };
}

const mark = (before: string, after: string): string => {
  assert.ok(thumbnails.includes(before + after), `${before}│${after}`);
  return thumbnails.replace(before + after, `${before}│${after}`);
};

async function completions(marked: string): Promise<vscode.CompletionItem[]> {
  const { document, position } = await openAt(marked);
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    "vscode.executeCompletionItemProvider",
    document.uri,
    position,
  );
  return list.items;
}

const labelOf = ({ label }: vscode.CompletionItem): string =>
  typeof label === "string" ? label : label.label;

describe("authoring", () => {
  afterEach(closeAll);

  it("completes the names of the file, and keys with their meaning", async () => {
    const names = await completions(mark("mailer: {queue: ", "mails"));
    assert.deepEqual(names.map(labelOf), ["thumbnails", "mails"]);
    const keys = await completions(mark("api: {queue: thumbnails, ", "rate"));
    const size = keys.find((item) => labelOf(item) === "size");
    assert.ok(size?.documentation instanceof vscode.MarkdownString);
    assert.match(size.documentation.value, /Default `?1KiB/);
    assert.equal(
      keys.some((item) => labelOf(item) === "topic"),
      false,
    );
  });

  it("completes in a file that is broken above", async () => {
    const found = await completions(
      `${thumbnails.replace("{queue: mails, rate: 5/s}", "{queue: [mails, ")}timeline:\n  - {at: 1s, crash: {consumer: │`,
    );
    assert.deepEqual(found.map(labelOf), ["workers", "mailer"]);
  });

  it("offers nothing in a YAML file that is no topology", async () => {
    const ours = await completions("name: x\nrabbitmq:\n  │\n");
    assert.equal(
      ours.some((item) => labelOf(item) === "queues" && item.documentation !== undefined),
      false,
    );
  });

  it("writes what is predicted beside the names", async () => {
    const { document } = await openYaml(thumbnails);
    const end = document.positionAt(document.getText().length);
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      "vscode.executeInlayHintProvider",
      document.uri,
      new vscode.Range(new vscode.Position(0, 0), end),
    );
    const mailer = document.getText().indexOf("mailer:") + "mailer".length;
    const hint = hints.find(({ position }) => document.offsetAt(position) === mailer);
    assert.match(JSON.stringify(hint?.label), /% busy"$/);
    assert.match(JSON.stringify(hint?.tooltip), /Offered 5\/s, can do /);
  });

  it("tells on hover what a name is connected to", async () => {
    const { document, position } = await openAt(mark("    thumb", "nails: {}"));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      position,
    );
    const text = hovers
      .flatMap(({ contents }) => contents.map((one) => (typeof one === "string" ? one : one.value)))
      .join("\n");
    assert.match(text, /Published to by `api`/);
    assert.match(text, /Read by `workers`/);
  });

  it("goes to the definition, finds references, and renames in the whole file and back", async () => {
    const { document, position } = await openAt(mark("workers: {queue: thumb", "nails"));
    const links = await vscode.commands.executeCommand<vscode.LocationLink[]>(
      "vscode.executeDefinitionProvider",
      document.uri,
      position,
    );
    assert.deepEqual(
      links.map(({ targetRange }) => targetRange.start.line),
      [4],
    );
    const references = await vscode.commands.executeCommand<vscode.Location[]>(
      "vscode.executeReferenceProvider",
      document.uri,
      position,
    );
    assert.deepEqual(
      references.map(({ range }) => document.getText(range)),
      ["thumbnails", "thumbnails", "thumbnails"],
    );
    for (const name of ["previews", "thumbnails"]) {
      const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
        "vscode.executeDocumentRenameProvider",
        document.uri,
        position,
        name,
      );
      assert.ok(await vscode.workspace.applyEdit(edit));
      assert.equal(
        document.getText(),
        name === "thumbnails" ? thumbnails : thumbnails.replaceAll("thumbnails", name),
      );
    }
  });

  it("refuses a new name that is taken", async () => {
    const { document, position } = await openAt(mark("workers: {queue: thumb", "nails"));
    await assert.rejects(
      async () =>
        vscode.commands.executeCommand(
          "vscode.executeDocumentRenameProvider",
          document.uri,
          position,
          "mails",
        ),
      /mails/,
    );
  });

  it("has an outline of sections and what they name", async () => {
    const { document } = await openYaml(thumbnails);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      "vscode.executeDocumentSymbolProvider",
      document.uri,
    );
    const named = new Map(symbols.map(({ name, children }) => [name, children.map((child) => child.name)]));
    assert.deepEqual(named.get("producers"), ["api", "shop"]);
    assert.deepEqual(named.get("rabbitmq"), ["queues"]);
    assert.deepEqual(named.get("expect"), ["lost.broker"]);
  });

  it("marks every mention of the name under the cursor", async () => {
    const { document, position } = await openAt(mark("mailer: {queue: ma", "ils"));
    const marks = await vscode.commands.executeCommand<vscode.DocumentHighlight[]>(
      "vscode.executeDocumentHighlights",
      document.uri,
      position,
    );
    assert.deepEqual(
      marks.map(({ range }) => document.getText(range)),
      ["mails", "mails", "mails"],
    );
  });

  it("formats the document, and finds nothing to do the second time", async () => {
    const editor = await openYaml(
      thumbnails
        .replaceAll(/^ +/gm, (indent) => indent.repeat(2))
        .replace("{duration: 10s, seed: 3}", "{ duration: 10000ms,seed :  3 }"),
    );
    const edits = async () =>
      vscode.commands.executeCommand<vscode.TextEdit[] | undefined>(
        "vscode.executeFormatDocumentProvider",
        editor.document.uri,
        { insertSpaces: true, tabSize: 2 },
      );
    const edit = new vscode.WorkspaceEdit();
    edit.set(editor.document.uri, (await edits()) ?? []);
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(editor.document.getText(), thumbnails);
    assert.deepEqual((await edits()) ?? [], []);
  });

  it("folds, grows selections, and leads from codes in comments to their pages", async () => {
    const { document } = await openYaml(`# brokerlab-disable-next-line bad-value\n${thumbnails}`);
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      "vscode.executeFoldingRangeProvider",
      document.uri,
    );
    assert.ok(folds.some(({ start, end }) => start === 3 && end === 6));
    const [range] = await vscode.commands.executeCommand<vscode.SelectionRange[]>(
      "vscode.executeSelectionRangeProvider",
      document.uri,
      [document.positionAt(document.getText().indexOf("prefetch: 2") + 2)],
    );
    const taken: string[] = [];
    for (let at = range; at !== undefined; at = at.parent) taken.push(document.getText(at.range));
    assert.ok(taken.includes("prefetch") && taken.includes("prefetch: 2"), taken.slice(0, 4).join(" | "));
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      "vscode.executeLinkProvider",
      document.uri,
    );
    assert.ok(links.some(({ target }) => target?.path.endsWith("/docs/checks/bad-value.md") === true));
  });

  it("finds the names of files that are not open", async () => {
    await openYaml(thumbnails);
    const symbols = await vscode.commands.executeCommand<vscode.SymbolInformation[]>(
      "vscode.executeWorkspaceSymbolProvider",
      "inventory",
    );
    const found = symbols.filter(({ location }) => location.uri.path.endsWith("/orders.topology.yaml"));
    assert.ok(
      found.some(({ kind }) => kind === vscode.SymbolKind.Interface),
      "the queue of the example",
    );
    const document = await vscode.workspace.openTextDocument(found[0]!.location.uri);
    assert.equal(document.getText(found[0]!.location.range), "inventory");
  });

  it("checks what completion has written: a block is without a problem", async () => {
    const head = "topology: 1\nrabbitmq:\n  queues:\n    work: {}\nproducers:\n  ";
    const editor = await openYaml(head);
    const position = editor.document.positionAt(head.length);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      editor.document.uri,
      position,
    );
    const block = list.items.find((item) => labelOf(item) === "producer to a queue");
    assert.ok(block?.insertText instanceof vscode.SnippetString);
    assert.ok(await editor.insertSnippet(block.insertText, position));
    assert.match(editor.document.getText(), /shop: \{queue: work, rate: 100\/s\}/);
    await until("the check of the text", () =>
      problems(editor.document).every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error),
    );
  });
});
