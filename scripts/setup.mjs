// Installs what the lockfiles say, when it is not what is installed. Runs before anything is installed: Node alone.
import { carriedEditorRuns, editorFolder } from "../tools/editor/carried.mjs";
import { install } from "./install.mjs";
import { projectFolder } from "./paths.mjs";

const installs = [install("the project's tools", projectFolder)];
if (carriedEditorRuns()) {
  const { replaceNativeModules } = await import("../tools/editor/native-modules.mjs");
  installs.push(install("an editor to try it in (about 500 MB on disk)", editorFolder, replaceNativeModules));
}
for (const outcome of await Promise.allSettled(installs)) {
  if (outcome.status === "fulfilled") continue;
  console.error(outcome.reason instanceof Error ? outcome.reason.message : outcome.reason);
  process.exitCode = 1;
}
