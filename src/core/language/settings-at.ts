import type { SettingsKind } from "../model/settings.ts";
import { settingKinds } from "../parse/settings-check.ts";
import { at, type Tree } from "../parse/tree.ts";
import type { Path } from "../text/path.ts";
import { schemaAt } from "./format-key.ts";

/** Whose settings the map at a path has: a broker's, or those of the client that the application names; none of others. */
export function settingsAt(root: Tree, path: Path): readonly SettingsKind[] {
  const kind = schemaAt(path)?.["x-settings"] as SettingsKind | undefined;
  if (kind === undefined) return [];
  const [section, name] = path.map(String);
  return settingKinds(kind, treeAt(root, path.slice(0, -1)), at(root, section ?? "", name ?? ""));
}

function treeAt(root: Tree, path: Path): Tree | undefined {
  let found: Tree | undefined = root;
  for (const step of path)
    found =
      typeof step === "string" ? at(found, step) : found?.kind === "list" ? found.items[step] : undefined;
  return found;
}
