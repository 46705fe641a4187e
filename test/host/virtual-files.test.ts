import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, codeOf, extension, problems, thumbnails, until } from "./editor.ts";

/** Files that no disk has, as those of a repository that is opened in the browser. */
class MemoryFiles implements vscode.FileSystemProvider {
  readonly files = new Map<string, Uint8Array>();
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }
  stat({ path }: vscode.Uri): vscode.FileStat {
    const file = this.files.get(path);
    if (file === undefined) throw vscode.FileSystemError.FileNotFound(path);
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: file.length };
  }
  readDirectory(): [string, vscode.FileType][] {
    return [...this.files.keys()].map((path) => [path.slice(1), vscode.FileType.File]);
  }
  readFile({ path }: vscode.Uri): Uint8Array {
    const file = this.files.get(path);
    if (file === undefined) throw vscode.FileSystemError.FileNotFound(path);
    return file;
  }
  writeFile({ path }: vscode.Uri, content: Uint8Array): void {
    this.files.set(path, content);
  }
  createDirectory(): void {}
  delete({ path }: vscode.Uri): void {
    this.files.delete(path);
  }
  rename(): void {}
}

describe("files of a virtual file system", () => {
  const memory = new MemoryFiles();
  const uri = vscode.Uri.parse("brokerlab-test-memory:/thumbnails.topology.yaml");
  let registered: vscode.Disposable;

  before(() => {
    memory.files.set(
      uri.path,
      new TextEncoder().encode(thumbnails.replace("queue: mails, rate", "queue: mailz, rate")),
    );
    registered = vscode.workspace.registerFileSystemProvider(uri.scheme, memory);
  });
  after(async () => {
    await closeAll();
    registered.dispose();
  });

  it("are supported without a disk and without trust, by what the manifest declares", () => {
    const { capabilities } = extension().packageJSON as {
      readonly capabilities: Record<string, unknown>;
    };
    assert.deepEqual(capabilities, { untrustedWorkspaces: { supported: true }, virtualWorkspaces: true });
  });

  it("are checked, mended, navigated, run and saved as any other", async () => {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const [problem] = await until("the problem", () => problems(document).length > 0 && problems(document));
    assert.equal(codeOf(problem!), "unknown-reference");
    const [fix] = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      uri,
      problem!.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    assert.ok(fix?.edit);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.equal(document.getText(), thumbnails);
    await until("no problem", () => problems(document).length === 0);
    const at = document.positionAt(thumbnails.indexOf("queue: mails, rate") + "queue: m".length);
    const definitions = await vscode.commands.executeCommand<vscode.LocationLink[]>(
      "vscode.executeDefinitionProvider",
      uri,
      at,
    );
    assert.deepEqual(
      definitions.map(({ targetUri }) => targetUri.toString()),
      [uri.toString()],
    );
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      uri,
      at,
    );
    assert.ok(hovers.length > 0);
    await vscode.commands.executeCommand("brokerlab.run", uri);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      uri,
      10,
    );
    assert.ok(lenses.some(({ command }) => command?.title === "✓ 1 expectation holds"));
    assert.ok(await document.save());
    assert.equal(new TextDecoder().decode(memory.files.get(uri.path)), thumbnails);
  }).timeout(120_000);
});
