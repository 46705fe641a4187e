import { commands, l10n, window, type TextDocument } from "vscode";
import type { Problem } from "../core/index.ts";
import { selectionOf } from "./positions.ts";
import { nameOf } from "./recognition.ts";

/** Says why a file cannot run, shows the Problems view, and puts the cursor on the first error. */
export async function refuse(document: TextDocument, errors: readonly Problem[]): Promise<void> {
  const [first] = errors.toSorted((a, b) => a.span.start - b.span.start);
  if (first === undefined) return;
  const selection = selectionOf(document, first.span);
  await window.showTextDocument(document, { selection });
  await commands.executeCommand("workbench.actions.view.problems");
  const line = selection.start.line + 1;
  const file = nameOf(document.uri);
  void window.showErrorMessage(
    errors.length === 1
      ? l10n.t("{0} has 1 error and was not run. Line {1}: {2}", file, line, first.message)
      : l10n.t("{0} has {1} errors and was not run. Line {2}: {3}", file, errors.length, line, first.message),
  );
}
