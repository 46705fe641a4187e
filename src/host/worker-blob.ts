import { Uri, workspace } from "vscode";
import type { StartWorker, Workers } from "./worker-link.ts";

/** What we use of a browser's `Worker`; this room is typed without the DOM. */
interface BrowserWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message: string }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

declare const Worker: new (url: string) => BrowserWorker;

/** The script has another origin than the host, and a worker may not be started across origins: so from a blob. */
function startBlob<To, From>(bundle: string): StartWorker<To, From> {
  return async (extension, heard) => {
    const script = await workspace.fs.readFile(Uri.joinPath(extension, "dist", bundle));
    const url = URL.createObjectURL(new Blob([new Uint8Array(script)], { type: "text/javascript" }));
    const worker = new Worker(url);
    worker.onmessage = ({ data }) => heard.message(data as From);
    worker.onerror = ({ message }) => heard.crash(message);
    return {
      post: (message) => worker.postMessage(message),
      end: () => {
        worker.terminate();
        URL.revokeObjectURL(url);
      },
    };
  };
}

export const webWorkers: Workers = {
  engine: startBlob("worker.js"),
  language: startBlob("language.js"),
  layout: startBlob("layout.js"),
  models: startBlob("models.js"),
};
