import {
  DocumentHighlight,
  DocumentHighlightKind,
  l10n,
  Location,
  WorkspaceEdit,
  type CancellationToken,
  type DefinitionProvider,
  type DocumentHighlightProvider,
  type LocationLink,
  type Position,
  type Range,
  type ReferenceContext,
  type ReferenceProvider,
  type RenameProvider,
  type TextDocument,
} from "vscode";
import { rangeOf } from "./positions.ts";
import type { TopologyFiles } from "./topology-files.ts";

/** From a name to where it is declared and mentioned, and to another name. */
export class Navigation
  implements DefinitionProvider, ReferenceProvider, DocumentHighlightProvider, RenameProvider
{
  private readonly files: TopologyFiles;

  constructor(files: TopologyFiles) {
    this.files = files;
  }

  async provideDefinition(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<LocationLink[] | undefined> {
    const offset = document.offsetAt(position);
    const found = await this.files.ask("definitions", document, { offset }, token);
    return found?.to.map((span) => ({
      originSelectionRange: rangeOf(document, found.from),
      targetUri: document.uri,
      targetRange: rangeOf(document, span),
    }));
  }

  async provideReferences(
    document: TextDocument,
    position: Position,
    { includeDeclaration }: ReferenceContext,
    token: CancellationToken,
  ): Promise<Location[] | undefined> {
    const offset = document.offsetAt(position);
    const found = await this.files.ask("mentions", document, { offset }, token);
    return found
      ?.filter(({ declares }) => includeDeclaration || !declares)
      .map(({ span }) => new Location(document.uri, rangeOf(document, span)));
  }

  async provideDocumentHighlights(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<DocumentHighlight[] | undefined> {
    const offset = document.offsetAt(position);
    const found = await this.files.ask("mentions", document, { offset }, token);
    // Without an answer of ours the editor marks equal words.
    if (found === undefined || found.length === 0) return undefined;
    return found.map(
      ({ span, declares }) =>
        new DocumentHighlight(
          rangeOf(document, span),
          declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
        ),
    );
  }

  async prepareRename(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<{ range: Range; placeholder: string } | undefined> {
    const offset = document.offsetAt(position);
    const found = await this.files.ask("renamable", document, { offset }, token);
    if (found === undefined) throw new Error(l10n.t("There is no name here that can be changed."));
    return { range: rangeOf(document, found.span), placeholder: found.name };
  }

  async provideRenameEdits(
    document: TextDocument,
    position: Position,
    name: string,
    token: CancellationToken,
  ): Promise<WorkspaceEdit | undefined> {
    const offset = document.offsetAt(position);
    const answer = await this.files.ask("rename", document, { offset, name }, token);
    if (answer === undefined) return undefined;
    if ("refusal" in answer) throw new Error(answer.refusal);
    const edit = new WorkspaceEdit();
    for (const { span, text } of answer.edits) edit.replace(document.uri, rangeOf(document, span), text);
    return edit;
  }
}
