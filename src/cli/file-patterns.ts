import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const magic = /[*?[{]/u;

/** Nobody means the files of these folders. */
const passedOver = new Set(["node_modules", ".git"]);

/**
 * The files that a word of the command line names: itself, or where no such file is and it is a pattern (`*`, `?`, `[ab]`,
 * `{a,b}`, and `**` for folders of any depth), those that match, in the order of their names. Not every shell expands
 * patterns, and none does between quotes.
 */
export function filesOf(word: string): string[] {
  const path = word.replaceAll("\\", "/");
  if (!magic.test(path) || exists(word)) return [word];
  const found = alternatives(path).flatMap((pattern) => matching(pattern));
  return [...new Set(found)].sort();
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** `a{b,c}` as `ab` and `ac`; an inner pair first. */
function alternatives(pattern: string): string[] {
  const braces = /\{([^{}]*)\}/u.exec(pattern);
  if (braces === null) return [pattern];
  const [all, inner = ""] = braces;
  const [before, after] = [pattern.slice(0, braces.index), pattern.slice(braces.index + all.length)];
  return inner.split(",").flatMap((one) => alternatives(`${before}${one}${after}`));
}

function matching(pattern: string): string[] {
  const steps = pattern.split("/");
  const fixed = steps.findIndex((step) => magic.test(step));
  if (fixed === -1) return exists(pattern) ? [pattern] : [];
  const from = steps.slice(0, fixed).join("/");
  return [...walk(fixed === 1 && from === "" ? "/" : from, steps.slice(fixed))];
}

/** `**` stands for no folder as well as for many. */
function* walk(folder: string, [step = "", ...rest]: readonly string[]): Iterable<string> {
  if (step === "**" && rest.length > 0) yield* walk(folder, rest);
  const name = step === "**" ? expression("*") : expression(step);
  for (const entry of entriesOf(folder)) {
    if (!name.test(entry.name) || (entry.name.startsWith(".") && !step.startsWith("."))) continue;
    const path = folder === "" ? entry.name : join(folder, entry.name).replaceAll("\\", "/");
    if (entry.isDirectory()) {
      if (passedOver.has(entry.name)) continue;
      if (step === "**") yield* walk(path, [step, ...rest]);
      else if (rest.length > 0) yield* walk(path, rest);
    } else if (rest.length === 0) yield path;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder === "" ? "." : folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function expression(step: string): RegExp {
  const source = step.replaceAll(/\[[^\]]+\]|[\\^$.*+?()|[\]{}]/gu, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length === 1) return `\\${part}`;
    return `[${part.slice(1, -1).replace(/^!/u, "^").replaceAll("\\", "\\\\")}]`;
  });
  return new RegExp(`^${source}$`, "u");
}
