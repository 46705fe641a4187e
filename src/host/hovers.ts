import {
  Hover,
  MarkdownString,
  type CancellationToken,
  type HoverProvider,
  type Position,
  type TextDocument,
} from "vscode";
import { rangeOf } from "./positions.ts";
import type { TopologyFiles } from "./topology-files.ts";

export class Hovers implements HoverProvider {
  private readonly files: TopologyFiles;

  constructor(files: TopologyFiles) {
    this.files = files;
  }

  async provideHover(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<Hover | undefined> {
    const found = await this.files.ask("hover", document, { offset: document.offsetAt(position) }, token);
    return found && new Hover(new MarkdownString(found.text), rangeOf(document, found.span));
  }
}
