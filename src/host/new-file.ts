import {
  l10n,
  Position,
  QuickPickItemKind,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
  type QuickPickItem,
} from "vscode";
import { starterGroups, type Starter } from "./starters.ts";

interface Choice extends QuickPickItem {
  readonly starter?: Starter;
}

/** Asks which starter, and opens it as a new file, unsaved, with a name that the folder does not have yet. */
export async function newTopologyFile(extension: Uri): Promise<void> {
  const chosen = await window.showQuickPick(choices(), {
    title: l10n.t("New Topology File"),
    placeHolder: l10n.t("What does it start from?"),
    matchOnDetail: true,
  });
  if (chosen?.starter === undefined) return;
  const bytes = await workspace.fs.readFile(Uri.joinPath(extension, chosen.starter.file));
  const { file } = chosen.starter;
  await openUnsaved(file.slice(file.lastIndexOf("/") + 1), new TextDecoder().decode(bytes));
}

/** Opens a new topology file, unsaved, under this name or one with a number that the folder does not have yet. */
export async function openUnsaved(wanted: string, content: string): Promise<void> {
  const uri = await freeName(wanted);
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

/** The titles stand in the bundle of texts as well, where translators find them. */
function choices(): Choice[] {
  return starterGroups.flatMap(({ title, starters }): Choice[] => [
    { label: l10n.t(title), kind: QuickPickItemKind.Separator },
    ...starters.map((starter) => ({
      label: l10n.t(starter.title),
      detail: l10n.t(starter.detail),
      starter,
    })),
  ]);
}

/** Undefined in a window without a folder that can be written: the editor then asks for the name when the file is saved. */
async function freeName(wanted: string): Promise<Uri | undefined> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined || workspace.fs.isWritableFileSystem(folder.scheme) === false) return undefined;
  const taken = new Set((await workspace.fs.readDirectory(folder)).map(([name]) => name));
  for (const { uri } of workspace.textDocuments)
    if (uri.scheme === "untitled") taken.add(uri.path.split("/").at(-1) ?? "");
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = wanted.replace(".topology", `-${number}.topology`);
  return Uri.joinPath(folder, name).with({ scheme: "untitled" });
}
