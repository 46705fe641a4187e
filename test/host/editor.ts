import * as vscode from "vscode";

/** Waits for a state of the editor, never for a time. */
export async function until<Value>(what: string, ask: () => Value | undefined | false): Promise<Value> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = ask();
    if (value !== undefined && value !== false) return value as Value;
    if (Date.now() > deadline) throw new Error(`Waited 30 s in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension("brokerlab.brokerlab");
  if (found === undefined) throw new Error("The editor does not know the extension brokerlab.brokerlab.");
  return found;
}

/** An unsaved YAML file with this text, in an editor. */
export async function openYaml(content: string): Promise<vscode.TextEditor> {
  // A close of the tab before that is still under way can empty the new file, which may take over its name.
  for (let tries = 0; tries < 10; tries++) {
    const document = await vscode.workspace.openTextDocument({ language: "yaml", content });
    const editor = await vscode.window.showTextDocument(document);
    if (document.getText() === content) return editor;
  }
  throw new Error("The editor opens no file with the text that it is given.");
}

/** The same under a name of its own: nothing has been run under it before, as it may have been under that of a nameless file. */
export async function openNamedYaml(name: string, content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(
    vscode.Uri.from({ scheme: "untitled", path: name }),
  );
  for (let tries = 0; tries < 10 && document.getText() !== content; tries++) {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), content);
    await vscode.workspace.applyEdit(edit);
  }
  return vscode.window.showTextDocument(document);
}

/** Closes every tab, what is unsaved in them included. */
export async function closeAll(): Promise<void> {
  const tabs = (): number => vscode.window.tabGroups.all.reduce((sum, group) => sum + group.tabs.length, 0);
  while (tabs() > 0) {
    const before = tabs();
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    if (tabs() === before) await vscode.commands.executeCommand("workbench.action.focusFirstEditorGroup");
  }
}

/** Our diagnostics of a document, as the Problems view has them. */
export function problems({ uri }: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "brokerlab");
}

/** The code that a diagnostic of ours shows. */
export function codeOf({ code }: vscode.Diagnostic): string {
  return typeof code === "object" ? String(code.value) : String(code);
}

/** Replaces the first occurrence of a text in one edit, as typing over a selection does. */
export async function replace(editor: vscode.TextEditor, before: string, after: string): Promise<void> {
  const start = editor.document.getText().indexOf(before);
  if (start === -1) throw new Error(`'${before}' does not stand in the file:\n${editor.document.getText()}`);
  const wanted = editor.document.getText().replace(before, () => after);
  // On a busy machine VS Code refuses an edit of a version that it has not heard of, or takes it and answers no.
  for (let tries = 0; tries < 10; tries++) {
    const { document } = editor;
    const range = new vscode.Range(document.positionAt(start), document.positionAt(start + before.length));
    if (await editor.edit((edit) => edit.replace(range, after))) return;
    if (document.getText() === wanted) return;
  }
  throw new Error(`The editor did not take '${after}' for '${before}'.`);
}

export const thumbnails = `topology: 1
name: Thumbnails
rabbitmq:
  queues:
    thumbnails: {}
    mails: {}
producers:
  api: {queue: thumbnails, rate: 20/s}
  shop: {queue: mails, rate: 5/s}
consumers:
  workers: {queue: thumbnails, prefetch: 2, processing: 10ms}
  mailer: {queue: mails, prefetch: 2, processing: 10ms}
run: {duration: 10s, seed: 3}
expect:
  - {metric: lost.broker, equals: 0}
`;
