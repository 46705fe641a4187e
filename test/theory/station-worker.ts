import { parentPort } from "node:worker_threads";
import { measure } from "./station-runs.ts";

parentPort!.on("message", ({ text, seed }: { text: string; seed: number }) =>
  parentPort!.postMessage(measure(text, seed)),
);
