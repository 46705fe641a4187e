import { parentPort } from "node:worker_threads";
import type { ToLayout } from "../protocol/drawing.ts";
import { answer } from "./layout.ts";

const port = parentPort;
if (port === null) throw new Error("This script runs in a worker thread; it was started on its own.");
port.on("message", (message: ToLayout) => port.postMessage(answer(message)));
