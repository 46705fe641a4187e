import { Worker } from "node:worker_threads";
import { Uri } from "vscode";
import type { StartWorker, Workers } from "./worker-link.ts";

function startThread<To, From>(bundle: string): StartWorker<To, From> {
  return async (extension, heard) => {
    const thread = Uri.joinPath(extension, "dist", "thread.js").fsPath;
    const worker = new Worker(thread, { workerData: bundle });
    worker.on("message", (message: From) => heard.message(message));
    worker.on("error", (error) => heard.crash(error.message));
    worker.on("exit", (code) => heard.crash(`its thread ended with code ${code}`));
    return { post: (message) => worker.postMessage(message), end: () => void worker.terminate() };
  };
}

export const nodeWorkers: Workers = {
  engine: startThread("worker.js"),
  language: startThread("language.js"),
  layout: startThread("layout.js"),
  models: startThread("models.js"),
};
