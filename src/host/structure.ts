import {
  DocumentLink,
  FoldingRange,
  FoldingRangeKind,
  SelectionRange,
  Uri,
  type CancellationToken,
  type DocumentLinkProvider,
  type FoldingContext,
  type FoldingRangeProvider,
  type Position,
  type SelectionRangeProvider,
  type TextDocument,
} from "vscode";
import { rangeOf } from "./positions.ts";
import type { TopologyFiles } from "./topology-files.ts";

/** Folding, growing selections, and links from codes in comments to their pages. */
export class Structure implements FoldingRangeProvider, SelectionRangeProvider, DocumentLinkProvider {
  private readonly extension: Uri;
  private readonly files: TopologyFiles;

  constructor(extension: Uri, files: TopologyFiles) {
    this.extension = extension;
    this.files = files;
  }

  async provideFoldingRanges(
    document: TextDocument,
    _: FoldingContext,
    token: CancellationToken,
  ): Promise<FoldingRange[] | undefined> {
    const found = await this.files.ask("folds", document, undefined, token);
    return found?.map(({ from, to, comment }) =>
      comment
        ? new FoldingRange(from - 1, to - 1, FoldingRangeKind.Comment)
        : new FoldingRange(from - 1, to - 1),
    );
  }

  async provideSelectionRanges(
    document: TextDocument,
    positions: readonly Position[],
    token: CancellationToken,
  ): Promise<SelectionRange[] | undefined> {
    const offsets = positions.map((position) => document.offsetAt(position));
    const found = await this.files.ask("selections", document, { offsets }, token);
    return found?.map((spans) => {
      let range: SelectionRange | undefined;
      for (const span of spans.toReversed()) range = new SelectionRange(rangeOf(document, span), range);
      return range!;
    });
  }

  async provideDocumentLinks(
    document: TextDocument,
    token: CancellationToken,
  ): Promise<DocumentLink[] | undefined> {
    const found = await this.files.ask("codeLinks", document, undefined, token);
    return found?.map(
      ({ span, code }) =>
        new DocumentLink(
          rangeOf(document, span),
          Uri.joinPath(this.extension, "docs", "checks", `${code}.md`),
        ),
    );
  }
}
