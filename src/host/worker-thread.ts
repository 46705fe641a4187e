import { Worker } from "node:worker_threads";
import { Uri } from "vscode";
import type { FromWorker } from "../protocol/run.ts";
import type { StartWorker } from "./simulator.ts";

export const startNodeWorker: StartWorker = async (extension, heard) => {
  const worker = new Worker(Uri.joinPath(extension, "dist", "worker.js").fsPath);
  worker.on("message", (message: FromWorker) => heard.message(message));
  worker.on("error", (error) => heard.crash(error.message));
  worker.on("exit", (code) => heard.crash(`its thread ended with code ${code}`));
  return { post: (message) => worker.postMessage(message), end: () => void worker.terminate() };
};
