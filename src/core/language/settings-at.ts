import type { SettingsKind } from "../model/settings.ts";
import { settingKinds } from "../parse/settings-check.ts";
import { at, textOf, type Tree } from "../parse/tree.ts";
import type { Path } from "../text/path.ts";
import { schemaAt } from "./format-key.ts";

/** Whose settings the map at a path has: a broker's, or those of the client that the application names; none of others. */
export function settingsAt(root: Tree, path: Path): readonly SettingsKind[] {
  const kind = schemaAt(path)?.["x-settings"] as SettingsKind | undefined;
  if (kind === undefined) return [];
  const [section, name] = path.map(String);
  const producer = section === "producers" ? at(root, "producers", name ?? "") : undefined;
  const holder = treeAt(root, path.slice(0, -1));
  return settingKinds(kind, holder, textOf(at(holder, "client") ?? at(producer, "client")));
}

function treeAt(root: Tree, path: Path): Tree | undefined {
  let found: Tree | undefined = root;
  for (const step of path)
    found =
      typeof step === "string" ? at(found, step) : found?.kind === "list" ? found.items[step] : undefined;
  return found;
}
