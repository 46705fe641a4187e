import type { ExtensionContext } from "vscode";
import * as activation from "./activation.ts";
import { nodeWorkers } from "./worker-thread.ts";

/** The entry in desktop VS Code and on its servers. */
export function activate(context: ExtensionContext): void {
  activation.activate(context, nodeWorkers);
}
