import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { globSync } from "tinyglobby";

/** Nobody means the files of these folders. */
const passedOver = ["**/node_modules/**", "**/.git/**"];

/**
 * The files that a word of the command line names: itself, or where no such file is and it is a pattern, those that match, in
 * the order of their names. Not every shell expands patterns, and none does between quotes.
 */
export function filesOf(word: string): string[] {
  if (existsSync(word)) return [word];
  const pattern = word.replaceAll("\\", "/");
  return globSync(pattern, {
    ignore: passedOver,
    absolute: isAbsolute(pattern),
    expandDirectories: false,
  }).sort();
}
