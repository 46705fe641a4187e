import { window, type Uri } from "vscode";
import { selectionOf } from "./positions.ts";
import { openNamed } from "./topology-choice.ts";

/** Selects a place of the file in the editor that shows it, else in the first column. */
export async function reveal(uri: Uri, start: number, end: number): Promise<void> {
  const document = await openNamed(uri);
  if (document === undefined) return;
  const viewColumn =
    window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn ?? 1;
  await window.showTextDocument(document, { viewColumn, selection: selectionOf(document, { start, end }) });
}
