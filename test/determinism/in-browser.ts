import { parse } from "../../src/core/index.ts";
import type { FromWorker } from "../../src/protocol/run.ts";
import { outcomeOfWorker, type Outcome } from "./outcome.ts";

/** What a page gives a test: the types of the browser are not those of the other tests. */
interface PageWorker {
  onmessage: (event: { readonly data: FromWorker }) => void;
  onerror: (event: { readonly message: string }) => void;
  postMessage(message: unknown): void;
  terminate(): void;
}

const page = globalThis as unknown as {
  Worker: new (url: string) => PageWorker;
  run: (text: string) => Promise<Outcome>;
};

page.run = (text) =>
  new Promise((resolve, reject) => {
    const worker = new page.Worker("worker.js");
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data }) => {
      try {
        const outcome = outcomeOfWorker(data);
        if (outcome === undefined) return;
        worker.terminate();
        resolve(outcome);
      } catch (error) {
        reject(error);
      }
    };
    worker.postMessage({ type: "run", run: 0, topology: parse(text).topology, seed: 7 });
  });
