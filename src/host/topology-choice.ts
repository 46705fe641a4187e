import { commands, l10n, Uri, window, workspace, type TextDocument } from "vscode";
import { isTopologyFile, nameOf } from "./recognition.ts";

/**
 * The topology file that a command is meant for: the one it names, else the active editor's, else one that is visible,
 * else one of the folder's. Undefined where the person chose none.
 */
export async function chooseTopologyFile(target: unknown): Promise<TextDocument | undefined> {
  const named = target instanceof Uri ? target : typeof target === "string" ? Uri.parse(target) : undefined;
  if (named !== undefined) return openNamed(named);
  const editors = [window.activeTextEditor, ...window.visibleTextEditors];
  const shown = editors.find((editor) => editor !== undefined && isTopologyFile(editor.document));
  if (shown !== undefined) return shown.document;
  const files = await workspace.findFiles("**/*.topology.{yaml,yml}", "**/node_modules/**", 100);
  if (files.length === 0) {
    const create = l10n.t("New Topology File");
    const chosen = await window.showErrorMessage(
      l10n.t(
        "There is no topology file to run: open one (NAME.topology.yaml, or a YAML file with a 'topology:' key), or start a new one.",
      ),
      create,
    );
    if (chosen === create) await commands.executeCommand("brokerlab.newFile");
    return undefined;
  }
  const choices = files.map((uri) => ({
    label: nameOf(uri),
    description: workspace.asRelativePath(uri),
    uri,
  }));
  const chosen = await window.showQuickPick(choices, {
    placeHolder: l10n.t("Which topology is to be run?"),
  });
  if (chosen === undefined) return undefined;
  const editor = await window.showTextDocument(chosen.uri);
  return editor.document;
}

/** The file that a result or a lens speaks of, which may be gone by now; the person is told. */
export async function openNamed(uri: Uri): Promise<TextDocument | undefined> {
  try {
    return await workspace.openTextDocument(uri);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(l10n.t("{0} cannot be opened: {1}", nameOf(uri), reason));
    return undefined;
  }
}
