import { commands, window, type Disposable } from "vscode";
import { isTopologyFile } from "./recognition.ts";

/** The `when` clauses of package.json read these. */
type ContextKey =
  | "brokerlab.topologyFile"
  | "brokerlab.running"
  /** These two last for the window: a person has typed into a topology file, has mended a problem of one. */
  | "brokerlab.typed"
  | "brokerlab.mended";

export function setContext(key: ContextKey, value: boolean): void {
  void commands.executeCommand("setContext", key, value);
}

/** `brokerlab.topologyFile` tells whether the active editor shows a topology file, whatever the file's name is. */
export function noteActiveEditor(): void {
  const document = window.activeTextEditor?.document;
  setContext("brokerlab.topologyFile", document !== undefined && isTopologyFile(document));
}

export function followActiveEditor(): Disposable {
  noteActiveEditor();
  return window.onDidChangeActiveTextEditor(noteActiveEditor);
}
