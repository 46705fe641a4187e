import { Disposable, languages, type Uri } from "vscode";
import { Completions, completionTriggers } from "./completions.ts";
import { FixAll, fixAllKind } from "./fix-all.ts";
import { Formatting } from "./formatting.ts";
import { Hovers } from "./hovers.ts";
import { InlayHints } from "./inlay-hints.ts";
import type { Language } from "./language.ts";
import { Navigation } from "./navigation.ts";
import { Outlines } from "./outlines.ts";
import { Structure } from "./structure.ts";
import type { TopologyFiles } from "./topology-files.ts";
import { WorkspaceSymbols } from "./workspace-symbols.ts";

/** Where our providers are asked; each looks whether the file is a topology. */
export const topologyDocuments = [
  { scheme: "*", language: "yaml" },
  { scheme: "*", pattern: "**/*.topology.{yaml,yml}" },
];

/** What an editor offers for code: every provider translates a question to the language worker and its answer. */
export function languageFeatures(extension: Uri, language: Language, files: TopologyFiles): Disposable {
  const navigation = new Navigation(files);
  const structure = new Structure(extension, files);
  return Disposable.from(
    languages.registerCompletionItemProvider(
      topologyDocuments,
      new Completions(files),
      ...completionTriggers,
    ),
    languages.registerHoverProvider(topologyDocuments, new Hovers(files)),
    languages.registerInlayHintsProvider(topologyDocuments, new InlayHints(files)),
    languages.registerDefinitionProvider(topologyDocuments, navigation),
    languages.registerReferenceProvider(topologyDocuments, navigation),
    languages.registerDocumentHighlightProvider(topologyDocuments, navigation),
    languages.registerRenameProvider(topologyDocuments, navigation),
    languages.registerDocumentSymbolProvider(topologyDocuments, new Outlines(files), { label: "BrokerLab" }),
    languages.registerWorkspaceSymbolProvider(new WorkspaceSymbols(language)),
    languages.registerFoldingRangeProvider(topologyDocuments, structure),
    languages.registerSelectionRangeProvider(topologyDocuments, structure),
    languages.registerDocumentLinkProvider(topologyDocuments, structure),
    languages.registerCodeActionsProvider(topologyDocuments, new FixAll(files), {
      providedCodeActionKinds: [fixAllKind],
    }),
    languages.registerDocumentFormattingEditProvider(topologyDocuments, new Formatting(files)),
  );
}
