import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** What scripts leave behind and can make again: caches, stamps, reports. Ignored by git. */
export const buildFolder = join(projectFolder, ".build");

/** @param {string[]} parts */
export const inProject = (...parts) => join(projectFolder, ...parts);

/** Whether Node was started on this very module. @param {string} moduleUrl */
export const isEntry = (moduleUrl) =>
  process.argv[1] !== undefined && pathToFileURL(realpathSync(process.argv[1])).href === moduleUrl;
