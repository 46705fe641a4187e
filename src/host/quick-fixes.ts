import {
  CodeAction,
  CodeActionKind,
  Position,
  WorkspaceEdit,
  type CodeActionContext,
  type CodeActionProvider,
  type Diagnostic,
  type Range,
  type TextDocument,
} from "vscode";
import type { Fix } from "../core/index.ts";
import { codeOf } from "./diagnostics.ts";
import { rangeOf } from "./positions.ts";
import { isTopologyFile } from "./recognition.ts";
import type { TopologyFiles } from "./topology-files.ts";

/** Offers each problem's mends, and, for what is not an error, to switch the check off where it stands. */
export class QuickFixes implements CodeActionProvider {
  private readonly files: TopologyFiles;

  constructor(files: TopologyFiles) {
    this.files = files;
  }

  async provideCodeActions(
    document: TextDocument,
    _: Range,
    { diagnostics }: CodeActionContext,
  ): Promise<CodeAction[]> {
    if (!isTopologyFile(document) || diagnostics.every((shown) => codeOf(shown) === undefined)) return [];
    const problems = (await this.files.check(document))?.problems ?? [];
    return diagnostics.flatMap((diagnostic) => {
      const code = codeOf(diagnostic);
      if (code === undefined) return [];
      const problem = problems.find(
        (candidate) => candidate.code === code && rangeOf(document, candidate.span).isEqual(diagnostic.range),
      );
      if (problem === undefined) return [];
      const fixes = (problem.fixes ?? []).map((fix, at) => mend(document, diagnostic, fix, at === 0));
      return problem.severity === "error" ? fixes : [...fixes, disable(document, diagnostic, code)];
    });
  }
}

function mend(document: TextDocument, diagnostic: Diagnostic, fix: Fix, preferred: boolean): CodeAction {
  const action = new CodeAction(fix.title, CodeActionKind.QuickFix);
  action.edit = new WorkspaceEdit();
  for (const { span, text } of fix.edits) action.edit.replace(document.uri, rangeOf(document, span), text);
  action.diagnostics = [diagnostic];
  action.isPreferred = preferred;
  return action;
}

function disable(document: TextDocument, diagnostic: Diagnostic, code: string): CodeAction {
  const action = new CodeAction(`Disable '${code}' for this line`, CodeActionKind.QuickFix);
  const line = document.lineAt(diagnostic.range.start.line);
  const indent = line.text.slice(0, line.firstNonWhitespaceCharacterIndex);
  action.edit = new WorkspaceEdit();
  action.edit.insert(
    document.uri,
    new Position(line.lineNumber, 0),
    `${indent}# brokerlab-disable-next-line ${code}\n`,
  );
  action.diagnostics = [diagnostic];
  return action;
}
