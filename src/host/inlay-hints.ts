import {
  InlayHint,
  type CancellationToken,
  type InlayHintsProvider,
  type Range,
  type TextDocument,
} from "vscode";
import type { TopologyFiles } from "./topology-files.ts";

/** What is predicted, beside the names that it is of. */
export class InlayHints implements InlayHintsProvider {
  private readonly files: TopologyFiles;

  constructor(files: TopologyFiles) {
    this.files = files;
  }

  async provideInlayHints(
    document: TextDocument,
    range: Range,
    token: CancellationToken,
  ): Promise<InlayHint[] | undefined> {
    const hints = await this.files.ask("hints", document, undefined, token);
    return hints?.flatMap(({ offset, text, details }) => {
      const position = document.positionAt(offset);
      if (!range.contains(position)) return [];
      const hint = new InlayHint(position, text);
      hint.tooltip = details;
      hint.paddingLeft = true;
      return [hint];
    });
  }
}
