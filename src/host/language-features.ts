import { Disposable, languages } from "vscode";
import { Completions, completionTriggers } from "./completions.ts";
import { Hovers } from "./hovers.ts";
import { Navigation } from "./navigation.ts";
import { Outlines } from "./outlines.ts";
import type { TopologyFiles } from "./topology-files.ts";

/** Where our providers are asked; each looks whether the file is a topology. */
export const topologyDocuments = [
  { scheme: "*", language: "yaml" },
  { scheme: "*", pattern: "**/*.topology.{yaml,yml}" },
];

/** What an editor offers for code: every provider translates a question to the language worker and its answer. */
export function languageFeatures(files: TopologyFiles): Disposable {
  const navigation = new Navigation(files);
  return Disposable.from(
    languages.registerCompletionItemProvider(
      topologyDocuments,
      new Completions(files),
      ...completionTriggers,
    ),
    languages.registerHoverProvider(topologyDocuments, new Hovers(files)),
    languages.registerDefinitionProvider(topologyDocuments, navigation),
    languages.registerReferenceProvider(topologyDocuments, navigation),
    languages.registerDocumentHighlightProvider(topologyDocuments, navigation),
    languages.registerRenameProvider(topologyDocuments, navigation),
    languages.registerDocumentSymbolProvider(topologyDocuments, new Outlines(files), { label: "BrokerLab" }),
  );
}
