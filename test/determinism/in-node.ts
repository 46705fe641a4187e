import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { parse } from "../../src/core/index.ts";
import type { FromWorker } from "../../src/protocol/run.ts";
import { outcomeOfWorker, type Outcome } from "./outcome.ts";

/** Runs topology files one after another in the worker that ships, and prints their outcomes. */
const [thread, ...files] = process.argv.slice(2);
const worker = new Worker(thread!, { workerData: "worker.js" });
const outcomes: Outcome[] = [];

const runNext = () =>
  worker.postMessage({
    type: "run",
    run: outcomes.length,
    topology: parse(readFileSync(files[outcomes.length]!, "utf8")).topology,
    seed: 7,
  });

worker.on("message", (message: FromWorker) => {
  const outcome = outcomeOfWorker(message);
  if (outcome === undefined) return;
  outcomes.push(outcome);
  if (outcomes.length < files.length) return runNext();
  console.log(JSON.stringify(outcomes));
  void worker.terminate();
});
runNext();
