import { Position, Uri, window, workspace, WorkspaceEdit } from "vscode";
import { starters, type Starter } from "./starters.ts";

/** Asks which starter, and opens it as a new file, unsaved, with a name that the folder does not have yet. */
export async function newTopologyFile(extension: Uri): Promise<void> {
  const choices = starters.map((starter) => ({ label: starter.title, detail: starter.detail, starter }));
  const chosen = await window.showQuickPick(choices, {
    title: "New Topology File",
    placeHolder: "What does it start from?",
    matchOnDetail: true,
  });
  if (chosen === undefined) return;
  const bytes = await workspace.fs.readFile(Uri.joinPath(extension, "starters", chosen.starter.file));
  const content = new TextDecoder().decode(bytes);
  const uri = await freeName(chosen.starter);
  if (uri === undefined) {
    await window.showTextDocument(await workspace.openTextDocument({ language: "yaml", content }));
    return;
  }
  const document = await workspace.openTextDocument(uri);
  const edit = new WorkspaceEdit();
  edit.insert(uri, new Position(0, 0), content);
  await workspace.applyEdit(edit);
  await window.showTextDocument(document);
}

/** Undefined in a window without a folder: the editor then asks for the name when the file is saved. */
async function freeName({ file }: Starter): Promise<Uri | undefined> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) return undefined;
  const taken = new Set((await workspace.fs.readDirectory(folder)).map(([name]) => name));
  for (const { uri } of workspace.textDocuments)
    if (uri.scheme === "untitled") taken.add(uri.path.split("/").at(-1) ?? "");
  let name = file;
  for (let number = 2; taken.has(name); number++) name = file.replace(".topology", `-${number}.topology`);
  return Uri.joinPath(folder, name).with({ scheme: "untitled" });
}
