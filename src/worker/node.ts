import { parentPort } from "node:worker_threads";
import { Repeats } from "../core/run.ts";
import type { ToWorker } from "../protocol/run.ts";
import { Session } from "./session.ts";

const port = parentPort;
if (port === null) throw new Error("This script runs in a worker thread; it was started on its own.");

const session = new Session({
  start: (topology, seed) => new Repeats(topology, seed === undefined ? {} : { seed }),
  post: (message, transfer) => port.postMessage(message, transfer),
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
  clock: () => performance.now(),
});
port.on("message", (message: ToWorker) => session.receive(message));
