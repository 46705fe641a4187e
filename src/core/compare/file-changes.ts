import type { Entry, ListTree, MapTree, Tree } from "../parse/tree.ts";
import { below } from "../stats/paths.ts";

/** Something that two texts of a file say differently. */
export interface FileChange {
  /** Where it stands: `consumers.fraud.processing`, `rabbitmq.bindings[2]`. */
  readonly path: string;
  /** As it was written, on one line; undefined where it was not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What a YAML text says in place of another: comments, order and layout are left out. */
export function fileChanges(before: Tree | undefined, after: Tree | undefined): readonly FileChange[] {
  const found: FileChange[] = [];
  compare(before, after, "", found);
  return found;
}

function compare(before: Tree | undefined, after: Tree | undefined, path: string, into: FileChange[]): void {
  if (before?.kind === "map" && after?.kind === "map") compareMaps(before, after, path, into);
  else if (before?.kind === "list" && after?.kind === "list") compareLists(before, after, path, into);
  else if (before === undefined || after === undefined) {
    if (before !== after) into.push({ path, before: before && brief(before), after: after && brief(after) });
  } else if (written(before) !== written(after))
    into.push({ path, before: brief(before), after: brief(after) });
}

function compareMaps(before: MapTree, after: MapTree, path: string, into: FileChange[]): void {
  const value = (entry: Entry | undefined): Tree | undefined => entry?.value;
  for (const [key, entry] of after.entries)
    compare(value(before.entries.get(key)), entry.value, below(path, key), into);
  for (const [key, entry] of before.entries)
    if (!after.entries.has(key)) compare(entry.value, undefined, below(path, key), into);
}

/** Items that are alike at both ends are the same ones; of as many between, each is compared with the one in its place. */
function compareLists(before: ListTree, after: ListTree, path: string, into: FileChange[]): void {
  const [was, is] = [before.items.map(written), after.items.map(written)];
  let start = 0;
  while (start < was.length && start < is.length && was[start] === is[start]) start++;
  let [wasEnd, isEnd] = [was.length, is.length];
  while (wasEnd > start && isEnd > start && was[wasEnd - 1] === is[isEnd - 1]) {
    wasEnd--;
    isEnd--;
  }
  const pairs = wasEnd - start === isEnd - start;
  for (let index = start; index < isEnd; index++)
    compare(pairs ? before.items[index] : undefined, after.items[index], `${path}[${index}]`, into);
  if (pairs) return;
  for (let index = start; index < wasEnd; index++)
    compare(before.items[index], undefined, `${path}[${index}]`, into);
}

/** A value in one line, as a person would write it; texts that would read as something else in quotes. */
function written(tree: Tree): string {
  if (tree.kind === "list") return `[${tree.items.map(written).join(", ")}]`;
  if (tree.kind === "map") {
    const entries = Array.from(tree.entries, ([key, { value }]) => `${key}: ${written(value)}`);
    return `{${entries.join(", ")}}`;
  }
  if (tree.value === null) return "nothing";
  const text = typeof tree.value === "string" ? tree.value : tree.source;
  return typeof tree.value === "string" && misread.test(text) ? JSON.stringify(text) : text;
}

const misread = /^(?:|nothing|null|~|true|false|yes|no|on|off|[-+.\d][\d._eE+-]*|.*[\n{}[\],].*)$/su;

const longest = 80;

function brief(tree: Tree): string {
  const text = written(tree);
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
