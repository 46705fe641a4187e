import {
  DocumentSymbol,
  SymbolKind,
  type CancellationToken,
  type DocumentSymbolProvider,
  type TextDocument,
} from "vscode";
import type { OutlineItem } from "../core/index.ts";
import { rangeOf } from "./positions.ts";
import type { TopologyFiles } from "./topology-files.ts";

/** The editor has no icons of ours here: the nearest of its own, one for each kind. */
export const symbolKinds: Readonly<Record<OutlineItem["kind"], SymbolKind>> = {
  topic: SymbolKind.Array,
  exchange: SymbolKind.Operator,
  queue: SymbolKind.Interface,
  producer: SymbolKind.Event,
  consumer: SymbolKind.Function,
  group: SymbolKind.Class,
  section: SymbolKind.Namespace,
  binding: SymbolKind.Key,
  flow: SymbolKind.Field,
  expectation: SymbolKind.Boolean,
  event: SymbolKind.Event,
  value: SymbolKind.Property,
};

/** Outline, breadcrumbs and the list of symbols. */
export class Outlines implements DocumentSymbolProvider {
  private readonly files: TopologyFiles;

  constructor(files: TopologyFiles) {
    this.files = files;
  }

  async provideDocumentSymbols(
    document: TextDocument,
    token: CancellationToken,
  ): Promise<DocumentSymbol[] | undefined> {
    const found = await this.files.ask("outline", document, undefined, token);
    return found?.map((item) => symbolOf(document, item));
  }
}

function symbolOf(document: TextDocument, item: OutlineItem): DocumentSymbol {
  const whole = rangeOf(document, item.span);
  const name = rangeOf(document, item.at);
  const symbol = new DocumentSymbol(item.name, item.detail, symbolKinds[item.kind], whole, name);
  symbol.children = item.children.map((child) => symbolOf(document, child));
  return symbol;
}
