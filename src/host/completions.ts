import {
  CompletionItem,
  CompletionItemKind,
  l10n,
  MarkdownString,
  Range,
  SnippetString,
  type CancellationToken,
  type CompletionItemProvider,
  type Position,
  type TextDocument,
} from "vscode";
import type { Completion, Suggestion } from "../core/index.ts";
import { rangeOf } from "./positions.ts";
import type { TopologyFiles } from "./topology-files.ts";

/** What is typed before a value, a key between brackets, or an entry of a list; inside words the editor asks by itself. */
export const completionTriggers = [" ", "{", "[", ",", ".", "-", '"'];

const kinds: Readonly<Record<Suggestion["kind"], CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  name: CompletionItemKind.Reference,
  setting: CompletionItemKind.Property,
  block: CompletionItemKind.Snippet,
  comment: CompletionItemKind.Text,
};

export class Completions implements CompletionItemProvider {
  private readonly files: TopologyFiles;

  constructor(files: TopologyFiles) {
    this.files = files;
  }

  async provideCompletionItems(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<CompletionItem[] | undefined> {
    const found = await this.found(document, document.offsetAt(position), token);
    if (found === undefined) return undefined;
    const replacing = rangeOf(document, found.span);
    const range = { inserting: new Range(replacing.start, position), replacing };
    const quote = /^["']/u.exec(document.getText(replacing))?.[0] ?? "";
    return found.suggestions.map((suggestion, index) => itemOf(suggestion, index, range, quote));
  }

  /**
   * The editor narrows a list itself while the word goes on, and does not ask again: so an answer that typing has overtaken is
   * asked for once more, at the same place of the newer text.
   */
  private async found(
    document: TextDocument,
    offset: number,
    token: CancellationToken,
  ): Promise<Completion | undefined> {
    for (;;) {
      const { version } = document;
      const found = await this.files.ask("complete", document, { offset }, token);
      const isOvertaken = found === undefined && document.version !== version;
      if (!isOvertaken || token.isCancellationRequested || document.isClosed) return found;
    }
  }
}

function itemOf(
  { label, kind, detail, documentation, insert, rank, leadsOn }: Suggestion,
  index: number,
  range: { readonly inserting: Range; readonly replacing: Range },
  quote: string,
): CompletionItem {
  const item = new CompletionItem(label, kinds[kind]);
  item.range = range;
  item.insertText = new SnippetString(insert);
  item.sortText = `${rank}${String(index).padStart(4, "0")}`;
  if (quote !== "") item.filterText = quote + label;
  if (detail !== "") item.detail = detail;
  if (documentation !== "") item.documentation = new MarkdownString(documentation);
  if (leadsOn) item.command = { command: "editor.action.triggerSuggest", title: l10n.t("Suggest") };
  return item;
}
