// The worker that ships, driven as the editor drives it.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { inProject } from "../scripts/paths.mjs";

export class ShippedWorker {
  constructor() {
    this.worker = new Worker(inProject("dist/thread.js"), { workerData: "worker.js" });
    this.runs = 0;
  }

  /** Answers with the last message of the run. */
  async run(topology) {
    this.start(topology);
    return this.last();
  }

  start(topology) {
    this.worker.postMessage({ type: "run", run: ++this.runs, topology, seed: 1 });
  }

  cancel() {
    this.worker.postMessage({ type: "cancel", run: this.runs });
  }

  async last() {
    for (;;) {
      const [message] = await once(this.worker, "message");
      if (message.type === "failed") throw new Error(message.message);
      if (message.type !== "progress") return message;
    }
  }

  stop() {
    return this.worker.terminate();
  }
}
