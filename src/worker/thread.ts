import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

/**
 * A browser's worker in a thread of Node: what its script says to `self` goes to the thread's port and back.
 * `workerData` names the script, a file beside this one.
 */
const port = parentPort;
if (port === null) throw new Error("This script runs in a worker thread; it was started on its own.");

/** As much of a worker's global scope as our scripts use. */
interface WorkerScope {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  readonly postMessage: (message: unknown, transfer?: readonly ArrayBuffer[]) => void;
}

const scope: WorkerScope = {
  onmessage: null,
  postMessage: (message, transfer = []) => port.postMessage(message, [...transfer]),
};
Object.assign(globalThis, { self: scope });
port.on("message", (data: unknown) => scope.onmessage?.({ data }));
createRequire(__filename)(`./${String(workerData)}`);
