// Writes the package from what is built. A process of its own: the list that it prints is for nobody.
import { createVSIX } from "@vscode/vsce";
import { projectFolder } from "./paths.mjs";

await createVSIX({
  cwd: projectFolder,
  packagePath: process.argv[2] ?? "",
  dependencies: false,
  allowMissingRepository: true,
  // Nothing is published: links in the README lead to the files that ship.
  rewriteRelativeLinks: false,
});
