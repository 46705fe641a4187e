// Where the editor that npm carries lies, and where it can run. Imported before anything is installed: Node alone.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const editorFolder = dirname(fileURLToPath(import.meta.url));
export const codeServerFolder = join(editorFolder, "node_modules/code-server");
export const serverMain = join(codeServerFolder, "lib/vscode/out/server-main.js");

const carriedPlatforms = ["linux-x64", "linux-arm64"];
const platform = `${process.platform}-${process.arch}`;

/** Its server needs Node 22.15; npm carries that as well, for these platforms. */
export const carriedNode = join(editorFolder, "node_modules", `node-${platform}`, "bin/node");

export const carriedEditorRuns = () => carriedPlatforms.includes(platform);

/** @throws where the carried editor cannot run, saying what to do instead */
export function requireCarriedEditor() {
  if (!carriedEditorRuns())
    throw new Error(
      `The editor that npm carries runs on ${carriedPlatforms.join(" and ")}; this is ${platform}. ` +
        "Install desktop VS Code, put its `code` command on the PATH, and start again.",
    );
  for (const file of [serverMain, carriedNode])
    if (!existsSync(file)) throw new Error(`${file} is missing. Run \`npm run setup\`, which installs it.`);
}
