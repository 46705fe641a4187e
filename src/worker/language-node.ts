import { parentPort } from "node:worker_threads";
import type { ToLanguage } from "../protocol/language.ts";
import { LanguageSession } from "./language-session.ts";

const port = parentPort;
if (port === null) throw new Error("This script runs in a worker thread; it was started on its own.");

const session = new LanguageSession({
  post: (message) => port.postMessage(message),
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
});
port.on("message", (message: ToLanguage) => session.receive(message));
