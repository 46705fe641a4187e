import { workspace, type TextDocument, type Uri } from "vscode";

const fileName = /\.topology\.ya?ml$/i;
/** Of files as they were run. */
export const ranScheme = "brokerlab-run";
/** Of texts in the other broker model, while they are asked about. */
export const otherScheme = "brokerlab-other";
const topologyKey = /^(?:topology|"topology"|'topology')[ \t]*:/m;

/** A topology file is recognised by its name, or, being YAML, by its `topology:` key. */
export function isTopologyFile(document: TextDocument): boolean {
  // The left side of a diff shows an older text that nobody can mend.
  if (document.uri.scheme === ranScheme) return false;
  if (workspace.fs.isWritableFileSystem(document.uri.scheme) === false) return false;
  if (fileName.test(document.uri.path)) return true;
  return document.languageId === "yaml" && topologyKey.test(document.getText());
}

/** Offset of the `topology:` key, where the CodeLens stands; 0 in a file that lacks it. */
export function topologyKeyAt(text: string): number {
  return Math.max(0, text.search(topologyKey));
}

/** The file's name without its folders. */
export function nameOf(uri: Uri): string {
  return uri.path.slice(uri.path.lastIndexOf("/") + 1);
}
