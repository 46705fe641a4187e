import { readFileSync } from "node:fs";

/** A file of this folder; FORMAT.md tells what it holds. */
export function recorded(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8"));
}
