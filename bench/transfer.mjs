// How long the journeys of a run take from the worker to the thread that shows them.
import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { builtEngine } from "./load-engine.mjs";
import { median } from "./measure.mjs";

const rows = 1_000_000;
const rounds = 20;

/** The same clock in all threads of a process. */
const millis = () => Number(process.hrtime.bigint()) / 1e6;

/** A sentence: from the worker's post until the other thread has the columns. */
export async function measureTransfer() {
  const worker = new Worker(new URL(import.meta.url));
  /** @type {number[]} */
  const times = [];
  for (let round = 0; round < rounds; round++) {
    worker.postMessage("send");
    const [{ postedAt, columns }] = await once(worker, "message");
    times.push(millis() - postedAt);
    if (columns.time[rows - 1] !== rows - 1) throw new Error("the last row has not arrived");
  }
  await worker.terminate();
  return `A trace of ${rows} rows: median ${median(times).toFixed(2)} ms, longest ${Math.max(...times).toFixed(2)} ms.`;
}

async function serve() {
  const { Trace } = await builtEngine();
  parentPort?.on("message", () => {
    const trace = new Trace({ now: 0 }, rows, Infinity, rows);
    for (let row = 0; row < rows; row++) trace.addAt(row, row, 0, 0, 0);
    const columns = trace.columns();
    const { time, message, station, place, detail } = columns;
    const buffers = [time, message, station, place, detail].map(({ buffer }) => buffer);
    parentPort?.postMessage({ postedAt: millis(), columns }, /** @type {ArrayBuffer[]} */ (buffers));
  });
}

if (!isMainThread) await serve();
