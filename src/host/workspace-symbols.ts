import {
  Location,
  Range,
  SymbolInformation,
  workspace,
  type CancellationToken,
  type Uri,
  type WorkspaceSymbolProvider,
} from "vscode";
import type { OutlineItem } from "../core/index.ts";
import type { Language, TextSource } from "./language.ts";
import { symbolKinds } from "./outlines.ts";
import { isTopologyFile } from "./recognition.ts";

/** More files than anybody looks through. */
const filesMax = 200;

interface NamedPlace {
  readonly name: string;
  readonly kind: OutlineItem["kind"];
  readonly container: string;
  readonly at: Range;
}

/** The names of all topology files of the workspace, open or not. */
export class WorkspaceSymbols implements WorkspaceSymbolProvider {
  private readonly language: Language;
  /** By file, as long as it stays what it was. */
  private readonly known = new Map<
    string,
    { readonly version: number; readonly places: readonly NamedPlace[] }
  >();

  constructor(language: Language) {
    this.language = language;
  }

  async provideWorkspaceSymbols(query: string, token: CancellationToken): Promise<SymbolInformation[]> {
    const open = workspace.textDocuments.filter((document) => isTopologyFile(document));
    const names = new Set(open.map(({ uri }) => uri.toString()));
    const closed = (
      await workspace.findFiles("**/*.topology.{yaml,yml}", "**/node_modules/**", filesMax, token)
    ).filter((uri) => !names.has(uri.toString()));
    const wanted = query.toLowerCase();
    const found: SymbolInformation[] = [];
    const files = (await Promise.all(closed.map(fileSource))).filter((file) => file !== undefined);
    for (const source of [...open, ...files]) {
      if (token.isCancellationRequested) break;
      for (const { name, kind, container, at } of await this.placesOf(source, token))
        if (isSubsequence(wanted, name.toLowerCase()))
          found.push(new SymbolInformation(name, symbolKinds[kind], container, new Location(source.uri, at)));
    }
    for (const file of files) this.language.close(file);
    return found;
  }

  private async placesOf(source: TextSource, token: CancellationToken): Promise<readonly NamedPlace[]> {
    const uri = source.uri.toString();
    const known = this.known.get(uri);
    if (known?.version === source.version) return known.places;
    const items = await this.language.ask("outline", source, undefined, token);
    if (items === undefined) return [];
    const places = placesIn(source.getText(), items);
    this.known.set(uri, { version: source.version, places });
    return places;
  }
}

/** A file that is not open, by the time of its last change. */
async function fileSource(uri: Uri): Promise<TextSource | undefined> {
  try {
    const { mtime } = await workspace.fs.stat(uri);
    const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
    return { uri, version: mtime, getText: () => text };
  } catch {
    // Gone between the search and the read.
    return undefined;
  }
}

function placesIn(text: string, items: readonly OutlineItem[]): NamedPlace[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const places: NamedPlace[] = [];
  const add = ({ name, kind, at, children }: OutlineItem, container: string): void => {
    if (kind !== "section" && kind !== "value")
      places.push({
        name,
        kind,
        container,
        at: new Range(...placeOf(starts, at.start), ...placeOf(starts, at.end)),
      });
    for (const child of children) add(child, name);
  };
  for (const item of items) add(item, "");
  return places;
}

function placeOf(starts: readonly number[], offset: number): [line: number, column: number] {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return [low, offset - starts[low]!];
}

/** As the editor narrows its lists: every letter, in order. */
function isSubsequence(wanted: string, name: string): boolean {
  let at = 0;
  for (const letter of wanted) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
