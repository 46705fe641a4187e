import {
  CodeAction,
  CodeActionKind,
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

/** Offers each problem's mends. */
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
      return (problem.fixes ?? []).map((fix, at) => mend(document, diagnostic, fix, at === 0));
    });
  }
}

function mend(document: TextDocument, diagnostic: Diagnostic, fix: Fix, preferred: boolean): CodeAction {
  const action = new CodeAction(fix.title, CodeActionKind.QuickFix);
  action.edit = new WorkspaceEdit();
  for (const { span, text } of fix.edits) action.edit.replace(document.uri, rangeOf(document, span), text);
  action.diagnostics = [diagnostic];
  action.isPreferred = preferred && fix.silences !== true;
  return action;
}
