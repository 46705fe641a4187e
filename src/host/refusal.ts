import { commands, window, type TextDocument } from "vscode";
import type { Problem } from "../core/index.ts";
import { selectionOf } from "./positions.ts";
import { nameOf } from "./recognition.ts";
import { count } from "./verdict.ts";

/** Says why a file cannot run, shows the Problems view, and puts the cursor on the first error. */
export async function refuse(document: TextDocument, errors: readonly Problem[]): Promise<void> {
  const [first] = errors.toSorted((a, b) => a.span.start - b.span.start);
  if (first === undefined) return;
  const selection = selectionOf(document, first.span);
  await window.showTextDocument(document, { selection });
  await commands.executeCommand("workbench.actions.view.problems");
  const line = selection.start.line + 1;
  void window.showErrorMessage(
    `${nameOf(document.uri)} has ${count(errors.length, "error")} and was not run. Line ${line}: ${first.message}`,
  );
}
