import {
  CodeAction,
  CodeActionKind,
  l10n,
  workspace,
  WorkspaceEdit,
  type CodeActionContext,
  type CodeActionProvider,
  type Range,
  type TextDocument,
} from "vscode";
import { rangeOf } from "./positions.ts";
import type { TopologyFiles } from "./topology-files.ts";

export const fixAllKind = CodeActionKind.SourceFixAll.append("brokerlab");

/** All safe mends of a file at once, by *Fix All* or when the file is saved (`editor.codeActionsOnSave`). */
export class FixAll implements CodeActionProvider {
  private readonly files: TopologyFiles;

  constructor(files: TopologyFiles) {
    this.files = files;
  }

  async provideCodeActions(
    document: TextDocument,
    _: Range,
    { only }: CodeActionContext,
  ): Promise<CodeAction[]> {
    if (only?.contains(fixAllKind) !== true) return [];
    const chosen = workspace
      .getConfiguration("brokerlab", document)
      .get<Record<string, string>>("checks", {});
    const off = Object.keys(chosen).filter((code) => chosen[code] === "off");
    const edit = await this.files.ask("fixAll", document, { off });
    if (edit === undefined) return [];
    const action = new CodeAction(l10n.t("Fix all that can be fixed safely"), fixAllKind);
    action.edit = new WorkspaceEdit();
    action.edit.replace(document.uri, rangeOf(document, edit.span), edit.text);
    return [action];
  }
}
