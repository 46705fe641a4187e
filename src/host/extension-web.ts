import type { ExtensionContext } from "vscode";
import * as activation from "./activation.ts";
import { webWorkers } from "./worker-blob.ts";

/** The entry in a browser's extension host. */
export function activate(context: ExtensionContext): void {
  activation.activate(context, webWorkers);
}
