import {
  TextEdit,
  type CancellationToken,
  type DocumentFormattingEditProvider,
  type FormattingOptions,
  type TextDocument,
} from "vscode";
import { rangeOf } from "./positions.ts";
import type { TopologyFiles } from "./topology-files.ts";

export class Formatting implements DocumentFormattingEditProvider {
  private readonly files: TopologyFiles;

  constructor(files: TopologyFiles) {
    this.files = files;
  }

  /** One edit of everything: the editor makes it as small as it is. */
  async provideDocumentFormattingEdits(
    document: TextDocument,
    _: FormattingOptions,
    token: CancellationToken,
  ): Promise<TextEdit[] | undefined> {
    const text = document.getText();
    const formatted = await this.files.ask("format", document, undefined, token);
    if (formatted === undefined || formatted === text) return undefined;
    return [TextEdit.replace(rangeOf(document, { start: 0, end: text.length }), formatted)];
  }
}
